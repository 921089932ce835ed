#include "host/cli/batch.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/source.h"
#include "host/fnv.h"
#include "sdk/error.h"

#define BUCKETS 4096u
#define MAX_OUTPUT (256u * 1024 * 1024)

/* A line's hold on an id. Of all holds on the same id by unfinished lines only the last
 * is in the buckets; each knows the one that waits for it. */
struct batch_id {
    struct batch_id *next_of_line;
    struct batch_id *next_in_bucket;
    struct batch_line *line;
    struct batch_line *waiter; /* the line behind, or null */
    uint64_t hash;
    char key[]; /* letters folded */
};

struct batch {
    size_t window;
    size_t count;
    size_t running;
    struct batch_line *first;
    struct batch_line *last;
    struct batch_line *ready_first;
    struct batch_line *ready_last;
    struct batch_id *buckets[BUCKETS];
};

int batch_new(size_t window, struct batch **ret_batch, struct berth_error *err)
{
    struct batch *b = calloc(1, sizeof(*b));
    if (!b)
        return fail_no_memory(err);
    b->window = window;
    *ret_batch = b;
    return 0;
}

static void line_free(struct batch_line *line)
{
    while (line->ids) {
        struct batch_id *id = line->ids;
        line->ids = id->next_of_line;
        free(id);
    }
    text_release(&line->input);
    text_release(&line->output);
    free(line->name);
    free(line);
}

void batch_free(struct batch *b)
{
    if (!b)
        return;
    while (b->first) {
        struct batch_line *line = b->first;
        b->first = line->next;
        line_free(line);
    }
    free(b);
}

bool batch_has_room(const struct batch *b)
{
    return b->count < b->window;
}

size_t batch_running(const struct batch *b)
{
    return b->running;
}

int batch_add(struct batch *b, uint64_t number, struct batch_line **ret_line,
              struct berth_error *err)
{
    struct batch_line *line = calloc(1, sizeof(*line));
    if (!line)
        return fail_no_memory(err);
    line->number = number;
    text_init_secret(&line->input, (size_t)SOURCE_MAX_LINE * 2);
    text_init_secret(&line->output, MAX_OUTPUT);
    if (b->last)
        b->last->next = line;
    else
        b->first = line;
    b->last = line;
    b->count++;
    *ret_line = line;
    return 0;
}

/* Where the pointer to the last hold on the key is, or would be. */
static struct batch_id **find(struct batch *b, const struct batch_id *id)
{
    struct batch_id **at = &b->buckets[id->hash % BUCKETS];
    while (*at && ((*at)->hash != id->hash || strcmp((*at)->key, id->key) != 0))
        at = &(*at)->next_in_bucket;
    return at;
}

static struct batch_id *id_new(struct batch_line *line, const char *text)
{
    size_t len = strlen(text);
    struct batch_id *id = calloc(1, sizeof(*id) + len + 1);
    if (!id)
        return NULL;
    for (size_t i = 0; i < len; i++)
        id->key[i] = (char)tolower((unsigned char)text[i]);
    id->hash = fnv_bytes(FNV_START, id->key, len);
    id->line = line;
    return id;
}

int batch_add_id(struct batch *b, struct batch_line *line, const char *text,
                 struct berth_error *err)
{
    struct batch_id *id = id_new(line, text);
    if (!id)
        return fail_no_memory(err);
    struct batch_id **at = find(b, id);
    struct batch_id *earlier = *at;
    if (earlier && earlier->line == line) {
        free(id); /* named twice in one line */
        return 0;
    }
    if (earlier) {
        earlier->waiter = line;
        line->blockers++;
        *at = earlier->next_in_bucket;
    }
    id->next_in_bucket = b->buckets[id->hash % BUCKETS];
    b->buckets[id->hash % BUCKETS] = id;
    id->next_of_line = line->ids;
    line->ids = id;
    return 0;
}

static void make_ready(struct batch *b, struct batch_line *line)
{
    line->state = BATCH_READY;
    if (b->ready_last)
        b->ready_last->next_ready = line;
    else
        b->ready_first = line;
    b->ready_last = line;
}

void batch_admit(struct batch *b, struct batch_line *line)
{
    assert(line->state == BATCH_WAITING);
    if (line->blockers == 0)
        make_ready(b, line);
}

struct batch_line *batch_start(struct batch *b)
{
    struct batch_line *line = b->ready_first;
    if (!line)
        return NULL;
    b->ready_first = line->next_ready;
    if (!b->ready_first)
        b->ready_last = NULL;
    line->next_ready = NULL;
    line->state = BATCH_RUNNING;
    b->running++;
    return line;
}

void batch_finish(struct batch *b, struct batch_line *line)
{
    assert(line->state == BATCH_RUNNING || line->state == BATCH_WAITING);
    if (line->state == BATCH_RUNNING)
        b->running--;
    line->state = BATCH_DONE;
    while (line->ids) {
        struct batch_id *id = line->ids;
        line->ids = id->next_of_line;
        if (id->waiter && --id->waiter->blockers == 0 &&
            id->waiter->state == BATCH_WAITING)
            make_ready(b, id->waiter);
        if (!id->waiter)
            *find(b, id) = id->next_in_bucket;
        free(id);
    }
    text_release(&line->input);
}

struct batch_line *batch_first(const struct batch *b)
{
    return b->first;
}

static void drop(struct batch *b)
{
    struct batch_line *line = b->first;
    b->first = line->next;
    if (!b->first)
        b->last = NULL;
    b->count--;
    line_free(line);
}

void batch_drop_first(struct batch *b)
{
    assert(b->first && b->first->state == BATCH_DONE);
    drop(b);
}

/* Its holds stay in the buckets of lines behind it no more. */
static void let_go(struct batch *b, struct batch_line *line)
{
    for (struct batch_id *id = line->ids; id; id = id->next_of_line)
        if (!id->waiter)
            *find(b, id) = id->next_in_bucket;
}

void batch_drop_waiting(struct batch *b)
{
    assert(b->first && b->first->state != BATCH_RUNNING);
    assert(b->first->state != BATCH_DONE);
    b->ready_first = b->ready_last = NULL;
    let_go(b, b->first);
    drop(b);
}
