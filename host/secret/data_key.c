#include "host/secret/data_key.h"

#include <string.h>

#include "host/store/home.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

static const struct berth_str CONTEXT = {"berth data key", 14};

static int unwrap(struct store *s, const struct key *kek, struct berth_str wrapped,
                  struct data_key *k, struct berth_error *err)
{
    cleanup(text) struct text plain;
    text_init_secret(&plain, SEAL_KEY_SIZE);
    int r = seal_open(kek->bytes, CONTEXT, wrapped, &plain, err);
    if (r == BERTH_E_AUTH || (r == 0 && plain.len != SEAL_KEY_SIZE))
        return fail(err, BERTH_E_AUTH, "%s: data key %lld is damaged", s->file,
                    (long long)k->id);
    if (r < 0)
        return r;
    memcpy(k->bytes, plain.data, SEAL_KEY_SIZE);
    return 0;
}

/* Is there a data key that is wrapped by `kek`? */
static int wraps_any(struct store *s, const struct key *kek, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, "SELECT 1 FROM data_key WHERE kek_id = ?1 LIMIT 1", err);
    if (r < 0)
        return r;
    query_text(&q, 1, kek->id);
    return query_step(&q, err);
}

int data_key_settle(struct store *s, struct berth_error *err)
{
    cleanup(key) struct key prepared = {0};
    if (key_read_prepared(s->home, &s->key_source, &prepared, NULL) < 0)
        return 0;
    int r = wraps_any(s, &prepared, err);
    return r > 0 ? key_replace(s->home, &s->key_source, err) : r;
}

/* Is the key with that id the one beside the key file? It is put in place, unless another
 * process has the home to itself: then that is what it is about to do. */
static bool find_prepared(struct store *s, struct berth_str id, struct key *ret_key)
{
    cleanup(key) struct key prepared = {0};
    if (key_read_prepared(s->home, &s->key_source, &prepared, NULL) < 0 ||
        !str_equal(str_from(prepared.id), id))
        return false;
    *ret_key = prepared;
    cleanup(close) int lock = home_try_lock(s->home);
    if (lock >= 0)
        (void)data_key_settle(s, NULL); /* the key is known; the next use tries again */
    return true;
}

/* The key-encryption key with that id. A rotation that was committed and not yet finished
 * has it beside the key file; one that is finished in this moment, in it after all. */
static int find_kek(struct store *s, struct berth_str id, struct key *ret_key,
                    struct berth_error *err)
{
    int r = 0;
    for (int i = 0; i < 2; i++) {
        r = key_read(s->home, &s->key_source, ret_key, err);
        if (r == 0 && str_equal(str_from(ret_key->id), id))
            return 0;
        if ((r == 0 || r == BERTH_E_NOT_FOUND) && find_prepared(s, id, ret_key))
            return 0;
    }
    if (r == BERTH_E_NOT_FOUND)
        return fail(err, BERTH_E_AUTH,
                    "the key file is missing (%s), and secrets are encrypted under key "
                    "%.*s: put it back, or remove the connections and add them anew",
                    s->key_source.file ? s->key_source.file : s->home, (int)id.len,
                    id.ptr);
    if (r < 0)
        return r;
    return fail(err, BERTH_E_AUTH,
                "the key is another (%s) than the one the secrets are encrypted under "
                "(%.*s): put that one back, or set the secrets again",
                ret_key->id, (int)id.len, id.ptr);
}

int data_key_read(struct store *s, int64_t id, struct data_key *ret_key,
                  struct berth_error *err)
{
    ret_key->id = 0;
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, "SELECT kek_id, wrapped FROM data_key WHERE id = ?1", err);
    if (r < 0)
        return r;
    query_int(&q, 1, id);
    r = query_step(&q, err);
    if (r < 0)
        return r;
    if (r == 0)
        return fail(err, BERTH_E_AUTH, "%s: data key %lld is missing", s->file,
                    (long long)id);
    cleanup(key) struct key kek = {0};
    r = find_kek(s, query_column(&q, 0), &kek, err);
    if (r < 0)
        return r;
    ret_key->id = id;
    return unwrap(s, &kek, query_column(&q, 1), ret_key, err);
}

/* The present key-encryption key, made when there is none. A key that is made while
 * secrets are under another would only hide that the old one is lost. */
static int present_kek(struct store *s, struct key *ret_key, struct berth_error *err)
{
    int r = key_read(s->home, &s->key_source, ret_key, err);
    if (r != BERTH_E_NOT_FOUND)
        return r;
    int64_t secrets = 0;
    r = sql_read_int(s, "SELECT count(*) FROM secret", &secrets, err);
    if (r < 0)
        return r;
    if (secrets > 0)
        return fail(err, BERTH_E_AUTH,
                    "the key file is missing (%s), and secrets in the store are "
                    "encrypted under it: put it back, or remove those connections",
                    s->key_source.file ? s->key_source.file : s->home);
    return key_create(s->home, &s->key_source, ret_key, err);
}

static int insert(struct store *s, const struct key *kek, struct data_key *k,
                  struct berth_error *err)
{
    cleanup(text) struct text wrapped;
    text_init(&wrapped, 256);
    struct berth_str plain = {(const char *)k->bytes, SEAL_KEY_SIZE};
    int r = seal_close(kek->bytes, CONTEXT, plain, &wrapped, err);
    if (r < 0)
        return r;
    cleanup(query) struct query q = {0};
    r = query_init(&q, s, "INSERT INTO data_key(kek_id, wrapped) VALUES(?1, ?2)", err);
    if (r < 0)
        return r;
    query_text(&q, 1, kek->id);
    query_blob(&q, 2, wrapped.data, wrapped.len);
    r = query_run(&q, err);
    if (r < 0)
        return r;
    k->id = sqlite3_last_insert_rowid(s->db);
    return 0;
}

int data_key_create(struct store *s, struct data_key *ret_key, struct berth_error *err)
{
    cleanup(key) struct key kek = {0};
    int r = present_kek(s, &kek, err);
    if (r < 0)
        return r;
    r = seal_random(ret_key->bytes, SEAL_KEY_SIZE, err);
    if (r < 0)
        return r;
    return insert(s, &kek, ret_key, err);
}

/* 0: there is none. */
static int newest_under(struct store *s, const struct key *kek, int64_t *ret_id,
                        struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, "SELECT max(id) FROM data_key WHERE kek_id = ?1", err);
    if (r < 0)
        return r;
    query_text(&q, 1, kek->id);
    r = query_step(&q, err);
    if (r < 0)
        return r;
    *ret_id = query_column_int(&q, 0);
    return 0;
}

/* The newest of all, when it can be read; else ret_key->id is 0. While a rotation is
 * being finished it is the key beside the key file that wraps it, and one more under the
 * present key file would be lost. */
static int read_newest(struct store *s, struct data_key *ret_key, struct berth_error *err)
{
    struct berth_error locked = BERTH_ERROR_INIT;
    int64_t id = 0;
    int r = sql_read_int(s, "SELECT max(id) FROM data_key", &id, err);
    if (r < 0 || id == 0)
        return r;
    r = data_key_read(s, id, ret_key, &locked);
    if (r == BERTH_E_AUTH)
        return 0;
    if (r < 0 && err)
        *err = locked;
    return r;
}

int data_key_current(struct store *s, struct data_key *ret_key, struct berth_error *err)
{
    int got = read_newest(s, ret_key, err);
    if (got < 0 || ret_key->id > 0)
        return got;
    cleanup(key) struct key kek = {0};
    int r = present_kek(s, &kek, err);
    if (r < 0)
        return r;
    int64_t id = 0;
    r = newest_under(s, &kek, &id, err);
    if (r < 0)
        return r;
    return id > 0 ? data_key_read(s, id, ret_key, err) : data_key_create(s, ret_key, err);
}

static int rewrap_one(struct store *s, struct data_key *k, const struct key *next,
                      struct berth_error *err)
{
    cleanup(text) struct text wrapped;
    text_init(&wrapped, 256);
    struct berth_str plain = {(const char *)k->bytes, SEAL_KEY_SIZE};
    int r = seal_close(next->bytes, CONTEXT, plain, &wrapped, err);
    if (r < 0)
        return r;
    cleanup(query) struct query q = {0};
    r = query_init(&q, s, "UPDATE data_key SET kek_id = ?2, wrapped = ?3 WHERE id = ?1",
                   err);
    if (r < 0)
        return r;
    query_int(&q, 1, k->id);
    query_text(&q, 2, next->id);
    query_blob(&q, 3, wrapped.data, wrapped.len);
    return query_run(&q, err);
}

int data_key_check(struct store *s, const struct key *kek, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r =
        query_init(&q, s, "SELECT kek_id FROM data_key WHERE kek_id <> ?1 LIMIT 1", err);
    if (r < 0)
        return r;
    query_text(&q, 1, kek->id);
    r = query_step(&q, err);
    if (r <= 0)
        return r;
    return fail(err, BERTH_E_AUTH,
                "the key is another (%s) than the one some secrets are encrypted under "
                "(%.*s): set those secrets again first",
                kek->id, (int)query_column(&q, 0).len, query_column(&q, 0).ptr);
}

int data_key_rewrap(struct store *s, const struct key *old, const struct key *next,
                    struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, "SELECT id, wrapped FROM data_key ORDER BY id", err);
    if (r < 0)
        return r;
    while ((r = query_step(&q, err)) > 0) {
        cleanup(data_key) struct data_key k = {.id = query_column_int(&q, 0)};
        r = unwrap(s, old, query_column(&q, 1), &k, err);
        if (r < 0)
            return r;
        r = rewrap_one(s, &k, next, err);
        if (r < 0)
            return r;
    }
    return r;
}

int data_key_prune(struct store *s, int64_t keep, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s,
                       "DELETE FROM data_key WHERE id <> ?1 AND id NOT IN "
                       "(SELECT data_key FROM secret)",
                       err);
    if (r < 0)
        return r;
    query_int(&q, 1, keep);
    return query_run(&q, err);
}

int data_key_prune_but_newest(struct store *s, const struct key *kek,
                              struct berth_error *err)
{
    int64_t id = 0;
    int r = newest_under(s, kek, &id, err);
    return r == 0 ? data_key_prune(s, id, err) : r;
}
