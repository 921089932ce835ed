#include "cases/memory.h"

#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

bool memory_is_watched(void)
{
    return !SANITIZED;
}

#if !SANITIZED

struct range {
    uintptr_t start;
    uintptr_t end;
};

static struct {
    struct range ranges[8];
    int range_count;
    int depth; /* inside the connector */
    long fail_at;
    long count;
    long live;
    bool has_failed;
} watch;

static void add_segments(const struct dl_phdr_info *info)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X) ||
            watch.range_count == 8)
            continue;
        uintptr_t start = info->dlpi_addr + segment->p_vaddr;
        watch.ranges[watch.range_count++] =
            (struct range){start, start + segment->p_memsz};
    }
}

static int visit_object(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    (void)data;
    const char *slash = strrchr(info->dlpi_name, '/');
    const char *name = slash ? slash + 1 : info->dlpi_name;
    if (strncmp(name, "libcrypto", 9) == 0 || strncmp(name, "libc.", 5) == 0 ||
        strncmp(name, "ld-", 3) == 0)
        add_segments(info);
    return 0;
}

void memory_watch(void)
{
    watch.range_count = 0;
    (void)dl_iterate_phdr(visit_object, NULL); /* always 0, as visit_object() is */
}

void memory_begin(long fail_at)
{
    watch.fail_at = fail_at;
    watch.count = 0;
    watch.live = 0;
    watch.has_failed = false;
}

void memory_enter(void)
{
    watch.depth++;
}

void memory_leave(void)
{
    watch.depth--;
}

bool memory_has_failed(void)
{
    return watch.has_failed;
}

long memory_live(void)
{
    return watch.live;
}

static bool is_watched(const void *caller)
{
    uintptr_t address = (uintptr_t)caller;
    for (int i = 0; watch.depth > 0 && i < watch.range_count; i++)
        if (address >= watch.ranges[i].start && address < watch.ranges[i].end)
            return false;
    return watch.depth > 0;
}

static bool must_fail(const void *caller)
{
    if (!is_watched(caller) || ++watch.count != watch.fail_at)
        return false;
    watch.has_failed = true;
    errno = ENOMEM;
    return true;
}

static void *counted(void *block, const void *caller)
{
    if (block && is_watched(caller))
        watch.live++;
    return block;
}

/* glibc's own, which it exports for those who put themselves before it. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void __libc_free(void *block);

#define CALLER __builtin_return_address(0)
#define IN_PLACE_OF_LIBC __attribute__((visibility("default"), noinline))

IN_PLACE_OF_LIBC void *malloc(size_t size)
{
    return must_fail(CALLER) ? NULL : counted(__libc_malloc(size), CALLER);
}

IN_PLACE_OF_LIBC void *calloc(size_t count, size_t size)
{
    return must_fail(CALLER) ? NULL : counted(__libc_calloc(count, size), CALLER);
}

IN_PLACE_OF_LIBC void *realloc(void *block, size_t size)
{
    if (must_fail(CALLER))
        return NULL;
    void *grown = __libc_realloc(block, size);
    return block ? grown : counted(grown, CALLER);
}

IN_PLACE_OF_LIBC void free(void *block)
{
    if (block && is_watched(CALLER))
        watch.live--;
    __libc_free(block);
}

static char *copy_text(const char *text, size_t len, const void *caller)
{
    char *copy = must_fail(caller) ? NULL : counted(__libc_malloc(len + 1), caller);
    if (copy) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    return copy;
}

#undef strdup
#undef strndup

IN_PLACE_OF_LIBC char *strdup(const char *text)
{
    return copy_text(text, strlen(text), CALLER);
}

IN_PLACE_OF_LIBC char *strndup(const char *text, size_t max)
{
    return copy_text(text, strnlen(text, max), CALLER);
}

#else

void memory_watch(void)
{
}

void memory_begin(long fail_at)
{
    (void)fail_at;
}

void memory_enter(void)
{
}

void memory_leave(void)
{
}

bool memory_has_failed(void)
{
    return false;
}

long memory_live(void)
{
    return 0;
}

#endif
