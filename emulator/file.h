#ifndef EMULATOR_FILE_H
#define EMULATOR_FILE_H
/* Files of the emulator's folder. Invariant: a file is written under another name, synced
 * and renamed, so a reader sees the old or the new one and never a part. */
#include <stddef.h>
#include <sys/types.h>

struct text;

enum { FILE_PATH_MAX = 4096 };

/* A sentence that says why the emulator cannot start. */
struct failure {
    char text[FILE_PATH_MAX + 400];
};

/* Write the sentence; always -1. */
int failure_set(struct failure *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* dir/name into `out`. */
int file_path(char out[FILE_PATH_MAX], const char *dir, const char *name,
              struct failure *f);
/* Make the folder (and only it, mode 0700) when it is missing. */
int file_folder(const char *dir, struct failure *f);
/* Append the whole file to `t`. */
int file_read(const char *path, struct text *t, struct failure *f);
int file_write(const char *path, const struct text *t, mode_t mode, struct failure *f);
/* Remove the file if it is there. */
int file_remove(const char *path, struct failure *f);

#endif
