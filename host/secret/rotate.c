/* Another key-encryption key for all data keys.
 *
 * The order makes it safe to be killed at: the new key is on disk before a data key is
 * wrapped by it, and the old one goes only when all are. Between the commit and the
 * renaming both files are there, and whoever comes next finds the right one. */
#include "host/secret.h"

#include <string.h>

#include "host/secret/data_key.h"
#include "host/store/home.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

static int check_any(struct store *s, struct berth_error *err)
{
    int64_t count = 0;
    int r = sql_read_int(s, "SELECT count(*) FROM data_key", &count, err);
    if (r < 0 || count > 0)
        return r;
    return fail(err, BERTH_E_NOT_FOUND,
                "there is no key to replace: it is made with the first secret");
}

/* The present key, which wraps all data keys that are needed; and there is one, so that
 * whoever comes before the rotation is finished does not make one. */
static int read_old(struct store *s, struct key *ret_old, struct berth_error *err)
{
    int r = data_key_settle(s, err);
    if (r == 0)
        r = check_any(s, err);
    if (r < 0)
        return r;
    r = key_read(s->home, &s->key_source, ret_old, err);
    if (r == BERTH_E_NOT_FOUND)
        return fail(err, BERTH_E_AUTH,
                    "the key file is missing (%s), and secrets in the store are "
                    "encrypted under it: put it back",
                    s->key_source.file ? s->key_source.file : s->home);
    if (r == 0)
        r = data_key_prune_but_newest(s, ret_old, err);
    if (r == 0)
        r = data_key_check(s, ret_old, err);
    return r == 0 ? check_any(s, err) : r;
}

/* The key that `next` gives, or a new one in a file beside the key file. */
static int read_next(struct store *s, const struct secret_source *next,
                     const struct key *old, struct key *ret_key, struct berth_error *err)
{
    if (!next)
        return key_prepare(s->home, &s->key_source, ret_key, err);
    int r = key_read(s->home, next, ret_key, err);
    if (r == BERTH_E_NOT_FOUND)
        r = key_create(s->home, next, ret_key, err);
    if (r == 0 && strcmp(ret_key->id, old->id) == 0)
        return fail(err, BERTH_E_INVALID,
                    "the new key is the one that is in use: give another");
    return r;
}

/* Before the prepared key of a rotation that was killed goes: that rotation must never
 * count. One killed between SQLite's writing of the log and of the log's index is undone
 * for all who know the index, and done again once the index is made anew from the log.
 * What is committed now is written over it. */
static int bury_unfinished(struct store *s, struct berth_error *err)
{
    cleanup(key) struct key prepared = {0};
    cleanup(transaction) struct transaction t = {0};
    int r = transaction_begin(&t, s, err);
    if (r == 0)
        r = data_key_settle(s, err);
    bool left = key_read_prepared(s->home, &s->key_source, &prepared, NULL) == 0;
    if (r == 0 && left) /* twice: what is the same as before SQLite does not write */
        r = sql_run(s,
                    "UPDATE data_key SET kek_id = kek_id || '?';"
                    "UPDATE data_key SET kek_id = rtrim(kek_id, '?')",
                    err);
    return r == 0 ? transaction_commit(&t, err) : r;
}

int secret_rotate_key(struct store *s, const struct secret_source *next,
                      struct berth_error *err)
{
    cleanup(key) struct key old = {0};
    cleanup(key) struct key new = {0};
    cleanup(close) int lock = home_lock(s->home, err);
    if (lock < 0)
        return lock;
    int r = bury_unfinished(s, err);
    cleanup(transaction) struct transaction t = {0};
    if (r == 0)
        r = transaction_begin(&t, s, err);
    if (r == 0)
        r = read_old(s, &old, err);
    if (r == 0)
        r = read_next(s, next, &old, &new, err);
    if (r == 0)
        r = data_key_rewrap(s, &old, &new, err);
    if (r == 0)
        r = transaction_commit(&t, err);
    if (r < 0)
        return r;
    if (!next)
        return key_replace(s->home, &s->key_source, err);
    store_use_key(s, next);
    return 0;
}
