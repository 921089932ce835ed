/* From ECMAScript's regular expressions to PCRE2's. */
#include <stdint.h>
#include <string.h>

#include "host/schema/pattern.h"
#include "sdk/error.h"
#include "sdk/str.h"

/* White space and line ends as ECMAScript counts them, and all the rest: as the inside of
 * a character class. */
#define SPACES                                                                           \
    "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}"    \
    "\\x{3000}\\x{feff}"
#define NOT_SPACES                                                                       \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}"     \
    "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"       \
    "\\x{3001}-\\x{d7ff}\\x{e000}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

enum { EXPRESSION_MAX = 4096, NESTING_MAX = 200, PROPERTY_MAX = 64 };

struct translation {
    const char *at, *end;
    struct text *out;
    struct berth_error *err;
    unsigned depth;              /* of groups */
    bool looks[NESTING_MAX + 1]; /* the group at that depth looks ahead or behind */
    bool repeatable;             /* what came last may be repeated */
};

/* Long names of general categories, which PCRE2 knows by their letters only. */
static const struct {
    const char *name;
    const char *letters;
} CATEGORIES[] = {
    {"Letter", "L"},
    {"Cased_Letter", "L&"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Initial_Punctuation", "Pi"},
    {"Final_Punctuation", "Pf"},
    {"Other_Punctuation", "Po"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Other_Symbol", "So"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Other", "C"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Format", "Cf"},
    {"Surrogate", "Cs"},
    {"Private_Use", "Co"},
    {"Unassigned", "Cn"},
};

static int invalid(const struct translation *t, const char *why)
{
    return fail(t->err, BERTH_E_INVALID, "%s", why);
}

static bool has(const struct translation *t, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(t->end - t->at) >= len && memcmp(t->at, text, len) == 0;
}

static bool skip(struct translation *t, const char *text)
{
    if (!has(t, text))
        return false;
    t->at += strlen(text);
    return true;
}

/* Exactly `digits` hex digits; false, without having moved, when they are not there. */
static bool read_hex(struct translation *t, int digits, uint32_t *ret_value)
{
    uint32_t value = 0;
    if (t->end - t->at < digits)
        return false;
    for (int i = 0; i < digits; i++) {
        int digit = str_hex_value(t->at[i]);
        if (digit < 0)
            return false;
        value = value * 16 + (uint32_t)digit;
    }
    t->at += digits;
    *ret_value = value;
    return true;
}

static int add_code(struct translation *t, uint32_t code)
{
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return invalid(t, "a \\u that is no character");
    text_add_format(t->out, "\\x{%x}", code);
    return 0;
}

static int translate_braced_code(struct translation *t)
{
    uint32_t code = 0;
    const char *start = t->at;
    while (t->at < t->end && str_hex_value(*t->at) >= 0 && code <= 0x10ffff)
        code = code * 16 + (uint32_t)str_hex_value(*t->at++);
    if (t->at == start || !skip(t, "}"))
        return invalid(t, "\\u{ without hex digits and }");
    return add_code(t, code);
}

/* After "\u": four digits, a surrogate pair, or braces. */
static int translate_unicode(struct translation *t)
{
    uint32_t code = 0, low = 0;
    if (skip(t, "{"))
        return translate_braced_code(t);
    if (!read_hex(t, 4, &code))
        return invalid(t, "\\u without four hex digits");
    const char *after = t->at;
    if (code >= 0xd800 && code < 0xdc00 && skip(t, "\\u") && read_hex(t, 4, &low) &&
        low >= 0xdc00 && low < 0xe000)
        return add_code(t, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
    t->at = after;
    return add_code(t, code);
}

static struct berth_str category(struct berth_str name)
{
    for (size_t i = 0; i < sizeof(CATEGORIES) / sizeof(CATEGORIES[0]); i++)
        if (str_equal(name, str_from(CATEGORIES[i].name)))
            return str_from(CATEGORIES[i].letters);
    return name;
}

/* After "\p" or "\P". */
static int translate_property(struct translation *t, char p)
{
    const char *close =
        skip(t, "{") ? memchr(t->at, '}', (size_t)(t->end - t->at)) : NULL;
    if (!close || close == t->at || close - t->at > PROPERTY_MAX)
        return invalid(t, "\\p without {name}");
    struct berth_str name = {t->at, (size_t)(close - t->at)};
    if (memchr("^:& ", name.ptr[0], 4))
        return invalid(t, "\\p with a name that is none");
    if (skip(t, "General_Category=") || skip(t, "gc="))
        name = (struct berth_str){t->at, (size_t)(close - t->at)};
    text_add(t->out, p == 'p' ? "\\p{" : "\\P{");
    text_add_str(t->out, category(name));
    text_add(t->out, "}");
    t->at = close + 1;
    return 0;
}

static int translate_control(struct translation *t)
{
    char letter = t->at < t->end ? (char)(*t->at | 0x20) : '\0';
    if (letter < 'a' || letter > 'z')
        return invalid(t, "\\c without a letter");
    t->at++;
    return add_code(t, (uint32_t)(letter - 'a' + 1));
}

/* Escapes that mean the same inside and outside of a class. 1 when `c` is none. */
static int translate_common_escape(struct translation *t, char c)
{
    static const char CONTROLS[] = "tnvfr";
    static const uint32_t CODES[] = {9, 10, 11, 12, 13};
    const char *control = strchr(CONTROLS, c);
    uint32_t code = 0;
    if (control)
        return add_code(t, CODES[control - CONTROLS]);
    if (strchr("dDwW", c)) {
        text_add_format(t->out, "\\%c", c);
        return 0;
    }
    switch (c) {
    case 'u':
        return translate_unicode(t);
    case 'x':
        return read_hex(t, 2, &code) ? add_code(t, code)
                                     : invalid(t, "\\x without two hex digits");
    case 'c':
        return translate_control(t);
    case 'p':
    case 'P':
        return translate_property(t, c);
    case '0':
        if (t->at < t->end && *t->at >= '0' && *t->at <= '9')
            return invalid(t, "an octal escape; use \\x");
        return add_code(t, 0);
    default:
        return 1;
    }
}

/* A character that is escaped only to stand for itself. */
static int translate_itself(struct translation *t, char c)
{
    if ((unsigned char)c >= 0x80 ||
        strchr("^$\\.*+?()[]{}|/-\"'#%&,:;<=>@_`~! ", c) == NULL)
        return fail(t->err, BERTH_E_INVALID, "\\%c is no escape of ECMAScript",
                    c >= ' ' && c <= '~' ? c : '?');
    text_add_format(t->out, c == '_' ? "%c" : "\\%c", c);
    return 0;
}

static int translate_class_escape(struct translation *t, char c)
{
    if (c == 's' || c == 'S') {
        text_add(t->out, c == 's' ? SPACES : NOT_SPACES);
        return 0;
    }
    if (c == 'b')
        return add_code(t, 8);
    int r = translate_common_escape(t, c);
    return r == 1 ? translate_itself(t, c) : r;
}

/* The character behind a "\". */
static int next_escape(struct translation *t, char *ret_c)
{
    if (t->at == t->end || !*t->at)
        return invalid(t, "a \\ with nothing after it");
    *ret_c = *t->at++;
    return 0;
}

/* "[]" and "[^]", which nothing and everything is in: PCRE2 has the one as a failure that
 * cannot be repeated. */
static bool translate_empty_class(struct translation *t)
{
    bool nothing = skip(t, "]");
    if (!nothing && !skip(t, "^]"))
        return false;
    text_add(t->out, nothing ? "[^\\x{0}-\\x{10ffff}]" : "[\\x{0}-\\x{10ffff}]");
    t->repeatable = true;
    return true;
}

static int translate_class(struct translation *t)
{
    if (translate_empty_class(t))
        return 0;
    text_add(t->out, skip(t, "^") ? "[^" : "[");
    while (t->at < t->end && *t->at != ']') {
        int r = 0;
        char c = *t->at++;
        if (c == '\\') {
            r = next_escape(t, &c);
            if (r == 0)
                r = translate_class_escape(t, c);
        } else {
            text_add(t->out, c == '[' || c == '^' ? "\\" : "");
            text_add_str(t->out, (struct berth_str){&c, 1});
        }
        if (r < 0)
            return r;
    }
    if (!skip(t, "]"))
        return invalid(t, "a [ without its ]");
    text_add(t->out, "]");
    t->repeatable = true;
    return 0;
}

/* After "\k": the name of a group, in <>. */
static int translate_named_reference(struct translation *t)
{
    const char *close =
        skip(t, "<") ? memchr(t->at, '>', (size_t)(t->end - t->at)) : NULL;
    if (!close)
        return invalid(t, "\\k without <name>");
    text_add(t->out, "\\k<");
    text_add_str(t->out, (struct berth_str){t->at, (size_t)(close - t->at)});
    text_add(t->out, ">");
    t->at = close + 1;
    return 0;
}

static int translate_number_reference(struct translation *t)
{
    const char *start = t->at - 1;
    while (t->at < t->end && *t->at >= '0' && *t->at <= '9')
        t->at++;
    text_add(t->out, "\\g{");
    text_add_str(t->out, (struct berth_str){start, (size_t)(t->at - start)});
    text_add(t->out, "}");
    return 0;
}

static int translate_escape(struct translation *t)
{
    char c = 0;
    int r = next_escape(t, &c);
    if (r < 0)
        return r;
    t->repeatable = true;
    switch (c) {
    case 'b':
    case 'B':
        t->repeatable = false;
        text_add(t->out, c == 'b' ? "\\b" : "\\B");
        return 0;
    case 's':
        text_add(t->out, "[" SPACES "]");
        return 0;
    case 'S':
        text_add(t->out, "[^" SPACES "]");
        return 0;
    case 'k':
        return translate_named_reference(t);
    default:
        break;
    }
    if (c >= '1' && c <= '9')
        return translate_number_reference(t);
    r = translate_common_escape(t, c);
    return r == 1 ? translate_itself(t, c) : r;
}

static int translate_open(struct translation *t)
{
    static const char *const KINDS[] = {"?:", "?=", "?!", "?<=", "?<!", "?<"};
    if (++t->depth > NESTING_MAX)
        return invalid(t, "groups are nested too deep");
    t->repeatable = false;
    t->looks[t->depth] = false;
    text_add(t->out, "(");
    if (has(t, "*"))
        return invalid(t, "a * with nothing to repeat");
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++) {
        if (skip(t, KINDS[i])) {
            text_add(t->out, KINDS[i]);
            t->looks[t->depth] = strpbrk(KINDS[i], "=!") != NULL;
            return 0;
        }
    }
    return has(t, "?") ? invalid(t, "a (? that ECMAScript does not know") : 0;
}

static int translate_close(struct translation *t)
{
    if (t->depth == 0)
        return invalid(t, "a ) without its (");
    t->repeatable = !t->looks[t->depth--];
    text_add(t->out, ")");
    return 0;
}

/* The length of "{2}", "{2,}" or "{2,3}" here; 0 when it is something else. */
static size_t braces_length(const struct translation *t)
{
    const char *p = t->at + 1;
    const char *digits = p;
    while (p < t->end && *p >= '0' && *p <= '9')
        p++;
    if (p == digits)
        return 0;
    if (p < t->end && *p == ',')
        p++;
    while (p < t->end && *p >= '0' && *p <= '9')
        p++;
    return p < t->end && *p == '}' ? (size_t)(p + 1 - t->at) : 0;
}

static int translate_repeat(struct translation *t, size_t len)
{
    if (!t->repeatable)
        return fail(t->err, BERTH_E_INVALID, "a %c with nothing to repeat", *t->at);
    text_add_str(t->out, (struct berth_str){t->at, len});
    t->at += len;
    if (skip(t, "?"))
        text_add(t->out, "?");
    t->repeatable = false;
    return 0;
}

static int translate_plain(struct translation *t)
{
    char c = *t->at++;
    t->repeatable = !strchr("^$|", c) || !c;
    if (c == '.')
        text_add(t->out, "[^\\n\\r\\x{2028}\\x{2029}]");
    else
        text_add_str(t->out, (struct berth_str){&c, 1});
    return 0;
}

static int translate_brace(struct translation *t)
{
    size_t len = braces_length(t);
    if (len > 0)
        return translate_repeat(t, len);
    t->at++;
    t->repeatable = true;
    text_add(t->out, "\\{");
    return 0;
}

static int translate_next(struct translation *t)
{
    switch (*t->at) {
    case '\\':
        t->at++;
        return translate_escape(t);
    case '[':
        t->at++;
        return translate_class(t);
    case '(':
        t->at++;
        return translate_open(t);
    case ')':
        t->at++;
        return translate_close(t);
    case '*':
    case '+':
    case '?':
        return translate_repeat(t, 1);
    case '{':
        return translate_brace(t);
    default:
        return translate_plain(t);
    }
}

int ecma_translate(struct berth_str expression, struct text *pcre,
                   struct berth_error *err)
{
    if (expression.len == 0)
        return 0;
    if (expression.len > EXPRESSION_MAX)
        return fail(err, BERTH_E_INVALID, "it is longer than %d bytes", EXPRESSION_MAX);
    struct translation t = {
        .at = expression.ptr,
        .end = expression.ptr + expression.len,
        .out = pcre,
        .err = err,
    };
    while (t.at < t.end) {
        int r = translate_next(&t);
        if (r < 0)
            return r;
    }
    if (t.depth > 0)
        return invalid(&t, "a ( without its )");
    return text_failed(pcre) ? fail_no_memory(err) : 0;
}
