#include "host/cli/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sdk/error.h"

#define CHUNK (64u * 1024)

void source_init(struct source *s, int fd)
{
    *s = (struct source){.fd = fd};
}

void source_release(struct source *s)
{
    if (s->data)
        explicit_bzero(s->data, s->capacity);
    free(s->data);
    *s = (struct source){.fd = -1};
}

/* Bytes that hold secrets must not stay behind in freed memory, so realloc() won't do. */
static int make_room(struct source *s, struct berth_error *err)
{
    if (s->capacity - s->len >= CHUNK)
        return 0;
    size_t used = s->len - s->start;
    if (s->start >= CHUNK && s->start >= used) {
        memmove(s->data, s->data + s->start, used);
        s->start = 0;
        s->len = used;
        if (s->capacity - s->len >= CHUNK)
            return 0;
    }
    size_t capacity = used * 2 > CHUNK * 2 ? used * 2 : CHUNK * 2;
    char *data = malloc(capacity + CHUNK);
    if (!data)
        return fail_no_memory(err);
    if (used > 0)
        memcpy(data, s->data + s->start, used);
    if (s->data)
        explicit_bzero(s->data, s->capacity);
    free(s->data);
    s->data = data;
    s->capacity = capacity + CHUNK;
    s->start = 0;
    s->len = used;
    return 0;
}

int source_fill(struct source *s, const char *name, struct berth_error *err)
{
    int r = make_room(s, err);
    if (r < 0)
        return r;
    ssize_t n = 0;
    do
        n = read(s->fd, s->data + s->len, s->capacity - s->len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fail(err, BERTH_E_INVALID, "%s: cannot read: %s", name, strerror(errno));
    s->ended = n == 0;
    s->len += (size_t)n;
    return 0;
}

void source_use(struct source *s, size_t n)
{
    s->start += n;
    s->taken += n;
    if (s->start == s->len)
        s->start = s->len = 0;
}
