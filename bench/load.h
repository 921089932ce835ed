#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H
/* The least that libcurl needs for the work of the benchmarks: no JSON is read, nothing
 * is retried. Invariant: an operation counts as done only when the service answered 200.
 */
#include <stdbool.h>
#include <stddef.h>

#include "bench/service.h"

struct load {
    const struct service *service;
    const char *prefix; /* of the registration ids: PREFIX-000001 is the first */
    size_t count;       /* enrollments to write */
    size_t parallel;
    size_t stride; /* from one id to the next */
    size_t bulk;   /* enrollments in an operation; 0: a PUT each */
    bool update;   /* they exist: sent with If-Match, or bulk mode update */
};

/* Write the enrollments, `parallel` operations in flight on as many connections. -1 after
 * a sentence on stderr when any failed. */
int load_write(const struct load *load);

/* All enrollments, read in pages. */
struct reading {
    size_t page_size;
    bool tokens; /* print the token of each page but the first, a line each */
    size_t pages;
    size_t bytes;
};

/* Read all enrollments; fills in pages and bytes. -1 after a sentence on stderr. */
int load_read(const struct service *service, struct reading *reading);

#endif
