#ifndef TIEOUT_SUITE_H
#define TIEOUT_SUITE_H

#include <CUnit/CUnit.h>
#include <stddef.h>

/* One fact: the sentence it states and the function that checks it. */
struct fact {
    const char *sentence;
    void (*check)(void);
};

/* Runs the facts as one CUnit suite and prints its summary. Returns what main returns:
 * 0 if every check held and at least one was made, 1 otherwise. */
int suite_run(const char *module, const struct fact *fact, size_t n_fact);

#endif
