#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"

#define NUMBER_MAX 320

struct parser {
    struct reader r;
    const char *start;
    enum json_origin origin;
    json_unwanted_fn *is_unwanted; /* null: all is wanted */
    struct berth_str path[JSON_MAX_DEPTH];
    bool no_memory;
    const char *problem; /* what is wrong, when it is not the syntax */
};

static json_t *parse_value(struct parser *p, int depth);

static json_t *wrong(struct parser *p, const char *problem)
{
    if (!p->problem)
        p->problem = problem;
    return NULL;
}

static json_t *or_no_memory(struct parser *p, json_t *value)
{
    if (!value)
        p->no_memory = true;
    return value;
}

/* What is wrong with the string at `start`; null when nothing is, or when it has no end.
 */
static const char *string_problem(const struct parser *p, const char *start)
{
    struct reader r = {.at = start, .end = p->r.end};
    if (start >= p->r.end || *start != '"' || reader_skip_string(&r) || r.end - r.at < 2)
        return NULL;
    unsigned char c = (unsigned char)*r.at;
    if (c >= 0x80)
        return "a text that is not UTF-8";
    if (c != '\\')
        return "a text with a control character (a line end is written \\n)";
    size_t len = 2;
    while (r.at + len < r.end && len < 6 && isxdigit((unsigned char)r.at[len]))
        len++;
    if (r.at[1] == 'u' && len == 6)
        return "a text with half a surrogate pair";
    return "a text with an escape that JSON does not have";
}

/* What a raw string says; a view of the text itself, or of `room`. */
static bool decode_string(struct parser *p, struct berth_str raw, struct text *room,
                          struct berth_str *ret)
{
    if (!memchr(raw.ptr, '\\', raw.len)) {
        *ret = (struct berth_str){raw.ptr + 1, raw.len - 2};
        return true;
    }
    struct reader r = reader_of((struct berth_str){raw.ptr + 1, raw.len - 2});
    while (r.at < r.end) {
        char piece[4] = {*r.at};
        size_t len = 1;
        if (*r.at != '\\')
            r.at++;
        else if (!reader_read_escape(&r, piece, &len))
            return false; /* it was read before */
        if (len == 1 && piece[0] == '\0')
            return wrong(p, "a text with a zero character") != NULL;
        text_add_str(room, (struct berth_str){piece, len});
    }
    p->no_memory = p->no_memory || text_failed(room);
    *ret = text_str(room);
    return !text_failed(room);
}

static json_t *parse_string(struct parser *p)
{
    const char *start = p->r.at;
    if (!reader_skip_string(&p->r))
        return wrong(p, string_problem(p, start));
    cleanup(text) struct text room;
    struct berth_str raw = {start, (size_t)(p->r.at - start)};
    struct berth_str value;
    text_init_secret(&room, raw.len);
    if (!decode_string(p, raw, &room, &value))
        return NULL;
    return or_no_memory(p, json_stringn_nocheck(value.ptr ? value.ptr : "", value.len));
}

static json_t *parse_real(struct parser *p, char *digits)
{
    char *point = strchr(digits, '.');
    if (point)
        *point = localeconv()->decimal_point[0];
    errno = 0;
    double value = strtod(digits, NULL);
    if (errno == ERANGE && (value > 1 || value < -1))
        return wrong(p, "a number too large");
    return or_no_memory(p, json_real(value));
}

static json_t *parse_number(struct parser *p)
{
    char digits[NUMBER_MAX];
    const char *start = p->r.at;
    if (!reader_skip_number(&p->r))
        return NULL;
    size_t len = (size_t)(p->r.at - start);
    if (len >= sizeof(digits))
        return wrong(p, "a number with too many digits");
    memcpy(digits, start, len);
    digits[len] = '\0';
    if (strpbrk(digits, ".eE"))
        return parse_real(p, digits);
    errno = 0;
    long long value = strtoll(digits, NULL, 10);
    if (errno == ERANGE)
        return wrong(p, "a whole number too large");
    return or_no_memory(p, json_integer(value));
}

static bool parse_element(struct parser *p, int depth, json_t *list)
{
    json_t *value = parse_value(p, depth);
    if (value && json_array_append_new(list, value) != 0) {
        p->no_memory = true;
        return false;
    }
    return value != NULL;
}

static json_t *parse_list(struct parser *p, int depth)
{
    json_t *list = or_no_memory(p, json_array());
    bool over = list && reader_skip_empty(&p->r, ']');
    p->path[depth - 1] = (struct berth_str){0};
    while (list && !over) {
        if (!parse_element(p, depth, list) || !reader_skip_separator(&p->r, ']', &over)) {
            json_wipe(list);
            return NULL;
        }
    }
    return list;
}

static bool parse_member(struct parser *p, int depth, json_t *object)
{
    struct berth_str raw;
    struct berth_str name;
    size_t before = json_object_size(object);
    const char *start = p->r.at;
    if (!reader_skip_name(&p->r, &raw))
        return wrong(p, string_problem(p, start)) != NULL;
    cleanup(text) struct text room;
    text_init(&room, raw.len);
    if (!decode_string(p, raw, &room, &name))
        return false;
    p->path[depth - 1] = name;
    if (p->is_unwanted && p->is_unwanted(p->path, depth))
        return reader_skip_value(&p->r, depth);
    json_t *value = parse_value(p, depth);
    if (value && json_object_setn_new_nocheck(object, name.ptr, name.len, value) != 0) {
        p->no_memory = true;
        return false;
    }
    if (value && p->origin == JSON_OURS && json_object_size(object) == before)
        return wrong(p, "a member that is given twice") != NULL;
    return value != NULL;
}

static json_t *parse_object(struct parser *p, int depth)
{
    json_t *object = or_no_memory(p, json_object());
    bool over = object && reader_skip_empty(&p->r, '}');
    while (object && !over) {
        if (!parse_member(p, depth, object) ||
            !reader_skip_separator(&p->r, '}', &over)) {
            json_wipe(object);
            return NULL;
        }
    }
    return object;
}

static json_t *parse_literal(struct parser *p)
{
    char first = *p->r.at;
    if (!reader_skip_value(&p->r, 0))
        return NULL;
    return first == 't' ? json_true() : first == 'f' ? json_false() : json_null();
}

static json_t *parse_value(struct parser *p, int depth)
{
    if (p->r.at >= p->r.end)
        return NULL;
    if (depth >= JSON_MAX_DEPTH)
        return wrong(p, "lists or objects nested deeper than 64");
    switch (*p->r.at) {
    case '{':
        return parse_object(p, depth + 1);
    case '[':
        return parse_list(p, depth + 1);
    case '"':
        return parse_string(p);
    case 't':
    case 'f':
    case 'n':
        return parse_literal(p);
    default:
        return parse_number(p);
    }
}

static int fail_at(const struct parser *p, struct berth_error *err)
{
    size_t line = 1;
    char where[40] = "";
    if (p->no_memory)
        return fail_no_memory(err);
    for (const char *c = p->start; c < p->r.at; c++)
        line += *c == '\n';
    if (line > 1)
        (void)snprintf(where, sizeof(where), "line %zu, ", line);
    int status = p->origin == JSON_OURS ? BERTH_E_INVALID : BERTH_E_PROTOCOL;
    return fail(err, status, "not JSON: %sbyte %zu%s%s", where,
                (size_t)(p->r.at - p->start) + 1, p->problem ? ": " : "",
                p->problem ? p->problem : "");
}

int json_parse_wanted(struct berth_str text, enum json_origin origin,
                      json_unwanted_fn *is_unwanted, json_t **ret_value,
                      struct berth_error *err)
{
    struct parser p = {.r = reader_of(text),
                       .start = text.ptr,
                       .origin = origin,
                       .is_unwanted = is_unwanted};
    if (text.len == 0)
        return fail(err, origin == JSON_OURS ? BERTH_E_INVALID : BERTH_E_PROTOCOL,
                    "expected JSON, got nothing");
    reader_skip_space(&p.r);
    json_t *value = parse_value(&p, 0);
    if (value)
        reader_skip_space(&p.r);
    if (value && p.r.at == p.r.end) {
        *ret_value = value;
        return 0;
    }
    json_wipe(value);
    return fail_at(&p, err);
}

int json_parse(struct berth_str text, enum json_origin origin, json_t **ret_value,
               struct berth_error *err)
{
    return json_parse_wanted(text, origin, NULL, ret_value, err);
}
