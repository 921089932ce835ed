#include "host/secret.h"

#include <stdbool.h>
#include <string.h>

#include "host/secret/data_key.h"
#include "host/secret/seal.h"
#include "host/store/home.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

enum { CONTEXT_MAX = 4096 };

/* What a ciphertext is bound to: connection and field. */
static int make_context(struct text *t, const char *connection, const char *field,
                        struct berth_error *err)
{
    text_init(t, CONTEXT_MAX);
    text_add(t, connection);
    text_add_str(t, (struct berth_str){"", 1});
    text_add(t, field);
    if (!text_failed(t))
        return 0;
    return strlen(field) > CONTEXT_MAX / 2
               ? fail(err, BERTH_E_INVALID, "a secret field's name is too long")
               : fail_no_memory(err);
}

struct secret_id {
    const char *connection;
    const char *field;
};

static int put_under(struct store *s, const struct secret_id *id,
                     const struct data_key *key, struct berth_str value,
                     struct berth_error *err)
{
    cleanup(text) struct text sealed;
    text_init(&sealed, SECRET_MAX_BYTES + 64);
    cleanup(text) struct text context;
    int r = make_context(&context, id->connection, id->field, err);
    if (r < 0)
        return r;
    if (value.len > SECRET_MAX_BYTES)
        return fail(err, BERTH_E_INVALID, "%s: longer than 1 MiB", id->field);
    r = seal_close(key->bytes, text_str(&context), value, &sealed, err);
    if (r < 0)
        return r;
    cleanup(query) struct query q = {0};
    r = query_init(&q, s, "INSERT OR REPLACE INTO secret VALUES(?1, ?2, ?3, ?4)", err);
    if (r < 0)
        return r;
    query_text(&q, 1, id->connection);
    query_text(&q, 2, id->field);
    query_int(&q, 3, key->id);
    query_blob(&q, 4, sealed.data, sealed.len);
    return query_run(&q, err);
}

int secret_put(struct store *s, const char *connection, const char *field,
               struct berth_str value, struct berth_error *err)
{
    cleanup(data_key) struct data_key key = {0};
    int r = data_key_current(s, &key, err);
    if (r < 0)
        return r;
    return put_under(s, &(struct secret_id){connection, field}, &key, value, err);
}

int secret_remove(struct store *s, const char *connection, const char *field,
                  struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r =
        query_init(&q, s, "DELETE FROM secret WHERE connection = ?1 AND field = ?2", err);
    if (r < 0)
        return r;
    query_text(&q, 1, connection);
    query_text(&q, 2, field);
    return query_run(&q, err);
}

/* Decrypt the present row of (connection, field, data_key, sealed). `key` is kept from
 * row to row. */
static int open_row(struct query *q, struct data_key *key, struct text *plain,
                    struct berth_error *err)
{
    int64_t id = query_column_int(q, 2);
    int r = key->id == id ? 0 : data_key_read(q->store, id, key, err);
    if (r < 0)
        return r;
    const char *connection = (const char *)sqlite3_column_text(q->stmt, 0);
    const char *field = (const char *)sqlite3_column_text(q->stmt, 1);
    if (!connection || !field)
        return fail_no_memory(err);
    cleanup(text) struct text context;
    r = make_context(&context, connection, field, err);
    if (r < 0)
        return r;
    text_reset(plain);
    r = seal_open(key->bytes, text_str(&context), query_column(q, 3), plain, err);
    if (r == BERTH_E_AUTH)
        return fail(err, r,
                    "%s: the secret in the store was changed or damaged; set it "
                    "again",
                    field);
    return r;
}

static int each_row(struct store *s, const char *connection, secret_each_fn *each,
                    void *ctx, bool *ret_begun, struct berth_error *err)
{
    cleanup(data_key) struct data_key key = {0};
    cleanup(text) struct text plain;
    text_init_secret(&plain, SECRET_MAX_BYTES);
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s,
                       "SELECT connection, field, data_key, sealed FROM secret "
                       "WHERE connection = ?1 ORDER BY field",
                       err);
    if (r < 0)
        return r;
    query_text(&q, 1, connection);
    while ((r = query_step(&q, err)) > 0) {
        r = open_row(&q, &key, &plain, err);
        if (r < 0)
            return r;
        *ret_begun = true;
        r = each(ctx, (const char *)sqlite3_column_text(q.stmt, 1), text_str(&plain));
        if (r != 0)
            return r;
    }
    return r;
}

/* When the key was replaced after the store was looked at, a second look finds both. */
int secret_each(struct store *s, const char *connection, secret_each_fn *each, void *ctx,
                struct berth_error *err)
{
    struct berth_error locked = BERTH_ERROR_INIT;
    bool begun = false;
    int r = each_row(s, connection, each, ctx, &begun, &locked);
    if (r == BERTH_E_AUTH && !begun)
        return each_row(s, connection, each, ctx, &begun, err);
    if (r < 0 && err)
        *err = locked;
    return r;
}

/* Encrypt all that can be read under `next`; what is locked stays as it is. */
static int reseal_all(struct store *s, const struct data_key *next,
                      struct berth_error *err)
{
    cleanup(data_key) struct data_key key = {0};
    cleanup(text) struct text plain;
    text_init_secret(&plain, SECRET_MAX_BYTES);
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s,
                       "SELECT connection, field, data_key, sealed FROM secret "
                       "WHERE data_key <> ?1",
                       err);
    if (r < 0)
        return r;
    query_int(&q, 1, next->id);
    while ((r = query_step(&q, err)) > 0) {
        r = open_row(&q, &key, &plain, err);
        if (r == BERTH_E_AUTH)
            continue;
        if (r < 0)
            return r;
        struct secret_id id = {(const char *)sqlite3_column_text(q.stmt, 0),
                               (const char *)sqlite3_column_text(q.stmt, 1)};
        r = put_under(s, &id, next, text_str(&plain), err);
        if (r < 0)
            return r;
    }
    return r;
}

int secret_rotate_data_key(struct store *s, struct berth_error *err)
{
    cleanup(close) int lock = home_lock(s->home, err);
    if (lock < 0)
        return lock;
    cleanup(transaction) struct transaction t = {0};
    int r = transaction_begin(&t, s, err);
    if (r == 0)
        r = data_key_settle(s, err);
    if (r < 0)
        return r;
    cleanup(data_key) struct data_key next = {0};
    r = data_key_create(s, &next, err);
    if (r < 0)
        return r;
    r = reseal_all(s, &next, err);
    if (r < 0)
        return r;
    r = data_key_prune(s, next.id, err);
    if (r < 0)
        return r;
    return transaction_commit(&t, err);
}
