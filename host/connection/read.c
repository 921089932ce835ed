#include "host/connection/read.h"

#include <stdlib.h>

#include "host/store/sql.h"
#include "host/suggest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

#define COLUMNS                                                                          \
    "id, name, connector, kind, fields, ca_file, proxy, rate_limit, created_at"

static void free_names(char **names)
{
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}

void connection_release(struct connection *c)
{
    free(c->id);
    free(c->name);
    free(c->connector);
    free(c->kind);
    json_decref(c->fields);
    free_names(c->secrets);
    free(c->ca_file);
    free(c->proxy);
    free(c->created_at);
    *c = (struct connection){0};
}

/* Room for one more name and the null at the end; names are few. */
static int add_name(struct connection *c, size_t count, struct query *q)
{
    char **names = realloc(c->secrets, (count + 2) * sizeof(*names));
    if (!names)
        return BERTH_E_NO_MEMORY;
    c->secrets = names;
    names[count] = names[count + 1] = NULL;
    return query_column_dup(q, 0, &names[count]) ? 0 : BERTH_E_NO_MEMORY;
}

int connection_read_secret_names(struct store *s, struct connection *c,
                                 struct berth_error *err)
{
    free_names(c->secrets);
    c->secrets = calloc(1, sizeof(*c->secrets));
    if (!c->secrets)
        return fail_no_memory(err);
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s,
                       "SELECT field FROM secret WHERE connection = ?1 "
                       "ORDER BY field",
                       err);
    if (r < 0)
        return r;
    query_text(&q, 1, c->id);
    for (size_t count = 0; (r = query_step(&q, err)) > 0; count++)
        if (add_name(c, count, &q) < 0)
            return fail_no_memory(err);
    return r;
}

static int read_row(struct query *q, struct connection *c, struct berth_error *err)
{
    bool ok = query_column_dup(q, 0, &c->id) && query_column_dup(q, 1, &c->name) &&
              query_column_dup(q, 2, &c->connector) && query_column_dup(q, 3, &c->kind) &&
              query_column_dup(q, 5, &c->ca_file) && query_column_dup(q, 6, &c->proxy) &&
              query_column_dup(q, 8, &c->created_at);
    if (!ok)
        return fail_no_memory(err);
    c->limit = query_column_int(q, 7);
    struct berth_str fields = query_column(q, 4);
    json_error_t problem;
    c->fields = json_loadb(fields.ptr, fields.len, 0, &problem);
    if (!c->fields && !*problem.text)
        return fail_no_memory(err);
    if (!json_is_object(c->fields))
        return fail(err, BERTH_E_INVALID,
                    "connection '%s': its fields in the store are "
                    "damaged; remove it and add it anew",
                    c->name);
    return connection_read_secret_names(q->store, c, err);
}

static int fail_not_found(struct store *s, const char *name, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, "SELECT name FROM connection ORDER BY name", err);
    if (r < 0)
        return r;
    struct suggest nearest;
    suggest_init(&nearest, name);
    cleanup(text) struct text best; /* a column is valid only until the next step */
    text_init(&best, 256);
    bool any = false;
    while ((r = query_step(&q, err)) > 0) {
        size_t before = nearest.distance;
        any = true;
        const char *offer = (const char *)sqlite3_column_text(q.stmt, 0);
        if (!offer)
            return fail_no_memory(err);
        suggest_offer(&nearest, offer);
        if (nearest.distance == before)
            continue;
        text_reset(&best);
        text_add_str(&best, query_column(&q, 0));
    }
    if (r < 0)
        return r;
    return fail(err, BERTH_E_NOT_FOUND, "connection '%s' does not exist%s%s%s", name,
                best.len ? "; did you mean '"
                : any    ? "; 'berth connection list' shows those there are"
                         : "; there are none yet",
                best.len ? best.data : "", best.len ? "'?" : "");
}

int connection_find(struct store *s, const char *name, struct connection *ret_connection,
                    struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, "SELECT " COLUMNS " FROM connection WHERE name = ?1", err);
    if (r < 0)
        return r;
    query_text(&q, 1, name);
    r = query_step(&q, err);
    if (r < 0)
        return r;
    if (r == 0)
        return fail_not_found(s, name, err);
    cleanup(connection) struct connection c = {0};
    r = read_row(&q, &c, err);
    if (r < 0)
        return r;
    *ret_connection = c;
    c = (struct connection){0};
    return 0;
}

int connection_each(struct store *s, int (*each)(void *ctx, const struct connection *c),
                    void *ctx, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, "SELECT " COLUMNS " FROM connection ORDER BY name", err);
    if (r < 0)
        return r;
    while ((r = query_step(&q, err)) > 0) {
        cleanup(connection) struct connection c = {0};
        r = read_row(&q, &c, err);
        if (r < 0)
            return r;
        r = each(ctx, &c);
        if (r != 0)
            return r;
    }
    return r;
}
