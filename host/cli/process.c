#include "config.h"

#include "host/cli/process.h"

#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define KEEP_BYTES (256 * 1024)

/* A file opened later must not become stdout. What nobody can read must not seem to be
 * written, so the stand-in for stdout is one that cannot be written to. */
static void take_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

/* Credentials and keys pass through JSON trees. */
static void free_wiped(void *pointer)
{
    if (pointer)
        explicit_bzero(pointer, malloc_usable_size(pointer));
    free(pointer);
}

/* Trees and answers come and go: without this glibc gives the end of the heap back, and
 * asks for it again, for every few of them. */
static void keep_memory(void)
{
    (void)mallopt(M_TOP_PAD, KEEP_BYTES); /* it is only a hint */
    (void)mallopt(M_TRIM_THRESHOLD, 4 * KEEP_BYTES);
}

/* No core file, none to a program that collects them either, which the limit does not
 * stop; and other processes of the same user cannot look into this one. A sanitizer has
 * to, to find what leaks. Neither call can fail: less is always allowed. */
static void close_memory(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef BERTH_SANITIZING
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* libcurl would write the keys of its TLS sessions into the file that this names. */
static void forget_environment(void)
{
    (void)unsetenv("SSLKEYLOGFILE"); /* the name is one */
}

void process_prepare(void)
{
    take_descriptors();
    keep_memory();
    close_memory();
    forget_environment();
    json_set_alloc_funcs(malloc, free_wiped);
}
