#include "sdk/scan.h"

#include <stdint.h>

/* A cursor over the text; every skip_*() leaves `at` behind what it read, or returns
 * false with `at` where the text is wrong. */
struct reader {
    const char *at;
    const char *end;
};

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* Has any of the eight bytes to be looked at: a quote, a backslash, a control character,
 * or one beyond ASCII? */
static bool is_special_in_word(uint64_t word)
{
    uint64_t quote = word ^ (ONES * '"');
    uint64_t slash = word ^ (ONES * '\\');
    uint64_t zero = ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash);
    return ((zero | (word - ONES * 0x20) | word) & HIGHS) != 0;
}

static void skip_plain(struct reader *r)
{
    while (r->end - r->at >= 8) {
        uint64_t word;
        memcpy(&word, r->at, sizeof(word));
        if (is_special_in_word(word))
            break;
        r->at += 8;
    }
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end &&
           (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static bool is_continuation(const struct reader *r, int offset, unsigned low,
                            unsigned high)
{
    unsigned char c = (unsigned char)r->at[offset];
    return c >= low && c <= high;
}

/* One UTF-8 character beyond ASCII: shortest form, no surrogates, up to U+10FFFF. */
static bool skip_utf8(struct reader *r)
{
    unsigned char lead = (unsigned char)*r->at;
    int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || r->end - r->at <= more)
        return false;
    unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (!is_continuation(r, 1, low, high))
        return false;
    for (int i = 2; i <= more; i++)
        if (!is_continuation(r, i, 0x80, 0xbf))
            return false;
    r->at += more + 1;
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits after \u at `at`, or -1. */
static int32_t read_hex4(const struct reader *r)
{
    if (r->end - r->at < 6)
        return -1;
    int32_t value = 0;
    for (int i = 2; i < 6; i++) {
        int digit = hex_value(r->at[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* A \u escape, with its second half where it is a surrogate pair. */
static bool read_unicode(struct reader *r, uint32_t *ret_code)
{
    int32_t code = read_hex4(r);
    if (code < 0 || (code >= 0xdc00 && code <= 0xdfff))
        return false;
    r->at += 6;
    if (code >= 0xd800 && code <= 0xdbff) {
        bool follows = r->end - r->at >= 2 && r->at[0] == '\\' && r->at[1] == 'u';
        int32_t low = follows ? read_hex4(r) : -1;
        if (low < 0xdc00 || low > 0xdfff)
            return false;
        r->at += 6;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    *ret_code = (uint32_t)code;
    return true;
}

static bool skip_escape(struct reader *r)
{
    uint32_t code;
    if (r->end - r->at < 2)
        return false;
    if (r->at[1] == 'u')
        return read_unicode(r, &code);
    if (!r->at[1] || !strchr("\"\\/bfnrt", r->at[1]))
        return false;
    r->at += 2;
    return true;
}

static bool skip_string(struct reader *r)
{
    r->at++;
    for (;;) {
        skip_plain(r);
        if (r->at >= r->end)
            return false;
        unsigned char c = (unsigned char)*r->at;
        if (c == '"')
            break;
        if (c < 0x20)
            return false;
        if (c == '\\' ? !skip_escape(r) : c >= 0x80 && !skip_utf8(r))
            return false;
        if (c < 0x80 && c != '\\')
            r->at++;
    }
    r->at++;
    return true;
}

static bool skip_digits(struct reader *r)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > start;
}

static bool skip_number(struct reader *r)
{
    if (*r->at == '-')
        r->at++;
    const char *start = r->at;
    if (!skip_digits(r) || (*start == '0' && r->at - start > 1))
        return false;
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (!skip_digits(r))
            return false;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
            r->at++;
        return skip_digits(r);
    }
    return true;
}

static bool skip_literal(struct reader *r, struct berth_str word)
{
    struct berth_str rest = {r->at, (size_t)(r->end - r->at)};
    if (!str_starts_with(rest, word))
        return false;
    r->at += word.len;
    return true;
}

static bool skip_value(struct reader *r, int depth);

/* Behind a value in a list or object: a comma (true) or `close`, which is *ret_over. */
static bool skip_separator(struct reader *r, char close, bool *ret_over)
{
    skip_space(r);
    if (r->at >= r->end || (*r->at != ',' && *r->at != close))
        return false;
    *ret_over = *r->at == close;
    r->at++;
    skip_space(r);
    return true;
}

/* Behind the opening bracket: is it closed at once? */
static bool skip_empty(struct reader *r, char close)
{
    r->at++;
    skip_space(r);
    if (r->at >= r->end || *r->at != close)
        return false;
    r->at++;
    return true;
}

static bool skip_list(struct reader *r, int depth)
{
    bool over = skip_empty(r, ']');
    while (!over)
        if (!skip_value(r, depth) || !skip_separator(r, ']', &over))
            return false;
    return true;
}

/* A member's name with the colon behind it. */
static bool skip_name(struct reader *r, struct berth_str *ret_raw)
{
    const char *start = r->at;
    if (r->at >= r->end || *r->at != '"' || !skip_string(r))
        return false;
    *ret_raw = (struct berth_str){start, (size_t)(r->at - start)};
    skip_space(r);
    if (r->at >= r->end || *r->at != ':')
        return false;
    r->at++;
    skip_space(r);
    return true;
}

static bool skip_object(struct reader *r, int depth)
{
    struct berth_str name;
    bool over = skip_empty(r, '}');
    while (!over)
        if (!skip_name(r, &name) || !skip_value(r, depth) ||
            !skip_separator(r, '}', &over))
            return false;
    return true;
}

static bool skip_value(struct reader *r, int depth)
{
    if (r->at >= r->end || depth >= SCAN_MAX_DEPTH)
        return false;
    switch (*r->at) {
    case '{':
        return skip_object(r, depth + 1);
    case '[':
        return skip_list(r, depth + 1);
    case '"':
        return skip_string(r);
    case 't':
        return skip_literal(r, STR("true"));
    case 'f':
        return skip_literal(r, STR("false"));
    case 'n':
        return skip_literal(r, STR("null"));
    default:
        return skip_number(r);
    }
}

static size_t encode_utf8(uint32_t code, char out[4])
{
    static const unsigned char LEAD[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80u | (code & 0x3fu));
    out[0] = (char)(LEAD[len] | code);
    return len;
}

/* What one escape says, as UTF-8. */
static bool read_escape(struct reader *r, char out[4], size_t *ret_len)
{
    static const char LETTERS[] = "\"\\/bfnrt";
    static const char MEANING[] = "\"\\/\b\f\n\r\t";
    uint32_t code;
    if (r->end - r->at < 2)
        return false;
    if (r->at[1] == 'u') {
        if (!read_unicode(r, &code))
            return false;
        *ret_len = encode_utf8(code, out);
        return true;
    }
    const char *found = r->at[1] ? strchr(LETTERS, r->at[1]) : NULL;
    if (!found)
        return false;
    out[0] = MEANING[found - LETTERS];
    *ret_len = 1;
    r->at += 2;
    return true;
}

/* Does the raw string, which has escapes, say `name`? */
static bool is_escaped_name(struct berth_str raw, struct berth_str name)
{
    struct reader r = {raw.ptr + 1, raw.ptr + raw.len - 1};
    size_t same = 0;
    while (r.at < r.end) {
        char piece[4] = {*r.at};
        size_t len = 1;
        if (*r.at != '\\')
            r.at++;
        else if (!read_escape(&r, piece, &len))
            return false;
        if (len > name.len - same || memcmp(piece, name.ptr + same, len) != 0)
            return false;
        same += len;
    }
    return same == name.len;
}

static bool is_name(struct berth_str raw, struct berth_str name)
{
    if (raw.len == name.len + 2 && memcmp(raw.ptr + 1, name.ptr, name.len) == 0)
        return true;
    return memchr(raw.ptr, '\\', raw.len) && is_escaped_name(raw, name);
}

static int fail_at(const char *start, const struct reader *r, struct berth_error *err)
{
    return fail(err, BERTH_E_PROTOCOL, "the answer is not JSON from byte %zu on",
                (size_t)(r->at - start));
}

int scan_check(struct berth_str text, struct berth_error *err)
{
    struct reader r = {text.ptr, text.ptr + text.len};
    skip_space(&r);
    if (!skip_value(&r, 0))
        return fail_at(text.ptr, &r, err);
    skip_space(&r);
    return r.at == r.end ? 0 : fail_at(text.ptr, &r, err);
}

/* The last member of that name in an object that has been checked. */
static bool find_member(struct berth_str object, struct berth_str name,
                        struct berth_str *ret_value)
{
    struct reader r = {object.ptr, object.ptr + object.len};
    bool found = false;
    if (object.len == 0 || *r.at != '{')
        return false;
    bool over = skip_empty(&r, '}');
    while (!over) {
        struct berth_str raw;
        if (!skip_name(&r, &raw))
            return false;
        const char *start = r.at;
        if (!skip_value(&r, 0))
            return false;
        if (is_name(raw, name)) {
            *ret_value = (struct berth_str){start, (size_t)(r.at - start)};
            found = true;
        }
        if (!skip_separator(&r, '}', &over))
            return false;
    }
    return found;
}

static struct berth_str trim(struct berth_str text)
{
    struct reader r = {text.ptr, text.ptr + text.len};
    skip_space(&r);
    return (struct berth_str){r.at, (size_t)(r.end - r.at)};
}

int scan_find(struct berth_str text, const char *pointer, struct berth_str *ret_value,
              struct berth_error *err)
{
    int r = scan_check(text, err);
    if (r < 0)
        return r;
    struct berth_str value = trim(text);
    while (*pointer == '/') {
        size_t len = strcspn(pointer + 1, "/");
        struct berth_str name = {pointer + 1, len};
        if (!find_member(value, name, &value))
            return 0;
        pointer += len + 1;
    }
    *ret_value = value;
    return 1;
}

int scan_begin(struct scan *scan, struct berth_str text, const char *pointer,
               struct berth_error *err)
{
    struct berth_str list = trim(text);
    if (*pointer) {
        int r = scan_find(text, pointer, &list, err);
        if (r < 0)
            return r;
        if (r == 0)
            return fail(err, BERTH_E_PROTOCOL, "the answer has no list at %s", pointer);
    }
    if (list.len == 0 || list.ptr[0] != '[')
        return fail(err, BERTH_E_PROTOCOL, "the answer %s%s is not a list",
                    *pointer ? "at " : "", pointer);
    *scan = (struct scan){.at = list.ptr,
                          .end = list.ptr + list.len,
                          .start = text.ptr,
                          .whole = !*pointer};
    return 0;
}

void scan_want(struct scan *scan, const struct berth_str *names, size_t count)
{
    scan->names = names;
    scan->name_count = count < SCAN_MAX_MEMBERS ? count : SCAN_MAX_MEMBERS;
}

static void keep_member(const struct scan *scan, struct berth_str raw,
                        struct berth_str value, struct scan_item *item)
{
    for (size_t i = 0; i < scan->name_count; i++)
        if (is_name(raw, scan->names[i]))
            item->members[i] = value;
}

static bool skip_item_object(struct reader *r, const struct scan *scan,
                             struct scan_item *item)
{
    bool over = skip_empty(r, '}');
    while (!over) {
        struct berth_str raw;
        if (!skip_name(r, &raw))
            return false;
        const char *start = r->at;
        if (!skip_value(r, 2))
            return false;
        keep_member(scan, raw, (struct berth_str){start, (size_t)(r->at - start)}, item);
        if (!skip_separator(r, '}', &over))
            return false;
    }
    return true;
}

/* Behind the last item: nothing may follow a list that is the whole text. */
static int scan_over(struct scan *scan, struct reader *r, struct berth_error *err)
{
    skip_space(r);
    scan->at = scan->end;
    return scan->whole && r->at != r->end ? fail_at(scan->start, r, err) : 0;
}

int scan_next(struct scan *scan, struct scan_item *item, struct berth_error *err)
{
    struct reader r = {scan->at, scan->end};
    bool over = false;
    if (r.at == r.end)
        return 0;
    if (!scan->begun && skip_empty(&r, ']'))
        return scan_over(scan, &r, err);
    if (scan->begun && !skip_separator(&r, ']', &over))
        return fail_at(scan->start, &r, err);
    if (over)
        return scan_over(scan, &r, err);
    scan->begun = true;
    *item = (struct scan_item){0};
    const char *start = r.at;
    bool is_object = r.at < r.end && *r.at == '{';
    if (is_object ? !skip_item_object(&r, scan, item) : !skip_value(&r, 1))
        return fail_at(scan->start, &r, err);
    item->text = (struct berth_str){start, (size_t)(r.at - start)};
    scan->at = r.at;
    return 1;
}

static bool is_quoted(struct berth_str raw)
{
    return raw.len >= 2 && raw.ptr[0] == '"' && raw.ptr[raw.len - 1] == '"';
}

bool text_add_scanned(struct text *t, struct berth_str raw)
{
    if (!is_quoted(raw))
        return false;
    struct reader r = {raw.ptr + 1, raw.ptr + raw.len - 1};
    while (r.at < r.end) {
        const char *slash = memchr(r.at, '\\', (size_t)(r.end - r.at));
        const char *stop = slash ? slash : r.end;
        text_add_str(t, (struct berth_str){r.at, (size_t)(stop - r.at)});
        r.at = stop;
        char piece[4];
        size_t len = 0;
        if (slash && !read_escape(&r, piece, &len))
            return false;
        text_add_str(t, (struct berth_str){piece, len});
    }
    return true;
}

bool scan_string(struct berth_str raw, struct text *t, struct berth_str *ret)
{
    if (!is_quoted(raw))
        return false;
    if (!memchr(raw.ptr, '\\', raw.len)) {
        *ret = (struct berth_str){raw.ptr + 1, raw.len - 2};
        return true;
    }
    size_t before = t->len;
    if (!text_add_scanned(t, raw) || text_failed(t))
        return false;
    *ret = (struct berth_str){t->data + before, t->len - before};
    return true;
}
