/* Text for a source, in pieces of a chosen size, as a pipe would bring it. */
#ifndef BERTH_TESTS_CLI_FEED_H
#define BERTH_TESTS_CLI_FEED_H

#include <stddef.h>

#include "host/cli/source.h"

struct feed {
    struct source source;
    const char *text;
    size_t len;
    size_t at;
    size_t piece;
    int fds[2];
};

void feed_init(struct feed *f, const char *text, size_t len, size_t piece);
void feed_release(struct feed *f);

/* The next piece; at the end of the text the end of the pipe. */
void feed_fill(struct feed *f);

/* The same where memory may run out: what source_fill() answers. */
int feed_try_fill(struct feed *f, struct berth_error *err);

#endif
