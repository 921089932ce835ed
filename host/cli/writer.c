#include "host/cli/writer.h"

#include <string.h>

#include "host/cli/plain.h"
#include "host/redact.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/str.h"

#define ITEM_COLUMNS 8u
#define BRIEF 60u
#define MAX_CELL (16u * 1024)

static const char *const RESULT_TITLES[] = {"LINE", "ID", "STATUS", "DETAIL"};
#define RESULT_COLUMNS 4u

static bool is_scalar(const json_t *document, const json_t *schema)
{
    const char *type = members_type(document, schema);
    return strcmp(type, "object") != 0 && strcmp(type, "array") != 0;
}

/* The columns of items: the first members of the output's schema that are no objects. */
static void choose_columns(struct writer *w)
{
    const json_t *document = manifest_json(w->op->manifest);
    for (size_t i = 0; i < w->members.count && w->column_count < ITEM_COLUMNS; i++) {
        const struct member *member = &w->members.list[i];
        if (is_scalar(document, member->schema) &&
            !redact_is_secret(document, member->schema))
            w->columns[w->column_count++] = member->name;
    }
}

static int init_results(struct writer *w, struct berth_error *err)
{
    int r = table_init(&w->table, w->out, RESULT_TITLES, RESULT_COLUMNS, err);
    w->table.wrap = true;
    return r;
}

int writer_init(struct writer *w, struct output *out, const struct operation *op,
                struct berth_error *err)
{
    *w = (struct writer){.out = out, .op = op};
    if (out->format != OUTPUT_TABLE)
        return 0;
    if (!op)
        return init_results(w, err);
    int r =
        members_init(&w->members, manifest_json(op->manifest), op->output_schema, err);
    if (r < 0)
        return r;
    choose_columns(w);
    if (w->column_count == 0)
        return 0;
    return table_init(&w->table, out, w->columns, w->column_count, err);
}

void writer_release(struct writer *w)
{
    table_release(&w->table);
    members_release(&w->members);
}

static int add_item_row(struct writer *w, const json_t *item)
{
    struct text cells[ITEM_COLUMNS];
    const char *texts[ITEM_COLUMNS];
    for (size_t i = 0; i < w->column_count; i++) {
        text_init_secret(&cells[i], MAX_CELL);
        table_add_value(&cells[i], json_object_get(item, w->columns[i]));
        texts[i] = cells[i].data;
    }
    int r = table_row(&w->table, texts);
    for (size_t i = 0; i < w->column_count; i++)
        text_release(&cells[i]);
    return r;
}

/* What a result line says beyond its status, in one cell. */
static const json_t *detail_of(const json_t *line)
{
    static const char *const MEMBERS[] = {"item", "request", "steps", "result"};
    const json_t *error = json_object_get(line, "error");
    if (error)
        return json_object_get(error, "message");
    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++)
        if (json_object_get(line, MEMBERS[i]))
            return json_object_get(line, MEMBERS[i]);
    return NULL;
}

/* A whole record is for another format; on a terminal its beginning will do. */
static void shorten(struct text *detail)
{
    size_t len = plain_cut(text_str(detail), BRIEF);
    if (len == detail->len)
        return;
    text_cut(detail, len);
    text_add(detail, "...");
}

static int add_result_row(struct writer *w, const json_t *line)
{
    cleanup(text) struct text number;
    cleanup(text) struct text detail;
    text_init(&number, 40);
    text_init_secret(&detail, MAX_CELL);
    table_add_value(&number, json_object_get(line, "line"));
    table_add_value(&detail, detail_of(line));
    if (w->out->columns > 0 && !json_object_get(line, "error"))
        shorten(&detail);
    const char *status = json_string_value(json_object_get(line, "status"));
    const char *cells[RESULT_COLUMNS] = {
        number.data, json_string_value(json_object_get(line, "id")), status, detail.data};
    return table_row(&w->table, cells);
}

static int add_row(struct writer *w, struct berth_str line)
{
    json_auto_t *value = json_loadb(line.ptr, line.len, JSON_DECODE_ANY, NULL);
    if (!value)
        return BERTH_E_NO_MEMORY;
    if (!w->op)
        return add_result_row(w, value);
    if (w->column_count > 0 && json_is_object(value))
        return add_item_row(w, value);
    return output_line(w->out, line);
}

int writer_add(struct writer *w, struct berth_str line)
{
    bool first = w->count++ == 0;
    if (w->out->format == OUTPUT_TABLE)
        return add_row(w, line);
    if (w->out->format == OUTPUT_NDJSON)
        return output_line(w->out, line);
    int r = output_write(w->out, first ? STR("[\n") : STR(",\n"));
    return r == 0 ? output_write(w->out, line) : r;
}

int writer_end(struct writer *w)
{
    if (w->out->format == OUTPUT_TABLE)
        return w->table.column_count > 0 ? table_end(&w->table) : 0;
    if (w->out->format == OUTPUT_NDJSON)
        return 0;
    return output_write(w->out, w->count == 0 ? STR("[]\n") : STR("\n]\n"));
}
