#include "host/cli/csv.h"

#include <string.h>

#include "sdk/error.h"
#include "sdk/str.h"

/* Where a row is being taken apart. */
struct cursor {
    struct berth_str view;
    size_t at;
    bool ended; /* nothing comes behind the view */
};

enum cell_end { CELL_MORE, CELL_SEPARATOR, CELL_LINE_END };

void csv_init(struct csv *c, struct source *source)
{
    *c = (struct csv){.source = source};
    text_init_secret(&c->cells, (size_t)SOURCE_MAX_LINE + CSV_MAX_CELLS);
}

void csv_release(struct csv *c)
{
    text_release(&c->cells);
}

static void add_byte(struct csv *c, const char *byte)
{
    text_add_str(&c->cells, (struct berth_str){byte, 1});
}

static void end_cell(struct csv *c)
{
    text_add_str(&c->cells, (struct berth_str){"", 1}); /* its terminator */
    if (c->count < CSV_MAX_CELLS)
        c->count++;
    c->offsets[c->count] = c->cells.len;
}

/* The separator or the line's end at the cursor; CELL_MORE when neither is there. */
static enum cell_end take_end(const struct csv *c, struct cursor *in)
{
    if (in->at == in->view.len)
        return in->ended ? CELL_LINE_END : CELL_MORE;
    char byte = in->view.ptr[in->at];
    if (byte == c->separator) {
        in->at++;
        return CELL_SEPARATOR;
    }
    bool crlf = byte == '\r' && in->at + 1 < in->view.len;
    if (byte == '\n' || (crlf && in->view.ptr[in->at + 1] == '\n')) {
        in->at += crlf ? 2 : 1;
        return CELL_LINE_END;
    }
    if (byte == '\r' && in->at + 1 == in->view.len && in->ended) {
        in->at++;
        return CELL_LINE_END;
    }
    return CELL_MORE;
}

/* Behind the opening quote. False: the closing one is not there. */
static bool take_quoted(struct csv *c, struct cursor *in)
{
    for (; in->at < in->view.len; in->at++) {
        const char *byte = in->view.ptr + in->at;
        if (*byte != '"') {
            add_byte(c, byte);
            continue;
        }
        if (in->at + 1 == in->view.len && !in->ended)
            return false;
        bool doubled = in->at + 1 < in->view.len && byte[1] == '"';
        in->at++;
        if (!doubled)
            return true;
        add_byte(c, byte);
    }
    return false;
}

static enum cell_end take_bare(struct csv *c, struct cursor *in,
                               struct berth_error *problem)
{
    for (;;) {
        enum cell_end end = take_end(c, in);
        if (end != CELL_MORE || in->at == in->view.len)
            return end;
        if (in->view.ptr[in->at] == '\r' && in->at + 1 == in->view.len)
            return CELL_MORE;
        if (in->view.ptr[in->at] == '"' && problem->message[0] == '\0')
            (void)fail(problem, BERTH_E_INVALID,
                       "cell %zu has a quote in its middle: quote the whole cell and "
                       "double the quote",
                       c->count + 1);
        add_byte(c, in->view.ptr + in->at++);
    }
}

static enum cell_end take_cell(struct csv *c, struct cursor *in,
                               struct berth_error *problem)
{
    if (in->at == in->view.len || in->view.ptr[in->at] != '"')
        return take_bare(c, in, problem);
    in->at++;
    if (!take_quoted(c, in))
        return CELL_MORE;
    enum cell_end end = take_end(c, in);
    bool undecided = in->at == in->view.len ||
                     (in->view.ptr[in->at] == '\r' && in->at + 1 == in->view.len);
    if (end != CELL_MORE || (undecided && !in->ended))
        return end;
    (void)fail(problem, BERTH_E_INVALID, "cell %zu has text behind its closing quote",
               c->count + 1);
    return take_bare(c, in, problem);
}

/* Take one row apart. False: its end is not there. */
static bool take_row(struct csv *c, struct cursor *in, struct berth_error *problem)
{
    text_reset(&c->cells);
    c->count = 0;
    c->offsets[0] = 0;
    for (;;) {
        enum cell_end end = take_cell(c, in, problem);
        if (end == CELL_MORE)
            return false;
        if (c->count == CSV_MAX_CELLS)
            (void)fail(problem, BERTH_E_INVALID, "the row has more than %u cells",
                       CSV_MAX_CELLS);
        end_cell(c);
        if (end == CELL_LINE_END)
            return true;
    }
}

/* The separator that the first line shows. */
static char separator_of(struct berth_str line)
{
    const char *end = memchr(line.ptr, '\n', line.len);
    size_t len = end ? (size_t)(end - line.ptr) : line.len;
    if (memchr(line.ptr, ',', len))
        return ',';
    if (memchr(line.ptr, ';', len))
        return ';';
    return memchr(line.ptr, '\t', len) ? '\t' : ',';
}

static bool begin(struct csv *c)
{
    struct berth_str view = source_view(c->source);
    bool whole_line = view.len > 0 && memchr(view.ptr, '\n', view.len);
    if (!whole_line && !c->source->ended && view.len <= SOURCE_MAX_LINE)
        return false;
    if (str_starts_with(view, STR("\xef\xbb\xbf")))
        source_use(c->source, 3);
    view = source_view(c->source);
    c->separator = view.len > 0 ? separator_of(view) : ',';
    c->begun = true;
    return true;
}

static uint64_t count_newlines(struct berth_str s)
{
    uint64_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += s.ptr[i] == '\n';
    return count;
}

static bool is_blank(const struct csv *c)
{
    return c->count == 1 && csv_cell(c, 0).len == 0;
}

static int stop(struct csv *c, struct berth_error *err)
{
    c->stopped = true;
    return fail(err, BERTH_E_INVALID,
                "input: line %llu has a quote that nothing closes (or is longer than 4 "
                "MB): nothing from there on was carried out",
                (unsigned long long)c->number + 1);
}

int csv_next(struct csv *c, struct csv_row *ret_row, struct berth_error *err)
{
    if (!c->begun && !begin(c))
        return RECORD_MORE;
    for (;;) {
        struct cursor in = {source_view(c->source), 0, c->source->ended};
        if (c->stopped || (in.view.len == 0 && in.ended))
            return RECORD_END;
        *ret_row = (struct csv_row){.number = c->number + 1, .problem = BERTH_ERROR_INIT};
        bool whole = in.view.len > 0 && take_row(c, &in, &ret_row->problem);
        if (!whole && (in.ended || in.view.len > SOURCE_MAX_LINE))
            return stop(c, err);
        if (!whole)
            return RECORD_MORE;
        struct berth_str used = {in.view.ptr, in.at};
        c->number += count_newlines(used);
        source_use(c->source, in.at);
        if (text_failed(&c->cells))
            return fail_no_memory(err);
        ret_row->count = c->count;
        if (!is_blank(c) || ret_row->problem.message[0] != '\0')
            return RECORD_READY;
    }
}
