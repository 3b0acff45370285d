/* Codes and sentences of failures. */
#include "status.h"

#include <stdarg.h>
#include <stdio.h>

enum status error_set(struct error *err, enum status code, const char *format, ...)
{
    va_list args;

    err->code = code;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return code;
}

enum status error_no_memory(struct error *err, const char *what)
{
    return error_set(err, STATUS_INTERNAL,
                     "out of memory for %s: use more ranks on more nodes, or a larger machine",
                     what);
}
