#include "host/snapshot/roster.h"

#include <stdlib.h>

#include "host/snapshot/snapshot.h"
#include "sdk/error.h"

int roster_reserve(struct snapshot *s, struct berth_error *err)
{
    struct roster *r = &s->roster;
    if (r->capacity >= s->index.capacity)
        return 0;
    uint32_t *order = realloc(r->order, s->index.capacity * sizeof(*order));
    if (!order)
        return fail_no_memory(err);
    r->order = order;
    r->capacity = s->index.capacity;
    return 0;
}

void roster_release(struct roster *r)
{
    free(r->order);
    *r = (struct roster){0};
}

void roster_begin_crawl(struct roster *r)
{
    r->next = r->listed = r->strayed = 0;
    r->asked = NULL;
    r->partial = false;
}

static void list(struct snapshot *s, struct index_entry *e)
{
    if (e->flags & INDEX_LISTED)
        return;
    e->flags |= INDEX_LISTED;
    s->roster.order[s->roster.listed++] = (uint32_t)index_place(&s->index, e);
}

/* The next in the row, holes left out; null at its end. */
static struct index_entry *expected(struct snapshot *s)
{
    struct index *x = &s->index;
    size_t *next = &s->roster.next;
    while (*next < x->used && !x->entries[*next].page)
        ++*next;
    return *next < x->used ? &x->entries[*next] : NULL;
}

size_t snapshot_known(struct snapshot *s, struct berth_str rest, struct berth_str scope)
{
    struct index_entry *e = expected(s);
    s->roster.asked = rest.ptr;
    if (!e || e->text_len == 0 || e->text_len > rest.len ||
        (e->flags & (INDEX_SEEN | INDEX_MISSING)))
        return 0;
    struct berth_str text = {rest.ptr, e->text_len};
    if (text_hash_of(&s->roster.hash, scope, text) != e->text)
        return 0;
    s->roster.asked = NULL;
    s->roster.next++;
    e->flags |= INDEX_SEEN;
    s->seen++;
    s->seen_unsaved++;
    list(s, e);
    return e->text_len;
}

void roster_note(struct snapshot *s, struct index_entry *e,
                 const struct snapshot_item *item, bool is_new)
{
    struct roster *r = &s->roster;
    struct berth_str text = item->text;
    bool was_asked = r->asked && r->asked == text.ptr && text.len <= UINT32_MAX;
    r->asked = NULL;
    if (!was_asked)
        return;
    uint64_t hash = text_hash_of(&r->hash, item->scope, text);
    if (e->text != hash || e->text_len != text.len)
        e->flags |= INDEX_CHANGED;
    e->text = hash;
    e->text_len = (uint32_t)text.len;
    list(s, e);
    if (is_new)
        return; /* it was put in before the one that is expected */
    size_t place = index_place(&s->index, e);
    r->strayed += place != r->next;
    r->next = place + 1;
}
