#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"

static int fail_errno(struct berth_error *err, const char *path, int number)
{
    if (number == ENOENT || number == ENOTDIR)
        return fail(err, BERTH_E_NOT_FOUND, "%s: there is no such file", path);
    return fail(err, BERTH_E_INVALID, "%s: cannot be read: %s", path, strerror(number));
}

static int fail_too_long(struct berth_error *err, const char *path, size_t max_bytes)
{
    return fail(err, BERTH_E_INVALID, "%s: is longer than %zu bytes", path, max_bytes);
}

static int check_file(const char *path, int fd, size_t max_bytes, struct berth_error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return fail_errno(err, path, errno);
    if (!S_ISREG(st.st_mode))
        return fail(err, BERTH_E_INVALID, "%s: is not a regular file", path);
    if ((uintmax_t)st.st_size > max_bytes)
        return fail_too_long(err, path, max_bytes);
    return 0;
}

/* What is read passes through here; it may hold a secret. */
struct chunk {
    char bytes[16384];
};

static void cleanup_chunk(struct chunk *c)
{
    explicit_bzero(c, sizeof(*c));
}

/* The file may grow while it is read, so the size seen before is not believed. */
int file_read_opened(const char *path, int fd, size_t max_bytes, struct text *ret_text,
                     struct berth_error *err)
{
    cleanup(chunk) struct chunk chunk;
    size_t total = 0;
    for (;;) {
        ssize_t n = read(fd, chunk.bytes, sizeof(chunk.bytes));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(err, path, errno);
        if (n == 0)
            return text_failed(ret_text) ? fail_no_memory(err) : 0;
        total += (size_t)n;
        if (total > max_bytes)
            return fail_too_long(err, path, max_bytes);
        text_add_str(ret_text, (struct berth_str){chunk.bytes, (size_t)n});
    }
}

int file_read(const char *path, size_t max_bytes, struct text *ret_text,
              struct berth_error *err)
{
    cleanup(close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail_errno(err, path, errno);
    int r = check_file(path, fd, max_bytes, err);
    if (r < 0)
        return r;
    return file_read_opened(path, fd, max_bytes, ret_text, err);
}
