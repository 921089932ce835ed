#include "host/connection.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/clock.h"
#include "host/connection/read.h"
#include "host/secret.h"
#include "host/secret/seal.h"
#include "host/store/home.h"
#include "host/store/sql.h"
#include "sdk/calendar.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

enum { NAME_MAX_LEN = 64, FIELD_MAX_BYTES = 64 * 1024 };

int connection_check_name(const char *name, struct berth_error *err)
{
    static const char ALLOWED[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t len = strlen(name);
    if (len == 0 || len > NAME_MAX_LEN || name[strspn(name, ALLOWED)])
        return fail(err, BERTH_E_INVALID,
                    "connection name '%.80s': use 1 to 64 of the characters A-Z a-z 0-9 "
                    ". _ -",
                    name);
    return 0;
}

static int check(const struct connection *c, struct berth_error *err)
{
    int r = connection_check_name(c->name, err);
    if (r < 0)
        return r;
    if (c->ca_file && c->ca_file[0] != '/')
        return fail(err, BERTH_E_INVALID, "CA file '%s': give its absolute path",
                    c->ca_file);
    if (!json_is_object(c->fields))
        return fail(err, BERTH_E_INVALID, "%s: the fields are no JSON object", c->name);
    return 0;
}

static int new_id(char **ret_id, struct berth_error *err)
{
    unsigned char bytes[16];
    int r = seal_random(bytes, sizeof(bytes), err);
    if (r < 0)
        return r;
    char *id = calloc(1, 2 * sizeof(bytes) + 1);
    if (!id)
        return fail_no_memory(err);
    str_hex(bytes, sizeof(bytes), id);
    *ret_id = id;
    return 0;
}

static char *now_text(void)
{
    char room[CALENDAR_TIME_SIZE];
    struct berth_str text = calendar_time(clock_real_ms() / 1000, room);
    return strndup(text.ptr, text.len);
}

/* A secret is kept as the JSON text of its value. */
static int put_secret(struct store *s, const char *id, const char *field, json_t *value,
                      struct berth_error *err)
{
    if (json_is_null(value))
        return secret_remove(s, id, field, err);
    if (json_string_length(value) > FIELD_MAX_BYTES)
        return fail(err, BERTH_E_INVALID, "%s: longer than 64 KiB", field);
    cleanup(text) struct text plain;
    text_init_secret(&plain, SECRET_MAX_BYTES);
    text_add_value(&plain, value);
    if (text_failed(&plain))
        return fail_no_memory(err);
    return secret_put(s, id, field, text_str(&plain), err);
}

static int put_secrets(struct store *s, const char *id, const json_t *secrets,
                       struct berth_error *err)
{
    const char *field;
    json_t *value;
    json_object_foreach(json_mutable(secrets), field, value)
    {
        int r = put_secret(s, id, field, value, err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* One row; the parameters of both statements are the same. */
static int write_row(struct store *s, const char *statement, const struct connection *c,
                     struct berth_error *err)
{
    cleanup(free) char *fields = json_dumps(c->fields, JSON_COMPACT | JSON_SORT_KEYS);
    if (!fields)
        return fail_no_memory(err);
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, statement, err);
    if (r < 0)
        return r;
    query_text(&q, 1, c->id);
    query_text(&q, 2, c->name);
    query_text(&q, 3, c->connector);
    query_text(&q, 4, c->kind);
    query_text(&q, 5, fields);
    query_text(&q, 6, c->ca_file);
    query_text(&q, 7, c->proxy);
    query_int(&q, 8, c->limit);
    query_text(&q, 9, c->created_at);
    r = query_run(&q, err);
    if (r == BERTH_E_CONFLICT)
        return fail(err, r,
                    "connection '%s' exists already: choose another name, or "
                    "remove that one first",
                    c->name);
    return r;
}

static int insert(struct store *s, struct connection *c, const json_t *secrets,
                  struct berth_error *err)
{
    cleanup(transaction) struct transaction t = {0};
    int r = transaction_begin(&t, s, err);
    if (r < 0)
        return r;
    r = write_row(s, "INSERT INTO connection VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)", c, err);
    if (r < 0)
        return r;
    r = put_secrets(s, c->id, secrets, err);
    if (r < 0)
        return r;
    r = connection_read_secret_names(s, c, err);
    if (r < 0)
        return r;
    return transaction_commit(&t, err);
}

int connection_insert(struct store *s, struct connection *c, const json_t *secrets,
                      struct berth_error *err)
{
    int r = check(c, err);
    if (r < 0)
        return r;
    free(c->id);
    free(c->created_at);
    c->id = NULL;
    c->created_at = now_text();
    r = c->created_at ? new_id(&c->id, err) : fail_no_memory(err);
    if (r < 0)
        return r;
    return insert(s, c, secrets, err);
}

int connection_update(struct store *s, const struct connection *c, const json_t *secrets,
                      struct berth_error *err)
{
    int r = check(c, err);
    if (r < 0)
        return r;
    cleanup(transaction) struct transaction t = {0};
    r = transaction_begin(&t, s, err);
    if (r < 0)
        return r;
    r = write_row(s,
                  "UPDATE connection SET name=?2, connector=?3, kind=?4, fields=?5,"
                  " ca_file=?6, proxy=?7, rate_limit=?8, created_at=?9 WHERE id=?1",
                  c, err);
    if (r < 0)
        return r;
    if (sqlite3_changes(s->db) == 0)
        return fail(err, BERTH_E_NOT_FOUND, "connection '%s' was removed meanwhile",
                    c->name);
    r = put_secrets(s, c->id, secrets, err);
    if (r < 0)
        return r;
    return transaction_commit(&t, err);
}

/* The ids of the connection's subscriptions. The caller owns the array. */
static int subscription_ids(struct store *s, const char *id, json_t **ret,
                            struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, "SELECT id FROM subscription WHERE connection = ?1", err);
    if (r < 0)
        return r;
    query_text(&q, 1, id);
    cleanup(json) json_t *ids = json_array();
    while ((r = query_step(&q, err)) > 0) {
        struct berth_str name = query_column(&q, 0);
        if (json_array_append_new(ids, json_stringn(name.ptr, name.len)) < 0)
            return fail_no_memory(err);
    }
    if (r < 0)
        return r;
    *ret = json_incref(ids);
    return 0;
}

/* Their locks are of no more use: an id is never used again. An empty file that stays
 * does no harm. */
static void remove_lock_files(const char *home, const json_t *ids)
{
    cleanup(free) char *folder = home_path(home, HOME_LOCKS);
    for (size_t i = 0; folder && i < json_array_size(ids); i++) {
        cleanup(free) char *path =
            home_path(folder, json_string_value(json_array_get(ids, i)));
        if (path)
            (void)unlink(path);
    }
}

int connection_remove(struct store *s, const char *name, struct berth_error *err)
{
    cleanup(transaction) struct transaction t = {0};
    int r = transaction_begin(&t, s, err);
    if (r < 0)
        return r;
    cleanup(connection) struct connection c = {0};
    r = connection_find(s, name, &c, err);
    if (r < 0)
        return r;
    cleanup(json) json_t *ids = NULL;
    r = subscription_ids(s, c.id, &ids, err);
    if (r < 0)
        return r;
    cleanup(query) struct query q = {0};
    r = query_init(&q, s, "DELETE FROM connection WHERE id = ?1", err);
    if (r < 0)
        return r;
    query_text(&q, 1, c.id);
    r = query_run(&q, err);
    if (r < 0)
        return r;
    r = transaction_commit(&t, err);
    if (r == 0)
        remove_lock_files(s->home, ids);
    return r;
}
