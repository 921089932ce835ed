/* floor: the work of the benchmarks done with as little as libcurl allows. What it costs
 * is what any client built on libcurl must cost. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "bench/load.h"
#include "bench/service.h"

enum { EXIT_USAGE = 2, PARALLEL_MAX = 1024, BULK_MAX = 10, PAGE_SIZE = 1000 };

static const char USAGE[] =
    "usage: floor write --dir DIR --count N [--prefix ID] [--parallel N] [--bulk N]\n"
    "                   [--stride N] [--update]\n"
    "       floor read --dir DIR [--page N] [--tokens]\n"
    "       floor token --dir DIR\n"
    "DIR is the folder of a running berth-emulator. write: enrollments ID-000001 and so\n"
    "on; read: all of them in pages, or only the header lines that ask for each page but "
    "the\n"
    "first; token: a header line that authorizes a request.\n";

struct options {
    const char *dir;
    struct reading reading;
    struct load load;
};

static bool number(const char *s, size_t max, size_t *ret)
{
    char *end;
    unsigned long n = strtoul(s, &end, 10);

    *ret = n;
    return *s >= '0' && *s <= '9' && !*end && n >= 1 && n <= max;
}

static bool option_take(struct options *o, int option, const char *value)
{
    switch (option) {
    case 'd':
        o->dir = value;
        return true;
    case 'x':
        o->load.prefix = value;
        return strlen(value) <= 40;
    case 'c':
        return number(value, 10000000, &o->load.count);
    case 'p':
        return number(value, PARALLEL_MAX, &o->load.parallel);
    case 's':
        return number(value, 1000000, &o->load.stride);
    case 'b':
        return number(value, BULK_MAX, &o->load.bulk);
    case 'g':
        return number(value, 100000, &o->reading.page_size);
    case 't':
        o->reading.tokens = true;
        return true;
    case 'u':
        o->load.update = true;
        return true;
    default:
        return false;
    }
}

static bool options_read(struct options *o, int argc, char **argv)
{
    static const struct option LONG[] = {
        {"dir", required_argument, NULL, 'd'},
        {"prefix", required_argument, NULL, 'x'},
        {"count", required_argument, NULL, 'c'},
        {"parallel", required_argument, NULL, 'p'},
        {"stride", required_argument, NULL, 's'},
        {"bulk", required_argument, NULL, 'b'},
        {"page", required_argument, NULL, 'g'},
        {"tokens", no_argument, NULL, 't'},
        {"update", no_argument, NULL, 'u'},
        {NULL, 0, NULL, 0},
    };
    int option;

    o->reading.page_size = PAGE_SIZE;
    o->load.prefix = "dev";
    o->load.parallel = 1;
    o->load.stride = 1;
    while ((option = getopt_long(argc, argv, "", LONG, NULL)) != -1)
        if (!option_take(o, option, optarg))
            return false;
    return o->dir && optind + 1 == argc;
}

static int read_all(const struct options *o, const struct service *service)
{
    struct reading reading = o->reading;
    int r = load_read(service, &reading);

    if (r == 0 && !reading.tokens)
        (void)printf("%zu pages, %zu bytes\n", reading.pages, reading.bytes);
    return r;
}

static int run(struct options *o, const char *command, const struct service *service)
{
    o->load.service = service;
    if (!strcmp(command, "token"))
        return puts(service->authorization) < 0 ? -1 : 0;
    if (!strcmp(command, "read"))
        return read_all(o, service);
    return load_write(&o->load);
}

static bool known(const struct options *o, const char *command)
{
    return !strcmp(command, "token") || !strcmp(command, "read") ||
           (!strcmp(command, "write") && o->load.count);
}

int main(int argc, char **argv)
{
    struct options o = {.dir = NULL};
    struct service service;
    int r;

    if (!options_read(&o, argc, argv) || !known(&o, argv[optind])) {
        (void)fputs(USAGE, stderr);
        return EXIT_USAGE;
    }
    if (service_read(o.dir, &service) < 0 || curl_global_init(CURL_GLOBAL_DEFAULT))
        return EXIT_FAILURE;
    r = run(&o, argv[optind], &service);
    curl_global_cleanup();
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
