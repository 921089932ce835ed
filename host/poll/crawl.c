#include "host/poll/crawl.h"

#include <endian.h>

#include "host/clock.h"
#include "host/poll/mark.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

enum { EVENTS_MAX = 512 << 20 };

/* What a first poll does, decided once: a baseline that broke off goes on as one. */
static int choose_phase(struct crawl *c, struct berth_error *err)
{
    struct progress *p = &c->progress;
    const struct trigger_info *t = &c->sub->trigger->trigger;
    unsigned start = t->start_default;
    if (c->options->start != POLL_START_DEFAULT)
        start = c->options->start == POLL_START_ALL ? START_ALL : START_NOW;
    if (p->phase == PHASE_NEW && !(t->starts & start))
        return fail(err, BERTH_E_INVALID, "%s cannot start with '%s'",
                    c->sub->trigger->id, start == START_ALL ? "all" : "now");
    if (p->phase == PHASE_NEW)
        p->phase = start == START_ALL ? PHASE_ALL : PHASE_BASELINE;
    c->result->baseline = p->phase != PHASE_NORMAL;
    c->result->note = p->note;
    return 0;
}

/* The checksums tell of pages that are wrong, and this of some that are not there: what
 * they told of would be taken for new. */
static int check_count(struct crawl *c, struct berth_error *err)
{
    if (c->snapshot.index.count == (uint64_t)c->progress.items)
        return 0;
    return fail(err, BERTH_E_INVALID,
                "%s: a snapshot lacks some of its pages; restore the file from a backup, "
                "or remove the connection and add it anew",
                c->sub->store->file);
}

/* Does it go on from a poll that came to its end? One that broke off may have made events
 * under the count of polls as it is, and no later one shall have their ids. */
static bool is_plain(const struct progress *p)
{
    return p->phase == PHASE_NORMAL && p->cursor.len == 0 && p->crawl.page == 0;
}

int crawl_open(struct crawl *c, struct berth_error *err)
{
    text_init(&c->events, EVENTS_MAX);
    c->last_commit_ms = clock_mono_ms();
    int r = progress_load(c->sub, c->options->peek, &c->progress, err);
    if (r < 0)
        return r;
    r = choose_phase(c, err);
    if (r < 0)
        return r;
    c->resumed = c->progress.cursor.len > 0;
    c->idle = is_plain(&c->progress);
    if (!c->resumed)
        c->progress.crawl = (struct position){0};
    struct snapshot_config config = {
        .log = {.store = c->sub->store,
                .subscription = c->progress.no,
                .key = c->progress.hash_key,
                .peek = c->options->peek},
        .fold = c->sub->trigger->trigger.fold_case,
        .key_mask = UINT64_MAX,
        .expected = (uint64_t)c->progress.items,
        .maker = siphash_of(&c->progress.hash_key,
                            str_from(manifest_version(c->sub->trigger->manifest))),
        .crawl = c->progress.crawl,
    };
    r = snapshot_open(&c->snapshot, &config, err);
    if (r == 0)
        r = check_count(c, err);
    return r < 0 || !c->resumed ? r : marks_load(c, err);
}

void crawl_release(struct crawl *c)
{
    snapshot_release(&c->snapshot);
    progress_release(&c->progress);
    text_release(&c->events);
    scope_set_release(&c->scopes);
}

int crawl_restart(struct crawl *c, struct berth_error *err)
{
    c->resumed = false;
    text_reset(&c->progress.cursor);
    c->scopes.count = c->scopes.saved = 0;
    c->scopes.whole = c->scopes.whole_saved = false;
    snapshot_begin_crawl(&c->snapshot);
    c->progress.crawl = c->snapshot.crawl;
    if (c->options->peek)
        return 0;
    cleanup(transaction) struct transaction t = {0};
    int r = transaction_begin(&t, c->sub->store, err);
    if (r < 0)
        return r;
    r = marks_remove(c, err);
    if (r < 0)
        return r;
    r = progress_save(c->sub, &c->progress, err);
    return r < 0 ? r : transaction_commit(&t, err);
}

/* The host's version of an item that brings none: a hash of its data, in hex. */
static struct berth_str hash_version(const struct crawl *c, struct berth_str data,
                                     char buffer[32])
{
    for (unsigned half = 0; half < 2; half++) {
        struct siphash s = siphash_begin(&c->progress.hash_key);
        siphash_word(&s, half + 1);
        siphash_add(&s, data);
        uint64_t hash = htobe64(siphash_end(s));
        str_hex(&hash, sizeof(hash), buffer + 16 * half);
    }
    return (struct berth_str){buffer, 32};
}

static int check_text(struct crawl *c, const char *what, struct berth_str text)
{
    if (text.len > ITEM_TEXT_MAX)
        return fail(c->err, BERTH_E_PROTOCOL,
                    "%s: the service sent an item with a %s of more than %d bytes",
                    c->sub->trigger->id, what, (int)ITEM_TEXT_MAX);
    return 0;
}

static int check_characters(struct crawl *c, const char *what, struct berth_str text)
{
    if (!text_is_utf8(text))
        return fail(c->err, BERTH_E_PROTOCOL,
                    "%s: the service sent an item with a %s that is not UTF-8",
                    c->sub->trigger->id, what);
    return 0;
}

static int check_lengths(struct crawl *c, const struct snapshot_item *item)
{
    int r = item->key.len > 0
                ? check_text(c, "key", item->key)
                : fail(c->err, BERTH_E_PROTOCOL,
                       "%s: the service sent an item without a key", c->sub->trigger->id);
    if (r < 0)
        return r;
    r = check_text(c, "version", item->version);
    return r < 0 ? r : check_text(c, "scope", item->scope);
}

static bool is_reported(const struct crawl *c, unsigned change)
{
    return (c->sub->trigger->trigger.types & change) &&
           c->progress.phase != PHASE_BASELINE;
}

int crawl_report(struct crawl *c, struct event *event, struct berth_error *err)
{
    if (!is_reported(c, event->change))
        return 0;
    event->sub = c->sub;
    event->polls = c->progress.polls;
    int r = event_write(&c->events, event, err);
    if (r < 0)
        return r;
    c->result->created += event->change == EVENT_CREATED;
    c->result->updated += event->change == EVENT_UPDATED;
    c->result->deleted += event->change == EVENT_DELETED;
    return 0;
}

static unsigned event_of(int change, const struct snapshot_item *item)
{
    if (change == SNAPSHOT_SAME || item->quiet)
        return 0;
    return change == SNAPSHOT_CREATED ? EVENT_CREATED : EVENT_UPDATED;
}

/* Record it and make its event. A failure in here leaves the two apart. */
static int record_change(struct crawl *c, struct snapshot_item *item, struct event *event)
{
    int r = snapshot_change(&c->snapshot, item, c->err);
    if (r < 0)
        return r;
    c->changes++;
    c->idle = false;
    event->change = event_of(r, item);
    return event->change ? crawl_report(c, event, c->err) : 0;
}

static int take_change(struct crawl *c, struct snapshot_item *item, struct berth_str data)
{
    int r = check_characters(c, "key", item->key);
    if (r < 0)
        return r;
    r = check_characters(c, "version", item->version);
    if (r < 0)
        return r;
    char time[EVENT_TIME_SIZE];
    event_now(time);
    bool has_data = !item->quiet && is_reported(c, EVENT_CREATED | EVENT_UPDATED);
    r = has_data ? event_time(c->sub->trigger, item->key, data, time, c->err) : 0;
    if (r < 0)
        return r;
    struct event event = {
        .key = item->key, .version = item->version, .data = data, .time = time};
    r = record_change(c, item, &event);
    c->torn = r < 0;
    return r < 0 ? r : crawl_commit_if_large(c, c->err);
}

int crawl_item(struct crawl *c, const struct berth_item *item)
{
    char buffer[32];
    c->result->items++;
    struct snapshot_item seen = {.key = item->key,
                                 .version = item->version,
                                 .scope = item->scope,
                                 .text = item->data,
                                 .quiet = item->flags & BERTH_ITEM_QUIET};
    if (item->flags & BERTH_ITEM_DELETED) {
        c->failure = fail(c->err, BERTH_E_INTERNAL,
                          "%s: the connector reports a deletion in a listing",
                          c->sub->trigger->id);
        return c->failure;
    }
    if (seen.version.len == 0)
        seen.version = hash_version(c, item->data, buffer);
    int r = check_lengths(c, &seen);
    if (r == 0) {
        seen.hash = snapshot_hash(&c->snapshot, &seen);
        if (snapshot_unchanged(&c->snapshot, &seen))
            return 0;
        r = take_change(c, &seen, item->data);
    }
    c->failure = r;
    return r;
}

size_t crawl_known(struct crawl *c, struct berth_str rest, struct berth_str scope)
{
    size_t len = snapshot_known(&c->snapshot, rest, scope);
    c->result->items += len > 0;
    return len;
}

int crawl_cursor(struct crawl *c, struct berth_str cursor)
{
    if (cursor.len == 0)
        return 0; /* nothing to go on from */
    text_reset(&c->progress.cursor);
    text_add_str(&c->progress.cursor, cursor);
    if (text_failed(&c->progress.cursor)) {
        text_reset(&c->progress.cursor);
        c->failure =
            fail(c->err, BERTH_E_NO_MEMORY, "%s: no memory for the place where to go on",
                 c->sub->trigger->id);
        return c->failure;
    }
    int64_t pause = c->options->commit_ms ? c->options->commit_ms : CRAWL_COMMIT_MS;
    if (clock_mono_ms() - c->last_commit_ms >= pause)
        c->failure = crawl_commit(c, c->err);
    return c->failure;
}

uint64_t crawl_hash_scope(const struct crawl *c, struct berth_str scope)
{
    return siphash_of(&c->progress.hash_key, scope);
}

int crawl_complete(struct crawl *c, struct berth_str scope)
{
    if (scope.len == 0)
        c->scopes.whole = true;
    else
        c->failure = scope_set_add(&c->scopes, crawl_hash_scope(c, scope), c->err);
    return c->failure;
}

bool crawl_has_scope(const struct crawl *c, struct berth_str scope)
{
    return c->scopes.whole || crawl_lists_scope(c, scope);
}

bool crawl_lists_scope(const struct crawl *c, struct berth_str scope)
{
    return scope.len == 0 ? c->scopes.whole
                          : scope_set_has(&c->scopes, crawl_hash_scope(c, scope));
}

int crawl_commit_if_large(struct crawl *c, struct berth_error *err)
{
    uint32_t most = c->options->commit_changes;
    if (c->changes < (most ? most : CRAWL_CHANGES_MAX) &&
        c->events.len < CRAWL_EVENTS_MAX)
        return 0;
    return crawl_commit(c, err);
}
