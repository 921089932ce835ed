#include "host/poll/outbox.h"

#include <string.h>

#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

enum { BATCH_BYTES = 1 << 20, BATCH_MAX = 256 << 20 };

/* Cut the first line off `lines`, without its newline. */
static struct berth_str line_take(struct berth_str *lines)
{
    const char *end = memchr(lines->ptr, '\n', lines->len);
    struct berth_str line = {lines->ptr, end ? (size_t)(end - lines->ptr) : lines->len};
    size_t used = line.len + (end ? 1 : 0);
    *lines = (struct berth_str){lines->ptr + used, lines->len - used};
    return line;
}

int outbox_add(struct store *s, int64_t subscription, struct berth_str lines,
               struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r =
        query_init(&q, s, "INSERT INTO event(subscription, body) VALUES(?1, ?2)", err);
    while (r == 0 && lines.len > 0) {
        query_int(&q, 1, subscription);
        query_str(&q, 2, line_take(&lines));
        r = query_run(&q, err);
    }
    return r;
}

static int fail_sink(int status, struct berth_error *err)
{
    return fail(err, status < 0 ? status : BERTH_E_CANCELED,
                "the events could not be handed out; they are kept");
}

int sink_deliver(const struct event_sink *sink, struct berth_str lines,
                 uint64_t *ret_count, struct berth_error *err)
{
    while (lines.len > 0) {
        int r = sink->deliver(sink->ctx, line_take(&lines));
        if (r != 0)
            return fail_sink(r, err);
        ++*ret_count;
    }
    int r = sink->flush ? sink->flush(sink->ctx) : 0;
    return r != 0 ? fail_sink(r, err) : 0;
}

/* The oldest events after number *no, as lines; *no becomes the last one's. */
static int read_batch(struct query *q, int64_t subscription, int64_t *no,
                      struct text *lines, struct berth_error *err)
{
    query_int(q, 1, subscription);
    query_int(q, 2, *no);
    int r = 0;
    while (lines->len < BATCH_BYTES && (r = query_step(q, err)) > 0) {
        *no = query_column_int(q, 0);
        text_add_str(lines, query_column(q, 1));
        text_add(lines, "\n");
    }
    query_reset(q);
    if (r < 0)
        return r;
    return text_failed(lines) ? fail_no_memory(err) : 0;
}

static int remove_until(struct subscription *sub, int64_t subscription, int64_t no,
                        struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, sub->store,
                       "DELETE FROM event WHERE subscription = ?1 AND no <= ?2", err);
    if (r < 0)
        return r;
    query_int(&q, 1, subscription);
    query_int(&q, 2, no);
    return query_run(&q, err);
}

int subscription_deliver(struct subscription *sub, const struct event_sink *sink,
                         bool keep, uint64_t *ret_count, struct berth_error *err)
{
    uint64_t count = 0;
    uint64_t *counter = ret_count ? ret_count : &count;
    *counter = 0;
    int64_t subscription = 0, no = 0;
    int r = subscription_find(sub, &subscription, err);
    if (r < 0 || subscription == 0)
        return r;
    cleanup(text) struct text lines;
    text_init(&lines, BATCH_MAX);
    cleanup(query) struct query q = {0};
    r = query_init(&q, sub->store,
                   "SELECT no, body FROM event WHERE subscription = ?1 AND no > ?2 "
                   "ORDER BY no",
                   err);
    while (r == 0) {
        text_reset(&lines);
        r = read_batch(&q, subscription, &no, &lines, err);
        if (r < 0 || lines.len == 0)
            return r;
        r = sink_deliver(sink, text_str(&lines), counter, err);
        if (r == 0 && !keep)
            r = remove_until(sub, subscription, no, err);
    }
    return r;
}
