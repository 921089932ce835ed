#include "host/cli/lines.h"

#include <string.h>

#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

void lines_init(struct lines *l, struct source *source)
{
    *l = (struct lines){.source = source};
}

/* The length of the line at `from`, with its newline; 0: its end is not there yet. */
static size_t line_length(const struct lines *l, size_t from)
{
    struct berth_str view = source_view(l->source);
    if (view.len == from)
        return 0;
    const char *end = memchr(view.ptr + from, '\n', view.len - from);
    if (end)
        return (size_t)(end - view.ptr) + 1 - from;
    return l->source->ended ? view.len - from : 0;
}

static void forget_object(struct lines *l)
{
    l->tried = l->at = 0;
    l->depth = 0;
    l->in_string = l->escaped = false;
}

/* Use `len` bytes, which hold `count` lines. */
static void use(struct lines *l, size_t len, uint64_t count)
{
    source_use(l->source, len);
    l->number += count;
    forget_object(l);
}

static int too_long(struct lines *l, struct record *ret_record)
{
    *ret_record = (struct record){.number = l->number + 1, .problem = BERTH_ERROR_INIT};
    (void)fail(&ret_record->problem, BERTH_E_INVALID,
               "the line is longer than 4 MB: split it");
    return RECORD_READY;
}

/* In the middle of a line that is too long: drop it up to its end. */
static int skip(struct lines *l, struct record *ret_record)
{
    struct berth_str view = source_view(l->source);
    size_t len = line_length(l, 0);
    if (len == 0 && !l->source->ended) {
        source_use(l->source, view.len);
        return RECORD_MORE;
    }
    l->skipping = false;
    int r = too_long(l, ret_record);
    use(l, len, 1);
    return r;
}

static uint64_t count_lines(struct berth_str s)
{
    uint64_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += s.ptr[i] == '\n' || i + 1 == s.len;
    return count;
}

/* The first line alone is the record, for better or worse. */
static int take_line(struct lines *l, struct record *ret_record)
{
    size_t len = line_length(l, 0);
    struct berth_str line = {source_view(l->source).ptr, len};
    (void)record_parse(ret_record, l->number + 1, line); /* the record says it */
    use(l, len, 1);
    return RECORD_READY;
}

/* Is it worth trying to parse what ends here? At least each time that there is twice as
 * much of it, so that a broken object is found out before the stream ends. */
static bool worth_a_try(const struct lines *l, size_t end)
{
    return l->depth <= 0 || l->in_string || end >= 2 * l->tried;
}

/* The first line begins an object and does not end it: look for the end in the lines that
 * follow. Each line that might be the first looks no deeper than objects go, so that many
 * of them that none closes take a time in proportion to their number. */
static int take_object(struct lines *l, struct record *ret_record)
{
    struct berth_str view = source_view(l->source);
    for (;;) {
        size_t len = line_length(l, l->at);
        size_t end = l->at + len;
        if (len == 0 && !l->source->ended && view.len <= SOURCE_MAX_LINE)
            return RECORD_MORE;
        if (len == 0 || end > SOURCE_MAX_LINE)
            return take_line(l, ret_record);
        for (; l->at < end; l->at++)
            lines_scan(l, view.ptr[l->at]);
        if (l->depth > JSON_MAX_DEPTH)
            return take_line(l, ret_record);
        if (!worth_a_try(l, end))
            continue;
        int r =
            record_parse(ret_record, l->number + 1, (struct berth_str){view.ptr, end});
        if (r == json_error_premature_end_of_input && !l->in_string) {
            l->tried = end;
            continue;
        }
        if (r != 0)
            return take_line(l, ret_record);
        use(l, end, count_lines((struct berth_str){view.ptr, end}));
        return RECORD_READY;
    }
}

static int take_ndjson(struct lines *l, size_t len, struct record *ret_record)
{
    struct berth_str line = {source_view(l->source).ptr, len};
    int r = record_parse(ret_record, l->number + 1, line);
    if (r == json_error_premature_end_of_input) {
        l->tried = len;
        for (; l->at < len; l->at++)
            lines_scan(l, line.ptr[l->at]);
        if (l->depth > 0 && !l->in_string)
            return take_object(l, ret_record);
    }
    use(l, len, 1);
    return RECORD_READY;
}

/* The first bytes say what the rest is. RECORD_MORE when they do not yet; a byte order
 * mark counts only as the very first, however often this is asked. */
static int start(struct lines *l)
{
    struct berth_str view = source_view(l->source);
    if (view.len < 3 && !l->source->ended)
        return RECORD_MORE;
    if (l->source->taken == 0 && str_starts_with(view, STR("\xef\xbb\xbf"))) {
        source_use(l->source, 3);
        view = source_view(l->source);
    }
    size_t i = 0;
    while (i < view.len && str_is_space(view.ptr[i]))
        i++;
    if (i == view.len && !l->source->ended && view.len < SOURCE_MAX_LINE)
        return RECORD_MORE;
    bool array = i < view.len && view.ptr[i] == '[';
    l->mode = array ? LINES_ARRAY : LINES_NDJSON;
    if (array)
        source_use(l->source, i + 1);
    return RECORD_READY;
}

static int ndjson_next(struct lines *l, struct record *ret_record)
{
    if (l->skipping)
        return skip(l, ret_record);
    if (l->tried > 0)
        return take_object(l, ret_record);
    for (;;) {
        size_t len = line_length(l, 0);
        struct berth_str view = source_view(l->source);
        if (len == 0 && l->source->ended)
            return RECORD_END;
        if (len > SOURCE_MAX_LINE || (len == 0 && view.len > SOURCE_MAX_LINE)) {
            l->skipping = true;
            return skip(l, ret_record);
        }
        if (len == 0)
            return RECORD_MORE;
        if (!str_is_blank((struct berth_str){view.ptr, len}))
            return take_ndjson(l, len, ret_record);
        use(l, len, 1);
    }
}

int lines_next(struct lines *l, struct record *ret_record, struct berth_error *err)
{
    if (l->mode == LINES_START) {
        int r = start(l);
        if (r != RECORD_READY)
            return r;
    }
    if (l->mode == LINES_NDJSON)
        return ndjson_next(l, ret_record);
    return lines_array_next(l, ret_record, err);
}
