#include "host/cli/process.h"

#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

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

void process_prepare(void)
{
    const struct rlimit none = {0, 0};
    take_descriptors();
    (void)setrlimit(RLIMIT_CORE, &none); /* less is always allowed */
    json_set_alloc_funcs(malloc, free_wiped);
}
