/* How dear a poll is: `bench_poll ITEMS POLLS HOME` polls a listing of so many items that
 * never change, and prints seconds and the peak of memory after each poll. Used by hand,
 * and under callgrind. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/state/poller.h"

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct fake_item *make_items(size_t count)
{
    struct fake_item *items = calloc(count, sizeof(*items));
    char *text = calloc(count, 64);
    if (!items || !text)
        abort();
    for (size_t i = 0; i < count; i++) {
        char *key = text + 64 * i;
        (void)snprintf(key, 32, "device-%08zu", i);
        (void)snprintf(key + 32, 32, "\"%08zx-0000-0700\"", i * 2654435761u);
        items[i] = (struct fake_item){.key = key, .version = key + 32, .data = "{}"};
    }
    return items;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    size_t count = strtoul(argv[1], NULL, 10), polls = strtoul(argv[2], NULL, 10);
    struct fake_item *items = make_items(count);
    struct poller p;
    poller_init(&p, argv[3]);
    struct session s = fake_session(items, count);
    s.page = 1000;
    struct rusage before, after;
    (void)getrusage(RUSAGE_SELF, &before);
    for (size_t i = 0; i < polls; i++) {
        double start = now();
        int r = poller_run(&p, &s);
        (void)getrusage(RUSAGE_SELF, &after);
        printf("poll %zu: status %d, %.3f s, %llu items, peak %ld KB (%ld KB above the "
               "items)\n",
               i, r, now() - start, (unsigned long long)p.result.items, after.ru_maxrss,
               after.ru_maxrss - before.ru_maxrss);
    }
    poller_release(&p);
    free(items);
    return 0;
}
