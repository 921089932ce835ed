/* The commands that show connections. */
#include <string.h>

#include "host/cli/app.h"
#include "host/cli/command.h"
#include "host/cli/table.h"
#include "host/connection.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/text.h"

struct listing {
    struct app *app;
    json_t *array;
};

static int add_brief(void *ctx, const struct connection *c)
{
    struct listing *listing = ctx;
    json_t *brief = json_pack("{s:s,s:s,s:s,s:s?}", "name", c->name, "connector",
                              c->connector, "kind", c->kind, "createdAt", c->created_at);
    return json_array_append_new(listing->array, brief) < 0 ? BERTH_E_NO_MEMORY : 0;
}

static int print_table(struct app *app, const json_t *array, struct berth_error *err)
{
    static const char *const TITLES[] = {"NAME", "CONNECTOR", "KIND", "CREATED"};
    static const char *const MEMBERS[] = {"name", "connector", "kind", "createdAt"};
    cleanup(table) struct table table = {0};
    int r = table_init(&table, &app->out, TITLES, 4, err);
    if (r == 0)
        r = table_rows(&table, array, MEMBERS);
    return r == 0 ? table_end(&table) : r;
}

int run_connection_list(struct app *app, struct berth_error *err)
{
    struct store *store = NULL;
    json_auto_t *array = json_array();
    struct listing listing = {app, array};
    int r = app_store(app, &store, err);
    if (r == 0)
        r = connection_each(store, add_brief, &listing, err);
    if (r < 0)
        return r;
    if (json_array_size(array) == 0)
        talk_say(&app->talk, "There are no connections: make one with berth connection "
                             "add NAME --connector ID");
    if (app->out.format != OUTPUT_TABLE)
        return output_list(&app->out, array);
    return json_array_size(array) > 0 ? print_table(app, array, err) : 0;
}

/* Of a secret only that it is set. */
static int add_secrets(json_t *fields, const struct connection *c)
{
    for (char *const *name = c->secrets; name && *name; name++)
        if (json_object_set_new(fields, *name, json_pack("{s:b}", "set", 1)) < 0)
            return -1;
    return 0;
}

static json_t *limit_new(int64_t limit)
{
    if (limit < 0)
        return json_string("off");
    return limit == 0 ? json_null() : json_integer(limit);
}

static json_t *connection_json(const struct connection *c)
{
    json_t *fields = json_deep_copy(c->fields);
    if (!fields || add_secrets(fields, c) < 0) {
        json_decref(fields);
        return NULL;
    }
    return json_pack("{s:s,s:s,s:s,s:o,s:s?,s:s?,s:o,s:s?}", "name", c->name, "connector",
                     c->connector, "kind", c->kind, "fields", fields, "caFile",
                     c->ca_file, "proxy", c->proxy, "limit", limit_new(c->limit),
                     "createdAt", c->created_at);
}

/* The fields by their own names, unless a connection has such a member itself. */
static int add_fields(json_t *plain, const json_t *shown)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(json_object_get(shown, "fields"), name, value)
    {
        cleanup(text) struct text key;
        text_init(&key, 300);
        text_add_format(&key, "%s%s", json_object_get(shown, name) ? "fields." : "",
                        name);
        json_t *cell = json_is_object(value) && json_object_get(value, "set")
                           ? json_string("(set, not shown)")
                           : json_incref(value);
        if (json_object_set_new(plain, key.data ? key.data : name, cell) < 0)
            return -1;
    }
    return 0;
}

/* The same for a person to read, with what an empty member means. */
static int show_table(struct app *app, const json_t *shown, struct berth_error *err)
{
    static const char *const NULLS[][2] = {{"caFile", "(the system's)"},
                                           {"proxy", "(none)"},
                                           {"limit", "(the connector's)"}};
    json_auto_t *plain = json_object();
    const char *name = NULL;
    json_t *value = NULL;
    int r = 0;
    json_object_foreach(json_mutable(shown), name, value)
    {
        bool is_fields = strcmp(name, "fields") == 0;
        r |= is_fields ? add_fields(plain, shown) : json_object_set(plain, name, value);
    }
    for (size_t i = 0; i < sizeof(NULLS) / sizeof(NULLS[0]); i++)
        if (json_is_null(json_object_get(plain, NULLS[i][0])))
            r |= json_object_set_new(plain, NULLS[i][0], json_string(NULLS[i][1]));
    return r == 0 ? table_object(&app->out, plain, err) : fail_no_memory(err);
}

int run_connection_show(struct app *app, struct berth_error *err)
{
    struct store *store = NULL;
    struct connection connection = {0};
    int r = app_store(app, &store, err);
    if (r == 0)
        r = connection_find(store, app_word(app, 0), &connection, err);
    if (r < 0)
        return r;
    json_auto_t *shown = connection_json(&connection);
    connection_release(&connection);
    if (!shown)
        return fail_no_memory(err);
    if (app->out.format == OUTPUT_TABLE)
        return show_table(app, shown, err);
    return output_json(&app->out, shown);
}
