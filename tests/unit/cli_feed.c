#include "tests/unit/cli_feed.h"

#include <unistd.h>

#include "tests/support/cmocka.h"

void feed_init(struct feed *f, const char *text, size_t len, size_t piece)
{
    *f = (struct feed){.text = text, .len = len, .piece = piece};
    assert_int_equal(pipe(f->fds), 0);
    source_init(&f->source, f->fds[0]);
}

void feed_release(struct feed *f)
{
    source_release(&f->source);
    (void)close(f->fds[0]);
    if (f->fds[1] >= 0)
        (void)close(f->fds[1]);
}

int feed_try_fill(struct feed *f, struct berth_error *err)
{
    size_t left = f->len - f->at;
    size_t n = left < f->piece ? left : f->piece;
    if (n > 0) {
        assert_int_equal(write(f->fds[1], f->text + f->at, n), n);
        f->at += n;
    } else {
        assert_true(f->fds[1] >= 0);
        (void)close(f->fds[1]);
        f->fds[1] = -1;
    }
    return source_fill(&f->source, "test", err);
}

void feed_fill(struct feed *f)
{
    assert_int_equal(feed_try_fill(f, NULL), 0);
}
