#include "emulator/journal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/moment.h"
#include "emulator/text.h"
#include "emulator/thread.h"

int journal_init(struct journal *j)
{
    memset(j, 0, sizeof *j);
    j->ring = calloc(JOURNAL_SIZE, sizeof *j->ring);
    if (!j->ring)
        return -1;
    if (pthread_mutex_init(&j->lock, NULL) == 0)
        return 0;
    free(j->ring);
    return -1;
}

static void drop_bodies(struct journal_entry *entry)
{
    free(entry->request);
    free(entry->response);
    entry->request = NULL;
    entry->response = NULL;
}

static void drop_all_bodies(struct journal *j)
{
    size_t i;

    for (i = 0; i < JOURNAL_SIZE; i++)
        drop_bodies(&j->ring[i]);
}

void journal_release(struct journal *j)
{
    drop_all_bodies(j);
    free(j->ring);
    (void)pthread_mutex_destroy(&j->lock); /* nobody holds it any more */
}

static void count(struct journal *j, const struct journal_entry *entry)
{
    const char *operation = entry->operation ? entry->operation : "none";
    size_t i;

    for (i = 0; i < JOURNAL_OPERATIONS; i++) {
        if (j->counts[i].operation && strcmp(j->counts[i].operation, operation) != 0)
            continue;
        j->counts[i].operation = operation;
        if (entry->status < 400)
            j->counts[i].answered++;
        else
            j->counts[i].refused++;
        return;
    }
}

void journal_add(struct journal *j, struct journal_entry *entry)
{
    lock_take(&j->lock);
    entry->number = ++j->last;
    if (entry->number > JOURNAL_BODIES)
        drop_bodies(&j->ring[(entry->number - JOURNAL_BODIES) % JOURNAL_SIZE]);
    j->ring[entry->number % JOURNAL_SIZE] = *entry;
    count(j, entry);
    lock_give(&j->lock);
}

static void add_body(struct text *t, const char *name, const char *body)
{
    if (!body)
        return;
    text_addf(t, ",\"%s\":", name);
    text_add(t, body);
}

static void add_line(struct text *t, const struct journal_entry *entry)
{
    char when[MOMENT_SIZE];

    moment_format(entry->at_us, when);
    text_addf(t, "{\"number\":%" PRIu64 ",\"time\":\"%s\",\"method\":", entry->number,
              when);
    text_add_json(t, entry->method);
    text_add(t, ",\"target\":");
    text_add_json(t, entry->target);
    text_addf(t, ",\"operation\":%s%s%s", entry->operation ? "\"" : "",
              entry->operation ? entry->operation : "null", entry->operation ? "\"" : "");
    text_add(t, ",\"policy\":");
    text_add_json(t, entry->policy);
    text_addf(t, ",\"status\":%d,\"errorCode\":%d,\"fault\":%u", entry->status,
              entry->error_code, entry->fault);
    text_addf(t, ",\"requestBytes\":%zu,\"responseBytes\":%zu,\"requestId\":\"%s\"",
              entry->request_bytes, entry->response_bytes, entry->request_id);
    add_body(t, "request", entry->request);
    add_body(t, "response", entry->response);
    text_add(t, "}\n");
}

void journal_add_lines(struct journal *j, uint64_t after, struct text *t)
{
    uint64_t number;

    lock_take(&j->lock);
    if (j->last > JOURNAL_SIZE && after < j->last - JOURNAL_SIZE)
        after = j->last - JOURNAL_SIZE;
    for (number = after; number < j->last; number++)
        add_line(t, &j->ring[(number + 1) % JOURNAL_SIZE]);
    lock_give(&j->lock);
}

void journal_add_counts(struct journal *j, struct text *t)
{
    size_t i;

    lock_take(&j->lock);
    text_addf(t, "{\"requests\":%" PRIu64 ",\"operations\":{", j->last);
    for (i = 0; i < JOURNAL_OPERATIONS && j->counts[i].operation; i++)
        text_addf(t, "%s\"%s\":{\"answered\":%" PRIu64 ",\"refused\":%" PRIu64 "}",
                  i ? "," : "", j->counts[i].operation, j->counts[i].answered,
                  j->counts[i].refused);
    text_add(t, "}}");
    lock_give(&j->lock);
}

void journal_clear(struct journal *j)
{
    lock_take(&j->lock);
    drop_all_bodies(j);
    j->last = 0;
    memset(j->counts, 0, sizeof j->counts);
    lock_give(&j->lock);
}
