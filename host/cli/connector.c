/* The commands on connectors. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/app.h"
#include "host/cli/command.h"
#include "host/cli/help.h"
#include "host/cli/table.h"
#include "host/manifest.h"
#include "host/session.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define MAX_PAGE (1024u * 1024)
#define MAX_PATH 4096u

/* The ids that were found. */
struct ids {
    char **list;
    size_t count;
};

static void cleanup_ids(struct ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        free(ids->list[i]);
    free(ids->list);
}

/* What cannot be read is warned of and left out: the others can be shown. */
static int add_row(struct app *app, const struct connector_path *path, const char *id,
                   json_t *rows, struct berth_error *err)
{
    cleanup(manifest) struct manifest *m = NULL;
    int r = connector_manifest(path, id, &m, err);
    if (r == BERTH_E_NO_MEMORY)
        return r;
    if (r < 0) {
        talk_warn(&app->talk, "%s", err->message);
        err->message[0] = '\0';
        return 0;
    }
    json_t *row = json_pack("{s:s,s:s,s:s,s:s}", "id", id, "version", manifest_version(m),
                            "title", manifest_title(m), "summary", manifest_summary(m));
    return json_array_append_new(rows, row) < 0 ? fail_no_memory(err) : 0;
}

static int print_rows(struct app *app, const json_t *rows, struct berth_error *err)
{
    static const char *const TITLES[] = {"ID", "VERSION", "TITLE", "SUMMARY"};
    static const char *const MEMBERS[] = {"id", "version", "title", "summary"};
    cleanup(table) struct table table = {0};
    int r = table_init(&table, &app->out, TITLES, 4, err);
    table.wrap = true;
    if (r == 0)
        r = table_rows(&table, rows, MEMBERS);
    return r == 0 ? table_end(&table) : r;
}

int run_connector_list(struct app *app, struct berth_error *err)
{
    const struct connector_path *path = NULL;
    cleanup(ids) struct ids ids = {0};
    json_auto_t *rows = json_array();
    int r = rows ? app_connectors(app, &path, err) : fail_no_memory(err);
    if (r == 0)
        r = connector_list(path, &ids.list, &ids.count, err);
    for (size_t i = 0; i < ids.count && r == 0; i++)
        r = add_row(app, path, ids.list[i], rows, err);
    if (r < 0)
        return r;
    if (ids.count == 0)
        talk_say(&app->talk, "No connectors were found: give --connector-path.");
    if (app->out.format != OUTPUT_TABLE)
        return output_list(&app->out, rows);
    return ids.count > 0 ? print_rows(app, rows, err) : 0;
}

static void add_operations(struct text *page, const struct manifest *m,
                           enum operation_kind kind, const char *title)
{
    text_add_format(page, "\n%s:\n", title);
    for (size_t i = 0; i < manifest_operation_count(m); i++) {
        const struct operation *op = manifest_operation(m, i);
        if (op->kind == kind)
            text_add_format(page, "  %-28s %s\n", op->id, op->title);
    }
}

static void add_credentials(struct text *page, const struct manifest *m)
{
    const char *name = NULL;
    json_t *said = NULL;
    for (size_t i = 0; i < manifest_credential_count(m); i++) {
        const struct credential *c = manifest_credential(m, i);
        text_add_format(page, "\nCredentials: %s (%s)\n", c->kind, c->title);
        json_object_foreach(json_object_get(c->json, "permissions"), name, said)
            text_add_format(page, "  right %-24s %s\n", name, json_string_value(said));
    }
}

static int show_summary(struct app *app, const struct manifest *m,
                        struct berth_error *err)
{
    cleanup(text) struct text page;
    text_init(&page, MAX_PAGE);
    text_add_format(&page, "%s %s: %s\n%s\n", manifest_id(m), manifest_version(m),
                    manifest_title(m), manifest_summary(m));
    if (manifest_documentation_url(m))
        text_add_format(&page, "%s\n", manifest_documentation_url(m));
    add_credentials(&page, m);
    add_operations(&page, m, OPERATION_ACTION, "Actions");
    add_operations(&page, m, OPERATION_TRIGGER, "Triggers");
    if (text_failed(&page))
        return fail_no_memory(err);
    return output_write(&app->out, text_str(&page));
}

static int show_operation(struct app *app, const struct manifest *m, const char *id,
                          struct berth_error *err)
{
    const struct operation *op = manifest_find(m, id);
    if (!op)
        return manifest_operation_by_id(m, OPERATION_ACTION, id, &op, err);
    if (app->out.format != OUTPUT_TABLE)
        return output_json(&app->out, op->json);
    cleanup(text) struct text page;
    cleanup(text) struct text usage;
    text_init(&page, MAX_PAGE);
    text_init(&usage, 300);
    text_add_format(&usage, "berth %s CONNECTION %s",
                    op->kind == OPERATION_ACTION ? "action run" : "trigger poll", op->id);
    help_operation(&page, op, usage.data ? usage.data : "");
    if (text_failed(&page))
        return fail_no_memory(err);
    return output_write(&app->out, text_str(&page));
}

int run_connector_show(struct app *app, struct berth_error *err)
{
    const struct connector_path *path = NULL;
    cleanup(manifest) struct manifest *m = NULL;
    int r = app_connectors(app, &path, err);
    if (r == 0)
        r = connector_manifest(path, app_word(app, 0), &m, err);
    if (r < 0)
        return r;
    if (app_word(app, 1))
        return show_operation(app, m, app_word(app, 1), err);
    if (app->out.format == OUTPUT_TABLE)
        return show_summary(app, m, err);
    return output_json(&app->out, manifest_json(m));
}

static int check_one(struct app *app, const struct connector_path *path, const char *id,
                     struct berth_error *err)
{
    struct connector *connector = NULL;
    int r = connector_load(path, id, &HOST_SERVICES, &connector, err);
    if (r < 0)
        return r;
    r = manifest_check_all(connector_manifest_of(connector), err);
    if (r < 0) {
        connector_free(connector);
        return r;
    }
    cleanup(text) struct text line;
    text_init(&line, MAX_PATH);
    text_add_format(&line, "%s %s: ok (%s)", id,
                    manifest_version(connector_manifest_of(connector)),
                    connector_file(connector));
    connector_free(connector);
    return output_line(&app->out, text_str(&line));
}

static bool is_file(const char *what)
{
    struct berth_str s = str_from(what);
    return strchr(what, '/') || str_ends_with_fold(s, STR(".json")) ||
           str_ends_with_fold(s, STR(".so"));
}

/* A connector by one of its two files: its folder is the path, its name the id. */
static int check_file(struct app *app, const char *file, struct berth_error *err)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    bool manifest = dot && strcmp(dot, ".json") == 0;
    if (!dot || dot == base || (!manifest && strcmp(dot, ".so") != 0))
        return fail(err, BERTH_E_INVALID,
                    "'%.200s' is neither ID.json nor ID.so: name one of a connector's "
                    "two files",
                    file);
    cleanup(free) char *folder =
        slash ? strndup(file, slash == file ? 1 : (size_t)(slash - file)) : strdup(".");
    cleanup(free) char *id = strndup(base, (size_t)(dot - base));
    if (!folder || !id)
        return fail_no_memory(err);
    if (manifest) { /* its own sentence is better than that no connector was found */
        cleanup(manifest) struct manifest *m = NULL;
        int r = manifest_read(file, &m, err);
        if (r == 0)
            r = manifest_check_all(m, err);
        if (r < 0)
            return r;
    }
    char *folders[] = {folder};
    struct connector_path path = {.folders = folders, .count = 1};
    int r = check_one(app, &path, id, err);
    if (manifest && r == BERTH_E_NOT_FOUND)
        talk_say(&app->talk, "%s is a good manifest.", file);
    return r;
}

/* All that were found; a bad one does not hide the others. */
static int check_all(struct app *app, const struct connector_path *path,
                     struct berth_error *err)
{
    cleanup(ids) struct ids ids = {0};
    int worst = connector_list(path, &ids.list, &ids.count, err);
    for (size_t i = 0; i < ids.count; i++) {
        if (err->message[0] != '\0')
            talk_error(&app->talk, "%s", err->message);
        err->message[0] = '\0';
        int r = check_one(app, path, ids.list[i], err);
        if (r < 0)
            worst = r;
    }
    return worst;
}

int run_connector_check(struct app *app, struct berth_error *err)
{
    const struct connector_path *path = NULL;
    const char *what = app_word(app, 0);
    if (what && is_file(what))
        return check_file(app, what, err);
    int r = app_connectors(app, &path, err);
    if (r < 0)
        return r;
    return what ? check_one(app, path, what, err) : check_all(app, path, err);
}
