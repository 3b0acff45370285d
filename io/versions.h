#ifndef TIEOUT_VERSIONS_H
#define TIEOUT_VERSIONS_H

#include <stddef.h>

enum { VERSIONS_TEXT = 256 };

/* "HDF5 1.10.8, cJSON 1.7.15, OpenSSL 3.0.15, ..." as loaded, not as compiled against. */
void versions_of_files(char text[VERSIONS_TEXT]);

#endif
