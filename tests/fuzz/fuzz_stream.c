/* Input streams from strangers, as JSON and as CSV: reading ends, each element is an
 * object or a problem, and what comes out does not depend on the pieces in which the
 * bytes come. The first byte says which of the two, and how large the pieces are. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/csv.h"
#include "host/cli/lines.h"
#include "sdk/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_LOG (64u * 1024 * 1024)

struct pieces {
    struct source source;
    const uint8_t *data;
    size_t size;
    size_t at;
    size_t piece;
};

/* What source_fill() does with a file. */
static void fill(struct pieces *p)
{
    size_t left = p->size - p->at;
    size_t n = left < p->piece ? left : p->piece;
    struct source *s = &p->source;
    if (s->ended)
        abort(); /* asked for more than there is */
    s->ended = n == 0;
    memmove(s->data, s->data + s->start, s->len - s->start);
    s->len -= s->start;
    s->start = 0;
    if (n > 0)
        memcpy(s->data + s->len, p->data + p->at, n);
    s->len += n;
    p->at += n;
}

static void begin(struct pieces *p, const uint8_t *data, size_t size, size_t piece)
{
    *p = (struct pieces){.data = data, .size = size, .piece = piece};
    source_init(&p->source, -1);
    p->source.capacity = size + 1;
    p->source.data = malloc(size + 1);
    if (!p->source.data)
        abort();
}

static void read_lines(struct pieces *p, struct text *log)
{
    struct lines lines;
    struct berth_error err = BERTH_ERROR_INIT;
    uint64_t last = 0;
    int r = 0;
    lines_init(&lines, &p->source);
    do {
        struct record record;
        r = lines_next(&lines, &record, &err);
        if (r == RECORD_MORE)
            fill(p);
        if (r != RECORD_READY)
            continue;
        if (record.number <= last || !record.value != !!record.problem.message[0])
            abort();
        last = record.number;
        char *dump = record.value ? json_dumps(record.value, JSON_COMPACT) : NULL;
        text_add_format(log, "%d%s;", (int)last, dump ? dump : "!");
        free(dump);
        json_decref(record.value);
    } while (r > 0);
    text_add(log, r == 0 ? "END" : "ERROR");
}

static void read_rows(struct pieces *p, struct text *log)
{
    struct csv csv;
    struct berth_error err = BERTH_ERROR_INIT;
    uint64_t last = 0;
    int r = 0;
    csv_init(&csv, &p->source);
    do {
        struct csv_row row;
        r = csv_next(&csv, &row, &err);
        if (r == RECORD_MORE)
            fill(p);
        if (r != RECORD_READY)
            continue;
        if (row.number <= last || row.count == 0)
            abort();
        last = row.number;
        for (size_t i = 0; i < row.count; i++) {
            text_add_str(log, csv_cell(&csv, i));
            text_add(log, "|");
        }
        text_add_format(log, "%d%s;", (int)last, row.problem.message);
    } while (r > 0);
    text_add(log, r == 0 ? "END" : "ERROR");
    csv_release(&csv);
}

static char *read_all(const uint8_t *data, size_t size, size_t piece, int csv)
{
    struct pieces p;
    struct text log;
    begin(&p, data, size, piece);
    text_init(&log, MAX_LOG);
    if (csv)
        read_rows(&p, &log);
    else
        read_lines(&p, &log);
    source_release(&p.source);
    return text_take(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 100000)
        return 0;
    int csv = data[0] & 1;
    size_t piece = (size_t)(data[0] >> 1) % 16 + 1;
    char *whole = read_all(data + 1, size - 1, size, csv);
    char *parts = read_all(data + 1, size - 1, piece, csv);
    if (!whole || !parts || strcmp(whole, parts) != 0)
        abort();
    free(whole);
    free(parts);
    return 0;
}
