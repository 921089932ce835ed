/* Pages from a service: the scanner and the kit's own parser, held against jansson. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct berth_str NAMES[] = {{"id", 2}, {"etag", 4}};

/* What only jansson refuses: numbers it cannot hold, zero characters in names. */
static bool is_jansson_alone(const json_error_t *problem)
{
    enum json_error_code code = json_error_code(problem);
    return code == json_error_numeric_overflow || code == json_error_null_character ||
           code == json_error_null_byte_in_key;
}

static json_t *parse(struct berth_str text, json_error_t *problem)
{
    return json_loadb(text.ptr ? text.ptr : "", text.len,
                      JSON_DECODE_ANY | JSON_ALLOW_NUL, problem);
}

/* A slice must say what jansson found under that name. */
static void check_member(struct berth_str raw, const json_t *wanted)
{
    json_error_t problem;
    cleanup(text) struct text room;
    struct berth_str said;
    text_init(&room, 1u << 20);
    cleanup(json) json_t *value = raw.len > 0 ? parse(raw, &problem) : NULL;
    if (!value != !wanted || (value && !json_equal(value, wanted)))
        abort();
    if (json_is_string(wanted) &&
        (!scan_string(raw, &room, &said) || !str_equal(said, json_value_str(wanted))))
        abort();
}

static void check_item(const struct scan_item *item, const json_t *wanted)
{
    json_error_t problem;
    cleanup(json) json_t *value = parse(item->text, &problem);
    if (!value || !json_equal(value, wanted))
        abort();
    for (size_t i = 0; i < 2; i++)
        check_member(item->members[i], json_object_get(wanted, NAMES[i].ptr));
}

static void check_scan(struct berth_str text, const json_t *wanted,
                       const json_error_t *problem)
{
    struct scan scan;
    struct scan_item item;
    size_t count = 0;
    int r = scan_begin(&scan, text, "", NULL);
    if (r == 0)
        scan_want(&scan, NAMES, 2);
    struct berth_str rest;
    while (r == 0 && (r = scan_more(&scan, &rest, NULL)) > 0) {
        struct scan before = scan;
        r = scan_item(&scan, &item, NULL);
        if (r < 0)
            break;
        scan_skip(&before, item.text.len);
        if (before.at != scan.at || item.text.ptr != rest.ptr)
            abort();
        if (wanted)
            check_item(&item, json_array_get(wanted, count));
        count++;
        r = 0;
    }
    if (r < 0 && json_is_array(wanted))
        abort();
    if (r == 0 && !wanted && !is_jansson_alone(problem))
        abort();
    if (r == 0 && wanted && count != json_array_size(wanted))
        abort();
}

static bool is_deep(struct berth_str text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.len; i++)
        depth += text.ptr[i] == '[' || text.ptr[i] == '{';
    return depth >= READER_MAX_DEPTH;
}

/* The parser takes what jansson takes without zero characters, and the same of it. */
static void check_parse(struct berth_str text)
{
    json_error_t problem;
    json_t *ours = NULL;
    int r = json_parse(text, JSON_THEIRS, &ours, NULL);
    cleanup(json) json_t *theirs =
        json_loadb(text.ptr ? text.ptr : "", text.len, JSON_DECODE_ANY, &problem);
    if ((r == 0) != (theirs != NULL) || (r == 0 && !json_equal(ours, theirs)))
        abort();
    json_decref(ours);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct berth_str text = {(const char *)data, size};
    json_error_t problem;
    if (is_deep(text)) {
        struct scan scan;
        (void)scan_begin(&scan, text, "/a", NULL); /* only that it ends */
        return 0;
    }
    if (size > 0 && memchr(data, '\0', size)) { /* jansson takes it for the end */
        if (scan_check(text, NULL) == 0)
            abort();
        return 0;
    }
    cleanup(json) json_t *wanted = parse(text, &problem);
    check_scan(text, wanted, &problem);
    check_parse(text);
    bool good = scan_check(text, NULL) == 0;
    if (good ? !wanted && !is_jansson_alone(&problem) : wanted != NULL)
        abort();
    return 0;
}
