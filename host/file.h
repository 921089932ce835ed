/* Reading a file whole. Invariant: only regular files, never more than the caller allows,
 * opened so that neither a FIFO can block nor a child inherits it. */
#ifndef BERTH_HOST_FILE_H
#define BERTH_HOST_FILE_H

#include <stddef.h>

#include "berth_plugin.h"
#include "sdk/text.h"

/* Append the file's bytes to `ret_text`, made by text_init() or text_init_secret() by the
 * caller. BERTH_E_NOT_FOUND when there is no such file; BERTH_E_INVALID when it is not a
 * regular one, cannot be read, or is longer than `max_bytes`. Sentences begin with the
 * path. */
int file_read(const char *path, size_t max_bytes, struct text *ret_text,
              struct berth_error *err);

/* The same for a file that is open and known to be a regular one; `path` is for the
 * sentences. */
int file_read_opened(const char *path, int fd, size_t max_bytes, struct text *ret_text,
                     struct berth_error *err);

#endif
