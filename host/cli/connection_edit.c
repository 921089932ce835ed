/* The commands that make and change connections. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/command.h"
#include "host/cli/exit_code.h"
#include "host/cli/fill.h"
#include "host/cli/prompt.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"
#include "sdk/text.h"

#define MAX_ID 200

struct edit {
    struct app *app;
    struct store *store;
    struct connection connection;
    struct manifest *manifest;
    const struct credential *credential;
    struct form *form;
    json_t *secrets;
};

static void edit_release(struct edit *e)
{
    json_decref(e->secrets);
    form_free(e->form);
    manifest_free(e->manifest);
    connection_release(&e->connection);
}

static int open_form(struct edit *e, const char *kind, struct berth_error *err)
{
    const struct connector_path *path = NULL;
    int r = app_connectors(e->app, &path, err);
    if (r == 0)
        r = connector_manifest(path, e->connection.connector, &e->manifest, err);
    if (r == 0)
        r = manifest_credential_by_kind(e->manifest, kind, &e->credential, err);
    return r == 0 ? form_new(e->credential, &e->form, err) : r;
}

/* The connectors there are, "a, b". */
static int list_connectors(struct edit *e, struct text *list, struct berth_error *err)
{
    const struct connector_path *path = NULL;
    char **ids = NULL;
    size_t count = 0;
    int r = app_connectors(e->app, &path, err);
    if (r == 0)
        r = connector_list(path, &ids, &count, err);
    for (size_t i = 0; i < count; i++) {
        text_add_format(list, "%s%s", i > 0 ? ", " : "", ids[i]);
        free(ids[i]);
    }
    free(ids);
    return r;
}

/* The connector was not named: on a terminal it is asked for. */
static int ask_connector(struct edit *e, struct berth_error *err)
{
    cleanup(prompt) struct prompt prompt;
    cleanup(text) struct text list;
    cleanup(text) struct text question;
    cleanup(text) struct text answer;
    text_init(&list, 300);
    text_init(&question, 400);
    text_init(&answer, MAX_ID);
    prompt_init(&prompt, &e->app->talk, false);
    int r = list_connectors(e, &list, err);
    const char *ids = list.data ? list.data : "none was found";
    if (r == 0 && !prompt_possible(&prompt))
        return fail_usage(err, "--connector is missing: give one of: %s", ids);
    text_add_format(&question, "Connector (%s): ", ids);
    if (r == 0)
        r = prompt_line(&prompt, question.data ? question.data : "Connector: ", false,
                        &answer, err);
    if (r < 0)
        return r;
    e->connection.connector = text_take(&answer);
    return e->connection.connector ? 0 : fail_no_memory(err);
}

static int take_connector(struct edit *e, struct berth_error *err)
{
    const char *named = app_value(e->app, OPT_CONNECTOR);
    if (!named)
        return ask_connector(e, err);
    e->connection.connector = strdup(named);
    return e->connection.connector ? 0 : fail_no_memory(err);
}

/* The name must be one, and free: found out before a person answers questions. */
static int check_name(struct edit *e, const char *name, struct berth_error *err)
{
    struct connection taken = {0};
    struct berth_error ignored = BERTH_ERROR_INIT;
    int r = connection_check_name(name, err);
    if (r < 0)
        return r;
    r = connection_find(e->store, name, &taken, &ignored);
    connection_release(&taken);
    if (r == BERTH_E_NOT_FOUND)
        return 0;
    if (r == 0)
        return fail(err, BERTH_E_CONFLICT,
                    "there is a connection '%.80s' already: choose another name, or "
                    "change it with berth connection set",
                    name);
    *err = ignored;
    return r;
}

static int take_values(struct edit *e, struct berth_error *err)
{
    json_decref(e->connection.fields);
    e->connection.fields = NULL;
    return form_values(e->form, &e->connection.fields, &e->secrets, err);
}

static int add(struct edit *e, struct berth_error *err)
{
    int r = open_form(e, app_value(e->app, OPT_KIND), err);
    if (r == 0)
        r = fill_from_options(e->app, e->form, err);
    if (r == 0)
        r = fill_network(e->app, &e->connection, err);
    if (r == 0)
        r = fill_by_asking(e->app, e->credential, e->form, err);
    if (r == 0)
        r = fill_finish(e->app, e->form, err);
    if (r == 0)
        r = take_values(e, err);
    if (r != 0)
        return r;
    e->connection.kind = strdup(e->credential->kind);
    if (!e->connection.kind)
        return fail_no_memory(err);
    return connection_insert(e->store, &e->connection, e->secrets, err);
}

int run_connection_add(struct app *app, struct berth_error *err)
{
    struct edit e = {.app = app};
    int r = take_connector(&e, err);
    if (r == 0)
        r = app_store(app, &e.store, err);
    if (r == 0)
        r = check_name(&e, app_word(app, 0), err);
    e.connection.name = r == 0 ? strdup(app_word(app, 0)) : NULL;
    if (r == 0)
        r = e.connection.name ? add(&e, err) : fail_no_memory(err);
    if (r == 0)
        talk_say(&app->talk, "Connection '%s' was made. Try it: berth connection test %s",
                 e.connection.name, e.connection.name);
    edit_release(&e);
    return r;
}

/* Put what the connection holds into the form. */
static int load_object(struct edit *e, const json_t *object, struct berth_error *err)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(json_mutable(object), name, value)
    {
        if (strcmp(name, "kind") == 0 || json_is_null(value))
            continue;
        char *dump = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
        struct berth_str text = dump ? str_from(dump) : json_value_str(value);
        int r = form_set(e->form, name, text, err);
        if (dump)
            OPENSSL_cleanse(dump, strlen(dump));
        free(dump);
        if (r < 0)
            return r;
    }
    return 0;
}

/* A connection whose secrets cannot be read can be mended by giving them anew. */
static int load(struct edit *e, struct berth_error *locked, struct berth_error *err)
{
    cleanup(text) struct text credentials;
    text_init_secret(&credentials, CREDENTIALS_MAX_BYTES);
    int r = connection_credentials(e->store, &e->connection, &credentials, locked);
    if (r == BERTH_E_AUTH)
        return load_object(e, e->connection.fields, err);
    if (r < 0) {
        *err = *locked;
        return r;
    }
    json_auto_t *all = json_loadb(credentials.data, credentials.len, 0, NULL);
    return all ? load_object(e, all, err) : fail_no_memory(err);
}

/* A secret that was emptied is null, so that it is removed. */
static int remove_unset(struct edit *e, struct berth_error *err)
{
    for (size_t i = 0; i < form_field_count(e->form); i++) {
        const struct form_field *field = form_field(e->form, i);
        bool gone = field->secret && !form_is_set(e->form, field->name);
        if (gone && json_object_set_new(e->secrets, field->name, json_null()) < 0)
            return fail_no_memory(err);
    }
    return 0;
}

static int change(struct edit *e, struct berth_error *err)
{
    struct berth_error locked = BERTH_ERROR_INIT;
    int r = connection_find(e->store, app_word(e->app, 0), &e->connection, err);
    if (r == 0)
        r = open_form(e, e->connection.kind, err);
    if (r == 0)
        r = load(e, &locked, err);
    if (r == 0)
        r = fill_from_options(e->app, e->form, err);
    if (r == 0)
        r = fill_network(e->app, &e->connection, err);
    if (r != 0)
        return r;
    r = fill_finish(e->app, e->form, err);
    if (r < 0 && locked.message[0] != '\0') {
        *err = locked;
        return BERTH_E_AUTH;
    }
    if (r == 0)
        r = take_values(e, err);
    if (r == 0)
        r = remove_unset(e, err);
    return r == 0 ? connection_update(e->store, &e->connection, e->secrets, err) : r;
}

int run_connection_set(struct app *app, struct berth_error *err)
{
    struct edit e = {.app = app};
    if (!(app->args->given & ~OPTIONS_GLOBAL)) /* all its own options change something */
        return fail_usage(err, "there is nothing to change: give --set FIELD=VALUE, "
                               "--unset, --secret, --paste, --ca-file, --proxy or "
                               "--limit");
    int r = app_store(app, &e.store, err);
    if (r == 0)
        r = change(&e, err);
    if (r == 0)
        talk_say(&app->talk, "Connection '%s' was changed.", e.connection.name);
    edit_release(&e);
    return r;
}

int run_connection_remove(struct app *app, struct berth_error *err)
{
    struct store *store = NULL;
    struct connection connection = {0};
    cleanup(prompt) struct prompt prompt;
    cleanup(text) struct text what;
    prompt_init(&prompt, &app->talk, false);
    text_init(&what, 300);
    int r = app_store(app, &store, err);
    if (r == 0)
        r = connection_find(store, app_word(app, 0), &connection, err);
    if (r < 0)
        return r;
    text_add_format(&what, "Remove connection '%s', its secrets and its subscriptions",
                    connection.name);
    r = prompt_confirm(&prompt, app_has(app, OPT_YES), what.data ? what.data : "Remove",
                       err);
    if (r == 0)
        r = connection_remove(store, connection.name, err);
    if (r == 0)
        talk_say(&app->talk, "Connection '%s' was removed.", connection.name);
    connection_release(&connection);
    return r;
}
