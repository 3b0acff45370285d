#ifndef TIEOUT_ONE_LINE_H
#define TIEOUT_ONE_LINE_H

#include <stddef.h>

/* Bytes for a line of `most` units, terminator included. */
#define ONE_LINE_ROOM(most) (3 * (size_t)(most) + 1)

/* Copies a text of others' as one harmless line of UTF-8: runs of white space, line ends and
 * control characters become one space, none at the ends; characters that turn the direction of
 * writing, so that a line reads other than it is, are left out; bytes that are not UTF-8 become
 * U+FFFD.
 * most  UTF-16 units at most, which is how Jira counts characters, >= 1; what is cut off shows as
 *       an ellipsis at the end
 * out   [ONE_LINE_ROOM(most)] */
void one_line(const char *text, size_t most, char *out);

#endif
