#include "host/cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

bool input_is_stream(const char *spec)
{
    return spec && (strcmp(spec, "-") == 0 || spec[0] == '@');
}

/* What was typed on a command line stands in the shell's history and in the list of
 * processes. */
static int refuse_secrets(const json_t *value, const struct operation *op,
                          struct berth_error *err)
{
    cleanup(free) char *pointer = NULL;
    int r = operation_find_secret(op, value, &pointer, err);
    if (r < 0 || !pointer)
        return r;
    const char *name = pointer[0] == '/' ? pointer + 1 : pointer;
    return fail(err, BERTH_E_INVALID,
                "-i: %.200s is a secret and must not stand on a command line: use -i "
                "@FILE or -i -",
                name);
}

int input_literal(const char *spec, const struct operation *op, json_t **ret_value,
                  struct berth_error *err)
{
    struct record record;
    if (!spec) {
        *ret_value = json_object();
        return *ret_value ? 0 : fail_no_memory(err);
    }
    (void)record_parse(&record, 1, str_from(spec)); /* the record says it */
    if (!record.value)
        return fail(err, BERTH_E_INVALID,
                    "-i: %.400s (JSON as it is, @FILE for a file, - for stdin)",
                    record.problem.message);
    int r = refuse_secrets(record.value, op, err);
    if (r < 0) {
        json_decref(record.value);
        return r;
    }
    *ret_value = record.value;
    return 0;
}

int input_open(struct input *in, const char *spec, bool csv, const struct operation *op,
               struct berth_error *err)
{
    bool is_stdin = strcmp(spec, "-") == 0;
    *in = (struct input){.op = op, .is_csv = csv, .fd = STDIN_FILENO};
    in->name = is_stdin ? "stdin" : spec + 1;
    source_init(&in->source, -1);
    csv_init(&in->csv, &in->source);
    if (!is_stdin)
        in->fd = open(in->name, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0)
        return fail(err, BERTH_E_INVALID, "-i @%.300s: %s", in->name, strerror(errno));
    struct stat st;
    if (fstat(in->fd, &st) < 0)
        return fail(err, BERTH_E_INVALID, "%.300s: %s", in->name, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return fail(err, BERTH_E_INVALID, "%.300s is a folder, not a file", in->name);
    if (S_ISREG(st.st_mode) && st.st_size > 0)
        in->size_bytes = (uint64_t)st.st_size;
    in->source.fd = in->fd;
    lines_init(&in->lines, &in->source);
    return 0;
}

void input_release(struct input *in)
{
    if (in->fd > STDIN_FILENO)
        (void)close(in->fd); /* it was only read */
    csv_columns_release(&in->columns);
    csv_release(&in->csv);
    source_release(&in->source);
    in->fd = -1;
}

static int take_titles(struct input *in, const struct csv_row *row,
                       struct berth_error *err)
{
    if (row->problem.message[0] != '\0')
        return fail(err, BERTH_E_INVALID, "%.200s: first row: %.250s", in->name,
                    row->problem.message);
    in->titled = true;
    return csv_columns_init(&in->columns, &in->csv, manifest_json(in->op->manifest),
                            in->op->input_schema, err);
}

static int csv_record(struct input *in, struct record *ret_record,
                      struct berth_error *err)
{
    struct csv_row row;
    int r = csv_next(&in->csv, &row, err);
    if (r == RECORD_READY && !in->titled) {
        r = take_titles(in, &row, err);
        if (r == 0)
            r = csv_next(&in->csv, &row, err);
    }
    if (r != RECORD_READY)
        return r;
    r = csv_columns_record(&in->columns, &in->csv, &row, ret_record, err);
    return r < 0 ? r : RECORD_READY;
}

int input_next(struct input *in, struct record *ret_record, struct berth_error *err)
{
    return in->is_csv ? csv_record(in, ret_record, err)
                      : lines_next(&in->lines, ret_record, err);
}

int input_fill(struct input *in, struct berth_error *err)
{
    return source_fill(&in->source, in->name, err);
}
