#include "sdk/scan.h"

#include "sdk/pointer.h"
#include "sdk/reader.h"

/* Does the raw string, which has escapes, say `name`? */
static bool is_escaped_name(struct berth_str raw, struct berth_str name)
{
    struct reader r = reader_of((struct berth_str){raw.ptr + 1, raw.len - 2});
    size_t same = 0;
    while (r.at < r.end) {
        char piece[4] = {*r.at};
        size_t len = 1;
        if (*r.at != '\\')
            r.at++;
        else if (!reader_read_escape(&r, piece, &len))
            return false;
        if (len > name.len - same || memcmp(piece, name.ptr + same, len) != 0)
            return false;
        same += len;
    }
    return same == name.len;
}

static bool is_name(const struct reader_member *member, struct berth_str name)
{
    if (member->escaped)
        return is_escaped_name(member->name, name);
    return member->name.len == name.len + 2 &&
           memcmp(member->name.ptr + 1, name.ptr, name.len) == 0;
}

static int fail_at(const char *start, const struct reader *r, struct berth_error *err)
{
    return fail(err, BERTH_E_PROTOCOL, "the answer is not JSON from byte %zu on",
                (size_t)(r->at - start));
}

int scan_check(struct berth_str text, struct berth_error *err)
{
    struct reader r = reader_of(text);
    reader_skip_space(&r);
    if (!reader_skip_value(&r, 0))
        return fail_at(text.ptr, &r, err);
    reader_skip_space(&r);
    return r.at == r.end ? 0 : fail_at(text.ptr, &r, err);
}

/* The last member of that name in an object that has been checked. */
static bool find_member(struct berth_str object, struct berth_str name,
                        struct berth_str *ret_value)
{
    struct reader r = reader_of(object);
    bool found = false;
    if (object.len == 0 || *r.at != '{')
        return false;
    bool over = reader_skip_empty(&r, '}');
    while (!over) {
        struct reader_member member;
        if (!reader_skip_member(&r, 0, &member, &over))
            return false;
        if (is_name(&member, name)) {
            *ret_value = member.value;
            found = true;
        }
    }
    return found;
}

static struct berth_str trim(struct berth_str text)
{
    struct reader r = reader_of(text);
    reader_skip_space(&r);
    return (struct berth_str){r.at, (size_t)(r.end - r.at)};
}

int scan_find(struct berth_str text, const char *pointer, struct berth_str *ret_value,
              struct berth_error *err)
{
    int r = scan_check(text, err);
    if (r < 0)
        return r;
    struct berth_str value = trim(text);
    struct berth_str rest = str_from(pointer);
    struct berth_str token;
    while (pointer_next(&rest, &token)) {
        char name[POINTER_TOKEN_MAX];
        if (!pointer_unescape(token, name) || !find_member(value, str_from(name), &value))
            return 0;
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
        return fail(err, BERTH_E_PROTOCOL, "the answer%s%s is not a list",
                    *pointer ? " at " : "", pointer);
    *scan = (struct scan){
        .at = list.ptr, .end = str_end(list), .start = text.ptr, .whole = !*pointer};
    return 0;
}

void scan_want(struct scan *scan, const struct berth_str *names, size_t count)
{
    scan->names = names;
    scan->name_count = count < SCAN_MAX_MEMBERS ? count : SCAN_MAX_MEMBERS;
}

static bool skip_item_object(struct reader *r, const struct scan *scan,
                             struct scan_item *item)
{
    bool over = reader_skip_empty(r, '}');
    while (!over) {
        struct reader_member member;
        if (!reader_skip_member(r, 2, &member, &over))
            return false;
        for (size_t i = 0; i < scan->name_count; i++)
            if (is_name(&member, scan->names[i]))
                item->members[i] = member.value;
    }
    return true;
}

/* Behind the last item: nothing may follow a list that is the whole text. */
static int scan_over(struct scan *scan, struct reader *r, struct berth_error *err)
{
    reader_skip_space(r);
    scan->over = true;
    return scan->whole && r->at != r->end ? fail_at(scan->start, r, err) : 0;
}

int scan_more(struct scan *scan, struct berth_str *ret_rest, struct berth_error *err)
{
    struct reader r = {.at = scan->at, .end = scan->end};
    bool over = false;
    if (scan->over)
        return 0;
    if (!scan->begun && reader_skip_empty(&r, ']'))
        return scan_over(scan, &r, err);
    if (scan->begun && !reader_skip_separator(&r, ']', &over))
        return fail_at(scan->start, &r, err);
    if (over)
        return scan_over(scan, &r, err);
    scan->begun = true;
    scan->at = r.at;
    *ret_rest = (struct berth_str){r.at, (size_t)(r.end - r.at)};
    return 1;
}

int scan_item(struct scan *scan, struct scan_item *item, struct berth_error *err)
{
    struct reader r = {.at = scan->at, .end = scan->end};
    *item = (struct scan_item){0};
    bool is_object = r.at < r.end && *r.at == '{';
    if (is_object ? !skip_item_object(&r, scan, item) : !reader_skip_value(&r, 1))
        return fail_at(scan->start, &r, err);
    item->text = (struct berth_str){scan->at, (size_t)(r.at - scan->at)};
    scan->at = r.at;
    return 1;
}

void scan_skip(struct scan *scan, size_t len)
{
    size_t left = (size_t)(scan->end - scan->at);
    scan->at += len < left ? len : left;
}

int scan_next(struct scan *scan, struct scan_item *item, struct berth_error *err)
{
    struct berth_str rest;
    int r = scan_more(scan, &rest, err);
    return r > 0 ? scan_item(scan, item, err) : r;
}

static bool is_quoted(struct berth_str raw)
{
    return raw.len >= 2 && raw.ptr[0] == '"' && raw.ptr[raw.len - 1] == '"';
}

bool text_add_scanned(struct text *t, struct berth_str raw)
{
    if (!is_quoted(raw))
        return false;
    struct reader r = reader_of((struct berth_str){raw.ptr + 1, raw.len - 2});
    while (r.at < r.end) {
        const char *slash = memchr(r.at, '\\', (size_t)(r.end - r.at));
        const char *stop = slash ? slash : r.end;
        text_add_str(t, (struct berth_str){r.at, (size_t)(stop - r.at)});
        r.at = stop;
        char piece[4];
        size_t len = 0;
        if (slash && !reader_read_escape(&r, piece, &len))
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
