#include "tests/unit/lack.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <jansson.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* Allocations until one fails; negative: none does. A server in the test has a thread of
 * its own, and all the memory that it wants. */
static __thread long countdown = -1;
static __thread bool failed;

static bool fails_now(void)
{
    if (countdown < 0 || countdown-- > 0)
        return false;
    failed = true;
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
pcre2_code *__real_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE len, uint32_t options,
                                   int *error, PCRE2_SIZE *offset,
                                   pcre2_compile_context *context);
pcre2_match_data *__real_pcre2_match_data_create_8(uint32_t pairs,
                                                   pcre2_general_context *context);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
pcre2_code *__wrap_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE len, uint32_t options,
                                   int *error, PCRE2_SIZE *offset,
                                   pcre2_compile_context *context);
pcre2_match_data *__wrap_pcre2_match_data_create_8(uint32_t pairs,
                                                   pcre2_general_context *context);

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails_now() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
    return fails_now() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
    return fails_now() ? NULL : __real_strndup(text, len);
}

pcre2_code *__wrap_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE len, uint32_t options,
                                   int *error, PCRE2_SIZE *offset,
                                   pcre2_compile_context *context)
{
    enum { NO_HEAP = 121 };
    if (!fails_now())
        return __real_pcre2_compile_8(pattern, len, options, error, offset, context);
    *error = NO_HEAP;
    return NULL;
}

pcre2_match_data *__wrap_pcre2_match_data_create_8(uint32_t pairs,
                                                   pcre2_general_context *context)
{
    return fails_now() ? NULL : __real_pcre2_match_data_create_8(pairs, context);
}

void lack_init(void)
{
    json_set_alloc_funcs(__wrap_malloc, free);
}

void lack_begin(long n)
{
    failed = false;
    countdown = n;
}

bool lack_end(void)
{
    countdown = -1;
    return failed;
}
