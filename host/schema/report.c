#include "host/schema/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/schema/locate.h"
#include "host/schema/type.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

enum { SENTENCE_MAX = 16384, POINTER_MAX = 1 << 20, LIST_MAX = 10 };
enum { QUOTED_MAX = 60, HELP_MAX = 200 };

void schema_report_init(struct schema_report *report, size_t max)
{
    *report = (struct schema_report){.max = max};
}

void schema_report_release(struct schema_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        free(report->problems[i].pointer);
        free(report->problems[i].sentence);
    }
    free(report->problems);
    schema_report_init(report, report->max);
}

/* The length of the first `max` characters. */
static size_t length_of(struct berth_str s, size_t max)
{
    size_t i = 0;
    for (; i < s.len; i++)
        if (((unsigned char)s.ptr[i] & 0xC0u) != 0x80u && max-- == 0)
            break;
    return i;
}

static void add_shortened(struct text *t, struct berth_str s, size_t max)
{
    size_t len = length_of(s, max);
    size_t start = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x20 && c != 0x7f)
            continue;
        text_add_str(t, (struct berth_str){s.ptr + start, i - start});
        text_add_format(t, "\\u%04x", c);
        start = i + 1;
    }
    if (start < len)
        text_add_str(t, (struct berth_str){s.ptr + start, len - start});
    if (len < s.len)
        text_add(t, "...");
}

/* Text in single quotes, shortened, control characters as \u escapes. */
static void add_quoted(struct text *t, struct berth_str s)
{
    text_add(t, "'");
    add_shortened(t, s, QUOTED_MAX);
    text_add(t, "'");
}

static void add_real(struct text *t, double value)
{
    char digits[40];
    int precision = 14;
    do {
        (void)snprintf(digits, sizeof(digits), "%.*g", ++precision, value);
    } while (precision < 17 && strtod(digits, NULL) != value);
    text_add(t, digits);
}

/* A JSON value of a schema or one that is no secret: strings in single quotes and
 * shortened, objects and lists by what they are. */
static void add_brief(struct text *t, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        add_quoted(t, json_value_str(value));
        return;
    case JSON_INTEGER:
        text_add_int(t, json_integer_value(value));
        return;
    case JSON_REAL:
        add_real(t, json_real_value(value));
        return;
    default:
        text_add(t, type_word(value));
        return;
    }
}

static void add_list(struct text *t, const json_t *list)
{
    size_t count = json_array_size(list);
    size_t shown = count > LIST_MAX ? LIST_MAX : count;
    for (size_t i = 0; i < shown; i++) {
        text_add(t, i == 0 ? "" : ", ");
        add_brief(t, json_array_get(list, i));
    }
    if (count > shown)
        text_add_format(t, " and %zu more", count - shown);
}

static void add_names(struct text *t, const json_t *object)
{
    size_t left = json_object_size(object), shown = 0;
    const char *name;
    json_t *unused;
    json_object_foreach(json_mutable(object), name, unused)
    {
        if (shown++ == LIST_MAX)
            break;
        text_add(t, shown == 1 ? "" : ", ");
        add_quoted(t, str_from(name));
        left--;
    }
    if (left > 0)
        text_add_format(t, " and %zu more", left);
}

/* The first sentence: up to a full stop that ends a word. */
static struct berth_str first_sentence(struct berth_str s)
{
    for (size_t i = 1; i + 1 < s.len; i++)
        if (s.ptr[i] == '.' && s.ptr[i + 1] == ' ' && s.ptr[i - 1] != ' ')
            return (struct berth_str){s.ptr, i};
    return s;
}

/* The beginning of x-ui.help or of the description of the schema that was not obeyed. */
static void add_help(struct text *t, const struct node *node)
{
    const json_t *help = json_object_get(json_object_get(node->source, "x-ui"), "help");
    if (!json_is_string(help))
        help = json_object_get(node->source, "description");
    if (!json_is_string(help))
        return;
    text_add(t, " (");
    add_shortened(t, first_sentence(json_value_str(help)), HELP_MAX);
    text_add(t, ")");
}

static int add_place_value(struct text *t, struct check *x, const struct place *at)
{
    bool secret = false;
    int r = place_is_secret(x, at, &secret);
    if (r < 0)
        return r;
    if (secret)
        text_add(t, "(secret)");
    else
        add_brief(t, at->value);
    return 0;
}

static int add_directive(struct text *t, struct check *x, const struct frame *f,
                         char directive, va_list *args)
{
    switch (directive) {
    case 'v':
        return add_place_value(t, x, f->at);
    case 'q':
        add_quoted(t, str_from(va_arg(*args, const char *)));
        return 0;
    case 's':
        text_add(t, va_arg(*args, const char *));
        return 0;
    case 'n':
        text_add_format(t, "%zu", va_arg(*args, size_t));
        return 0;
    case 'j':
        add_brief(t, va_arg(*args, const json_t *));
        return 0;
    case 'l':
        add_list(t, va_arg(*args, const json_t *));
        return 0;
    case 'm':
        add_names(t, va_arg(*args, const json_t *));
        return 0;
    case 't':
        type_add_words(t, va_arg(*args, unsigned));
        return 0;
    default:
        add_help(t, f->node);
        return 0;
    }
}

static int write_sentence(struct text *t, struct check *x, const struct frame *f,
                          const char *format, va_list *args)
{
    int r = 0;
    while (r == 0 && *format) {
        size_t plain = strcspn(format, "%");
        text_add_str(t, (struct berth_str){format, plain});
        format += plain;
        if (*format) {
            r = add_directive(t, x, f, format[1], args);
            format += 2;
        }
    }
    return r;
}

static void write_pointer(struct text *t, const struct place *at)
{
    if (!at->up)
        return;
    write_pointer(t, at->up);
    if (at->key)
        pointer_add(t, at->key);
    else
        pointer_add_index(t, at->index);
}

static int add_problem(struct check *x, const struct place *at, struct text *sentence)
{
    struct schema_report *report = x->report;
    if (!report->problems)
        report->problems = calloc(report->max, sizeof(*report->problems));
    struct text pointer;
    text_init(&pointer, POINTER_MAX);
    write_pointer(&pointer, at);
    struct schema_problem found = {.pointer = text_take(&pointer),
                                   .sentence = text_take(sentence)};
    text_release(&pointer);
    if (!report->problems || !found.pointer || !found.sentence) {
        free(found.pointer);
        free(found.sentence);
        return fail_no_memory(x->err);
    }
    report->problems[report->count++] = found;
    if (report->count == report->max)
        x->mode = CHECK_FAST;
    return INVALID;
}

static void count_problem(struct check *x, const struct frame *f)
{
    x->tally.problems++;
    if (f->at->depth > x->tally.deepest)
        x->tally.deepest = f->at->depth;
}

int problem(struct check *x, const struct frame *f, const char *format, ...)
{
    if (x->mode == CHECK_COUNT)
        count_problem(x, f);
    if (x->mode != CHECK_REPORT || x->report->count == x->report->max)
        return INVALID;
    cleanup(text) struct text sentence;
    text_init(&sentence, SENTENCE_MAX);
    va_list args;
    va_start(args, format);
    int r = write_sentence(&sentence, x, f, format, &args);
    va_end(args);
    return r < 0 ? r : add_problem(x, f->at, &sentence);
}
