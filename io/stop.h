#ifndef TIEOUT_STOP_H
#define TIEOUT_STOP_H

#include <stdbool.h>

/* SIGTERM, SIGINT and SIGUSR1 (what batch systems send ahead of a time limit) ask to stop: they
 * set a flag that long work looks at where it can end cleanly. A second SIGINT ends at once. */
void stop_listen(void);

/* Whether one of them has come. */
bool stop_requested(void);

#endif
