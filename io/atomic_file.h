#ifndef TIEOUT_ATOMIC_FILE_H
#define TIEOUT_ATOMIC_FILE_H

#include "status.h"
#include <stdbool.h>

/* A file that appears under its name whole or not at all. */
struct atomic_file;

/* Opens an empty file for reading and writing under a temporary name in path's folder.
 * STATUS_CREATE if path exists and force is not given, if it is not a regular file, or if its
 * folder is missing; STATUS_PERMISSION if it may not be written. *out is produced. */
enum status atomic_file_create(const char *path, bool force, struct atomic_file **out,
                               struct error *err);

/* Owned by the file. */
int atomic_file_descriptor(const struct atomic_file *file);
const char *atomic_file_path(const struct atomic_file *file);
const char *atomic_file_temporary(const struct atomic_file *file);

/* Syncs the content, gives the file its name, syncs the folder. Without force, a file that has
 * come to exist under the name meanwhile is kept and STATUS_CREATE returned. Consumes *file; on
 * failure the temporary file is gone. */
enum status atomic_file_commit(struct atomic_file **file, struct error *err);

/* Removes the temporary file. NULL is fine. */
void atomic_file_abandon(struct atomic_file *file);

#endif
