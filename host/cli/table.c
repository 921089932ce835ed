#include "host/cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "host/cli/plain.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

#define GAP 2u
#define MAX_CELL (16u * 1024)
#define WIDEST 60u    /* of a column that is not the last */
#define NARROWEST 16u /* that is worth going on below */
#define BOLD "\x1b[1m"
#define NORMAL "\x1b[0m"

static char *plain_new(const char *text)
{
    struct text plain;
    text_init(&plain, MAX_CELL);
    struct berth_str all = str_from(text);
    if (all.len > MAX_CELL / 4) /* a replaced byte takes three */
        all.len = MAX_CELL / 4;
    plain_add(&plain, all);
    text_add(&plain, "");
    char *taken = text_take(&plain);
    text_release(&plain);
    return taken ? taken : strdup("");
}

int table_init(struct table *t, struct output *out, const char *const *titles,
               size_t count, struct berth_error *err)
{
    *t = (struct table){.out = out};
    t->cells = calloc(TABLE_LOOK_AHEAD * count, sizeof(*t->cells));
    if (!t->cells)
        return fail_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        t->titles[i] = plain_new(titles[i]);
        if (!t->titles[i])
            return fail_no_memory(err);
        t->widths[i] = plain_width(str_from(t->titles[i]));
        t->column_count++;
    }
    return 0;
}

static void drop_rows(struct table *t)
{
    for (size_t i = 0; i < t->row_count * t->column_count; i++)
        free(t->cells[i]);
    t->row_count = 0;
}

void table_release(struct table *t)
{
    drop_rows(t);
    free(t->cells);
    for (size_t i = 0; i < t->column_count; i++)
        free(t->titles[i]);
    *t = (struct table){0};
}

/* How many columns the terminal leaves for column `i` that begins at `at`; cut down to
 * its width unless it is the last. 0: it is left out. */
static size_t room_for(const struct table *t, size_t i, size_t at)
{
    size_t left = t->out->columns > at ? t->out->columns - at : 0;
    if (t->out->columns == 0)
        left = SIZE_MAX;
    bool last = i + 1 == t->column_count;
    size_t width = last ? left : t->widths[i];
    if (i > 0 && left < plain_width(str_from(t->titles[i])))
        return 0;
    return width < left ? width : left;
}

static struct berth_str behind(struct berth_str text, size_t len)
{
    return (struct berth_str){text.ptr + len, text.len - len};
}

/* The length of what stands on a line of `room` columns: up to a space, if there is one
 * in its latter half. */
static size_t line_length(struct berth_str text, size_t room)
{
    size_t len = plain_cut(text, room);
    size_t space = len;
    if (len == text.len)
        return len;
    while (space > len / 2 && text.ptr[space] != ' ')
        space--;
    return space > len / 2 ? space : len;
}

/* What of the last column is still to come, below where it began. */
static int write_rest(struct table *t, struct berth_str rest, size_t at, size_t room)
{
    int r = 0;
    while (rest.len > 0 && r == 0) {
        while (rest.len > 0 && rest.ptr[0] == ' ')
            rest = behind(rest, 1);
        size_t len = line_length(rest, room);
        struct text line;
        text_init(&line, MAX_CELL * 2);
        for (size_t i = 0; i < at; i++)
            text_add(&line, " ");
        text_add_str(&line, (struct berth_str){rest.ptr, len});
        r = rest.len > 0 ? output_line(t->out, text_str(&line)) : 0;
        text_release(&line);
        rest = behind(rest, len);
    }
    return r;
}

static int write_row(struct table *t, char *const *cells, const char *style)
{
    struct text line;
    text_init(&line, (size_t)MAX_CELL * TABLE_MAX_COLUMNS);
    struct berth_str rest = {0};
    size_t rest_at = 0;
    size_t at = 0;
    text_add(&line, style);
    for (size_t i = 0; i < t->column_count; i++) {
        struct berth_str cell = str_from(cells[i]);
        size_t room = room_for(t, i, at);
        if (t->wrap && i + 1 == t->column_count && room >= NARROWEST) {
            size_t len = line_length(cell, room);
            rest = behind(cell, len);
            rest_at = at;
            cell.len = len;
        }
        cell.len = plain_cut(cell, room);
        text_add_str(&line, cell);
        size_t pad = i + 1 < t->column_count && room > 0 ? t->widths[i] + GAP : 0;
        for (size_t used = plain_width(cell); used < pad; used++)
            text_add(&line, " ");
        at += pad;
    }
    while (line.len > 0 && line.data[line.len - 1] == ' ')
        line.len--;
    if (style[0] != '\0')
        text_add(&line, NORMAL);
    int r = output_line(t->out, text_str(&line));
    text_release(&line);
    return r == 0 ? write_rest(t, rest, rest_at, t->out->columns - rest_at) : r;
}

static void measure(struct table *t)
{
    for (size_t k = 0; k < t->row_count * t->column_count; k++) {
        size_t width = plain_width(str_from(t->cells[k]));
        size_t *column = &t->widths[k % t->column_count];
        if (width > *column)
            *column = width < WIDEST ? width : WIDEST;
    }
}

static int write_rows(struct table *t)
{
    int r = 0;
    if (!t->started) {
        measure(t);
        r = write_row(t, t->titles, t->out->color ? BOLD : "");
        t->started = true;
    }
    for (size_t row = 0; row < t->row_count && r == 0; row++)
        r = write_row(t, &t->cells[row * t->column_count], "");
    drop_rows(t);
    return r;
}

int table_row(struct table *t, const char *const *cells)
{
    for (size_t i = 0; i < t->column_count; i++) {
        char *cell = plain_new(cells[i] ? cells[i] : "");
        if (!cell) {
            while (i-- > 0)
                free(t->cells[t->row_count * t->column_count + i]);
            return BERTH_E_NO_MEMORY;
        }
        t->cells[t->row_count * t->column_count + i] = cell;
    }
    t->row_count++;
    bool hold = !t->started && t->row_count < TABLE_LOOK_AHEAD;
    return hold ? 0 : write_rows(t);
}

int table_rows(struct table *t, const json_t *array, const char *const *members)
{
    int r = 0;
    for (size_t i = 0; i < json_array_size(array) && r == 0; i++) {
        const json_t *row = json_array_get(array, i);
        const char *cells[TABLE_MAX_COLUMNS];
        for (size_t k = 0; k < t->column_count; k++)
            cells[k] = json_string_value(json_object_get(row, members[k]));
        r = table_row(t, cells);
    }
    return r;
}

int table_end(struct table *t)
{
    return write_rows(t);
}

void table_add_value(struct text *cell, const json_t *value)
{
    if (!value || json_is_null(value))
        return;
    if (json_is_string(value)) {
        text_add_str(cell, (struct berth_str){json_string_value(value),
                                              json_string_length(value)});
        return;
    }
    text_add_value(cell, value);
}

static int object_rows(struct table *t, const char *prefix, const json_t *object)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(json_mutable(object), name, value)
    {
        struct text path;
        struct text cell;
        text_init(&path, MAX_CELL);
        text_init_secret(&cell, MAX_CELL);
        text_add_format(&path, "%s%s%s", prefix, prefix[0] ? "." : "", name);
        bool nested = json_is_object(value) && json_object_size(value) > 0;
        if (!nested)
            table_add_value(&cell, value);
        const char *cells[] = {path.data, cell.data};
        int r =
            nested && path.data ? object_rows(t, path.data, value) : table_row(t, cells);
        text_release(&path);
        text_release(&cell);
        if (r < 0)
            return r;
    }
    return 0;
}

int table_object(struct output *out, const json_t *object, struct berth_error *err)
{
    static const char *const TITLES[] = {"FIELD", "VALUE"};
    cleanup(table) struct table t = {0};
    int r = table_init(&t, out, TITLES, 2, err);
    t.wrap = true;
    if (r == 0)
        r = object_rows(&t, "", object);
    return r == 0 ? table_end(&t) : r;
}
