/* Locals that clean up after themselves: `cleanup(free) char *text = ...;`. Each word
 * usable in cleanup() is a function `cleanup_WORD(T *)` made here or beside the type that
 * it releases. Invariant: such a function takes what holds nothing yet (null, -1,
 * zeroes). */
#ifndef BERTH_SDK_CLEANUP_H
#define BERTH_SDK_CLEANUP_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define cleanup(word) __attribute__((__cleanup__(cleanup_##word)))

/* jansson spells the attribute as the macro above is spelt. */
#undef json_auto_t
#define json_auto_t json_t __attribute__((__cleanup__(json_decrefp)))

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* nothing was written that still had to reach the disk */
}

static inline void cleanup_fclose(FILE **file)
{
    if (*file)
        (void)fclose(*file); /* read-only streams; writers close by hand and look */
}

#endif
