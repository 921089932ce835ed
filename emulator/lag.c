#include "emulator/lag.h"

#include <stdlib.h>
#include <string.h>

#include "emulator/fault.h"
#include "emulator/text.h"
#include "emulator/thread.h"

int lag_init(struct lag *lag)
{
    memset(lag, 0, sizeof *lag);
    return pthread_mutex_init(&lag->lock, NULL) == 0 ? 0 : -1;
}

static void drop_all(struct lag *lag)
{
    size_t i;

    for (i = 0; i < lag->count; i++)
        free(lag->entries[i].before);
    lag->count = 0;
}

void lag_clear(struct lag *lag)
{
    lock_take(&lag->lock);
    drop_all(lag);
    lock_give(&lag->lock);
}

void lag_release(struct lag *lag)
{
    drop_all(lag);
    (void)pthread_mutex_destroy(&lag->lock); /* nobody holds it any more */
}

static bool over(const struct lag_entry *entry, int64_t now_us)
{
    return entry->reads_left <= 0 && now_us >= entry->until_us;
}

/* Drop what lags no more. */
static void sweep(struct lag *lag, int64_t now_us)
{
    size_t i, kept = 0;

    for (i = 0; i < lag->count; i++) {
        if (over(&lag->entries[i], now_us))
            free(lag->entries[i].before);
        else
            lag->entries[kept++] = lag->entries[i];
    }
    lag->count = kept;
}

static struct lag_entry *find(struct lag *lag, enum kind kind, const char *id)
{
    size_t i;

    for (i = 0; i < lag->count; i++)
        if (lag->entries[i].kind == kind && ident_equal(lag->entries[i].id, id))
            return &lag->entries[i];
    return NULL;
}

/* Take in what was before; NULL when there is no room. */
static struct lag_entry *entry_add(struct lag *lag, enum kind kind, const char *id,
                                   char *before)
{
    struct lag_entry *entry = &lag->entries[lag->count];
    size_t len = strlen(id);

    if (lag->count == LAG_MAX || len > IDENT_MAX)
        return NULL;
    memset(entry, 0, sizeof *entry);
    entry->kind = kind;
    memcpy(entry->id, id, len + 1);
    entry->before = before;
    lag->count++;
    return entry;
}

bool lag_note(struct lag *lag, enum kind kind, const char *id, char *before,
              const struct fault *fault, int64_t now_us)
{
    struct lag_entry *entry;

    lock_take(&lag->lock);
    sweep(lag, now_us);
    entry = find(lag, kind, id);
    if (!entry && (entry = entry_add(lag, kind, id, before)) != NULL)
        before = NULL; /* it is the entry's */
    if (entry) {
        entry->until_us = fault->lag_ms ? now_us + fault->lag_ms * INT64_C(1000) : 0;
        entry->reads_left = fault->lag_reads;
    }
    lock_give(&lag->lock);
    free(before);
    return entry != NULL;
}

enum lag_shown lag_read(struct lag *lag, enum kind kind, const char *id, int64_t now_us,
                        struct text *t)
{
    enum lag_shown shown = LAG_NONE;
    struct lag_entry *entry;

    if (!lag->count)
        return LAG_NONE;
    lock_take(&lag->lock);
    sweep(lag, now_us);
    entry = find(lag, kind, id);
    if (entry) {
        shown = entry->before ? LAG_BEFORE : LAG_MISSING;
        if (entry->before)
            text_add(t, entry->before);
        if (entry->reads_left > 0)
            entry->reads_left--;
    }
    lock_give(&lag->lock);
    return shown;
}
