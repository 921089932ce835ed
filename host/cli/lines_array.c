/* Elements of a JSON array, found by their brackets and parsed one at a time. */
#include "host/cli/lines.h"
#include "sdk/error.h"
#include "sdk/str.h"

static void skip_space(struct lines *l)
{
    struct berth_str view = source_view(l->source);
    size_t i = 0;
    while (i < view.len && str_is_space(view.ptr[i]))
        i++;
    source_use(l->source, i);
}

static int fail_here(struct lines *l, struct berth_error *err, const char *what)
{
    l->mode = LINES_ENDED;
    return fail(err, BERTH_E_INVALID,
                "input: %s after element %llu of the array: nothing from there on was "
                "carried out",
                what, (unsigned long long)l->number);
}

/* Behind the closing bracket only white space may follow. */
static int finish(struct lines *l, struct berth_error *err)
{
    skip_space(l);
    if (source_view(l->source).len > 0)
        return fail_here(l, err, "there is more text behind the array,");
    if (!l->source->ended)
        return RECORD_MORE;
    return RECORD_END;
}

/* The end of the element at the start of what is there; 0: not there yet. Its bracket or
 * comma is not part of it. */
static size_t element_end(struct lines *l)
{
    struct berth_str view = source_view(l->source);
    for (; l->at < view.len; l->at++) {
        char c = view.ptr[l->at];
        bool top = l->depth == 0 && !l->in_string;
        if (top && (c == ',' || c == ']'))
            return l->at;
        lines_scan(l, c);
    }
    return 0;
}

static int take_element(struct lines *l, struct record *ret_record,
                        struct berth_error *err)
{
    struct berth_str view = source_view(l->source);
    size_t end = element_end(l);
    if (end > SOURCE_MAX_LINE || (end == 0 && view.len > SOURCE_MAX_LINE))
        return fail_here(l, err, "an element is longer than 4 MB");
    if (end == 0 && view.len > 0 && (view.ptr[0] == ',' || view.ptr[0] == ']'))
        return fail_here(l, err, "an element is missing");
    if (end == 0)
        return l->source->ended ? fail_here(l, err, "the text ends") : RECORD_MORE;
    (void)record_parse(ret_record, ++l->number, (struct berth_str){view.ptr, end});
    l->mode = view.ptr[end] == ',' ? LINES_ARRAY_NEXT : LINES_ENDED;
    source_use(l->source, end + 1);
    l->at = 0;
    return RECORD_READY;
}

int lines_array_next(struct lines *l, struct record *ret_record, struct berth_error *err)
{
    if (l->mode == LINES_ENDED)
        return finish(l, err);
    if (l->at == 0)
        skip_space(l);
    struct berth_str view = source_view(l->source);
    if (l->mode == LINES_ARRAY && view.len > 0 && view.ptr[0] == ']') {
        source_use(l->source, 1);
        l->mode = LINES_ENDED;
        return finish(l, err);
    }
    return take_element(l, ret_record, err);
}
