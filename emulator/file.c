#include "emulator/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/text.h"

int failure_set(struct failure *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    return -1;
}

int file_path(char out[FILE_PATH_MAX], const char *dir, const char *name,
              struct failure *f)
{
    int n = snprintf(out, FILE_PATH_MAX, "%s/%s", dir, name);

    if (n < 0 || n >= FILE_PATH_MAX)
        return failure_set(f, "the name of the folder is too long");
    return 0;
}

int file_folder(const char *dir, struct failure *f)
{
    struct stat st;

    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return failure_set(f, "%s: the folder cannot be made: %s", dir, strerror(errno));
    if (stat(dir, &st) < 0)
        return failure_set(f, "%s: cannot be read: %s", dir, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return failure_set(f, "%s: is not a folder; name one with --dir", dir);
    return 0;
}

int file_read(const char *path, struct text *t, struct failure *f)
{
    char part[4096];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return failure_set(f, "%s: cannot be opened: %s", path, strerror(errno));
    while ((n = read(fd, part, sizeof part)) > 0)
        text_add_bytes(t, part, (size_t)n);
    explicit_bzero(part, sizeof part);
    if (n < 0)
        (void)failure_set(f, "%s: cannot be read: %s", path, strerror(errno));
    else if (text_failed(t))
        n = failure_set(f, "%s: is larger than %zu bytes", path, t->max);
    (void)close(fd); /* it was only read */
    return n < 0 ? -1 : 0;
}

static bool write_all(int fd, const struct text *t)
{
    size_t done = 0;

    while (done < t->len) {
        ssize_t n = write(fd, t->data + done, t->len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        done += (size_t)n;
    }
    return fsync(fd) == 0;
}

int file_write(const char *path, const struct text *t, mode_t mode, struct failure *f)
{
    char part[FILE_PATH_MAX];
    bool ok;
    int fd, n = snprintf(part, sizeof part, "%s.new", path);

    if (text_failed(t) || n < 0 || (size_t)n >= sizeof part)
        return failure_set(f, "%s: too long or out of memory", path);
    (void)unlink(part); /* one that an earlier run left half-written */
    fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return failure_set(f, "%s: cannot be written: %s", part, strerror(errno));
    ok = fchmod(fd, mode) == 0 && write_all(fd, t);
    ok = close(fd) == 0 && ok;
    if (!ok || rename(part, path) < 0) {
        (void)failure_set(f, "%s: cannot be written: %s", path, strerror(errno));
        (void)unlink(part); /* best effort: the sentence is what counts */
        return -1;
    }
    return 0;
}

int file_remove(const char *path, struct failure *f)
{
    if (unlink(path) < 0 && errno != ENOENT)
        return failure_set(f, "%s: cannot be removed: %s", path, strerror(errno));
    return 0;
}
