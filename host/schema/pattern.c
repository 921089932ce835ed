#define PCRE2_CODE_UNIT_WIDTH 8
#include "host/schema/pattern.h"

#include <ctype.h>
#include <pcre2.h>
#include <stdlib.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"

/* A translation is at most some 200 times as long as the longest expression. */
enum { LENGTH_MAX = 1 << 20, HEAP_MAX_KB = 2048 };

/* Error 125 of pcre2_compile(): a look-behind is not of fixed length. */
enum { LOOKBEHIND_VARIES = 125, NO_HEAP = 121 };

struct pattern {
    pcre2_code *code;
};

static int say_why(int code, struct berth_error *err)
{
    PCRE2_UCHAR text[128] = "";
    if (code == NO_HEAP)
        return fail_no_memory(err);
    (void)pcre2_get_error_message(code, text, sizeof(text)); /* "" when it has none */
    return fail(err, code == LOOKBEHIND_VARIES ? BERTH_E_UNSUPPORTED : BERTH_E_INVALID,
                "%s", (const char *)text);
}

/* Does the translated expression ask for nothing but characters of ASCII? Then it may
 * look at a text byte by byte, for no part of a longer character is one of them, and that
 * is much faster. (A dot is a negated class by now, and \x stands for what is special.)
 */
static bool is_bytewise(struct berth_str pcre)
{
    for (size_t i = 0; i < pcre.len; i++) {
        char c = pcre.ptr[i];
        char next = i + 1 < pcre.len ? pcre.ptr[i + 1] : '\0';
        if ((unsigned char)c >= 0x80 || (c == '[' && next == '^') ||
            (c == '\\' && isalnum((unsigned char)next)))
            return false;
        if (c == '\\')
            i++;
    }
    return true;
}

static int compile(struct berth_str pcre, pcre2_code **ret_code, struct berth_error *err)
{
    int code = 0;
    PCRE2_SIZE offset = 0;
    uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |
                       PCRE2_NEVER_BACKSLASH_C | (is_bytewise(pcre) ? 0 : PCRE2_UTF);
    *ret_code =
        pcre2_compile((PCRE2_SPTR)pcre.ptr, pcre.len, options, &code, &offset, NULL);
    return *ret_code ? 0 : say_why(code, err);
}

int pattern_new(struct berth_str expression, struct pattern **ret_pattern,
                struct berth_error *err)
{
    cleanup(text) struct text pcre;
    text_init(&pcre, LENGTH_MAX);
    text_add(&pcre, "");
    int r = ecma_translate(expression, &pcre, err);
    if (r < 0)
        return r;
    struct pattern *pattern = calloc(1, sizeof(*pattern));
    if (!pattern)
        return fail_no_memory(err);
    r = compile(text_str(&pcre), &pattern->code, err);
    if (r < 0) {
        free(pattern);
        return r;
    }
    *ret_pattern = pattern;
    return 0;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_code_free(pattern->code);
    free(pattern);
}

static int result_of(int r)
{
    switch (r) {
    case PCRE2_ERROR_NOMEMORY:
        return BERTH_E_NO_MEMORY;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
        return PATTERN_TOO_HARD;
    default:
        return r >= 0 ? PATTERN_YES : PATTERN_NO;
    }
}

static bool matcher_fill(struct matcher *m)
{
    if (!m->context)
        m->context = pcre2_match_context_create(NULL);
    if (m->context && !m->data)
        m->data = pcre2_match_data_create(1, NULL);
    return m->data;
}

void matcher_release(struct matcher *m)
{
    pcre2_match_data_free(m->data);
    pcre2_match_context_free(m->context);
    *m = (struct matcher){.data = NULL};
}

int pattern_match(const struct pattern *pattern, struct berth_str subject, unsigned limit,
                  struct matcher *m)
{
    if (!matcher_fill(m))
        return BERTH_E_NO_MEMORY;
    (void)pcre2_set_match_limit(m->context, limit); /* these cannot fail */
    (void)pcre2_set_depth_limit(m->context, limit);
    (void)pcre2_set_heap_limit(m->context, HEAP_MAX_KB);
    return result_of(pcre2_match(pattern->code, (PCRE2_SPTR)subject.ptr, subject.len, 0,
                                 0, m->data, m->context));
}
