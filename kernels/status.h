#ifndef TIEOUT_STATUS_H
#define TIEOUT_STATUS_H

/* How a step ended. The values are the program's exit codes (sysexits.h), so that a code
 * travels unchanged from where something failed to the shell. Ordered by nothing: where ranks
 * must agree on one code, run_agree says which wins. */
enum status {
    STATUS_OK = 0,
    STATUS_USAGE = 64,      /* the command line is wrong */
    STATUS_DATA = 65,       /* the input was read and cannot be used */
    STATUS_NO_INPUT = 66,   /* the input is missing or unreadable */
    STATUS_SERVICE = 69,    /* a service did not answer; what was to be sent is kept */
    STATUS_INTERNAL = 70,   /* our own mistake, or the machine's: memory, MPI */
    STATUS_CREATE = 73,     /* an output cannot be created */
    STATUS_WRITE = 74,      /* an output cannot be written to its end */
    STATUS_STOPPED = 75,    /* stopped by a signal: run again to resume */
    STATUS_PERMISSION = 77, /* not allowed to read or write */
    STATUS_CONFIG = 78      /* the configuration is wrong */
};

enum { ERROR_TEXT = 1024 };

/* A code and one sentence: what is wrong, where, and what to do. */
struct error {
    enum status code;
    char text[ERROR_TEXT];
};

/* Fills err and returns code, so that a failing branch is one line. A sentence that does not
 * fit is cut. */
enum status error_set(struct error *err, enum status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "out of memory for WHAT: ..."; returns STATUS_INTERNAL. */
enum status error_no_memory(struct error *err, const char *what);

/* Leaves for `done` when call fails. The only macro in the project that jumps. */
#define TRY(call)                                                                              \
    do {                                                                                       \
        st = (call);                                                                           \
        if (st != STATUS_OK)                                                                   \
            goto done;                                                                         \
    } while (0)

#endif
