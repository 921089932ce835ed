#include "host/cli/complete.h"

#include <stdlib.h>
#include <string.h>

#include "host/cli/app.h"
#include "host/cli/command.h"
#include "host/cli/link.h"
#include "host/form.h"
#include "host/manifest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

struct completion {
    struct app *app;
    const char *prefix; /* the word to complete */
};

static void offer(const struct completion *c, const char *before, const char *word,
                  const char *after)
{
    size_t skip = strlen(before);
    size_t len = strlen(c->prefix);
    if (len >= skip ? strncmp(c->prefix, before, skip) == 0 &&
                          strncmp(word, c->prefix + skip, len - skip) == 0
                    : strncmp(before, c->prefix, len) == 0)
        printf("%s%s%s\n", before, word, after);
}

static int offer_connection(void *ctx, const struct connection *connection)
{
    offer(ctx, "", connection->name, "");
    return 0;
}

static void offer_connections(const struct completion *c)
{
    struct store *store = NULL;
    struct completion copy = *c;
    if (app_store_to_look(c->app, &store, NULL) == 0)
        (void)connection_each(store, offer_connection, &copy, NULL); /* none, then */
}

static void offer_connectors(const struct completion *c)
{
    const struct connector_path *path = NULL;
    char **ids = NULL;
    size_t count = 0;
    if (app_connectors(c->app, &path, NULL) < 0 ||
        connector_list(path, &ids, &count, NULL) < 0)
        return;
    for (size_t i = 0; i < count; i++) {
        offer(c, "", ids[i], "");
        free(ids[i]);
    }
    free(ids);
}

/* The manifest of what the line names: a connection or a connector. Null: none. */
static struct manifest *manifest_of(const struct completion *c, const char *connection,
                                    const char *connector)
{
    struct manifest *m = NULL;
    const struct connector_path *path = NULL;
    struct berth_error ignored = BERTH_ERROR_INIT;
    if (connector) {
        if (app_connectors(c->app, &path, &ignored) < 0 ||
            connector_manifest(path, connector, &m, &ignored) < 0)
            return NULL;
        return m;
    }
    struct store *store = NULL; /* link_manifest() gets the same */
    bool found = connection && app_store_to_look(c->app, &store, NULL) == 0 &&
                 link_manifest(c->app, connection, &m, &ignored) == 0;
    return found ? m : NULL;
}

static void offer_operations(const struct completion *c, enum argument_kind kind,
                             const char *owner)
{
    bool of_connector = kind == ARGUMENT_OPERATION;
    cleanup(manifest) struct manifest *m =
        manifest_of(c, of_connector ? NULL : owner, of_connector ? owner : NULL);
    for (size_t i = 0; m && i < manifest_operation_count(m); i++) {
        const struct operation *op = manifest_operation(m, i);
        bool action = op->kind == OPERATION_ACTION;
        if (of_connector || action == (kind == ARGUMENT_ACTION))
            offer(c, "", op->id, "");
    }
}

static void offer_options(const struct completion *c, uint64_t among)
{
    for (unsigned id = 0; id < OPTION_COUNT; id++)
        if (among & OPTION_BIT(id))
            offer(c, "--", option_spec((enum option_id)id)->name, "");
}

static void offer_choices(const struct completion *c, const char *choices)
{
    cleanup(free) char *list = strdup(choices);
    for (char *at = list; at;) {
        char *bar = strchr(at, '|');
        if (bar)
            *bar = '\0';
        offer(c, "", at, "");
        at = bar ? bar + 1 : NULL;
    }
}

/* Fields of the form: secrets for --secret, the others for --set. */
static void offer_fields(const struct completion *c, enum option_id option)
{
    const char *connector = app_value(c->app, OPT_CONNECTOR);
    cleanup(manifest) struct manifest *m = manifest_of(c, app_word(c->app, 0), connector);
    const struct credential *credential = NULL;
    cleanup(form) struct form *form = NULL;
    struct berth_error ignored = BERTH_ERROR_INIT;
    if (!m ||
        manifest_credential_by_kind(m, app_value(c->app, OPT_KIND), &credential,
                                    &ignored) < 0 ||
        form_new(credential, &form, &ignored) < 0)
        return;
    for (size_t i = 0; i < form_field_count(form); i++) {
        const struct form_field *field = form_field(form, i);
        if (option == OPT_UNSET)
            offer(c, "", field->name, "");
        else if (field->secret == (option == OPT_SECRET))
            offer(c, "", field->name, "=");
    }
}

static void offer_rights(const struct completion *c)
{
    cleanup(manifest) struct manifest *m = manifest_of(c, app_word(c->app, 0), NULL);
    const char *name = NULL;
    json_t *ignored = NULL;
    if (!m || manifest_credential_count(m) == 0)
        return;
    json_object_foreach(json_object_get(manifest_credential(m, 0)->json, "permissions"),
                        name, ignored) offer(c, "", name, "");
}

static void offer_values(const struct completion *c, enum option_id id)
{
    const struct option_spec *spec = option_spec(id);
    if (spec->choices)
        offer_choices(c, spec->choices);
    else if (id == OPT_CONNECTOR)
        offer_connectors(c);
    else if (id == OPT_SET || id == OPT_SECRET || id == OPT_UNSET)
        offer_fields(c, id);
    else if (id == OPT_REQUIRE)
        offer_rights(c);
}

static void offer_nouns(const struct completion *c)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (i == 0 || strcmp(COMMANDS[i].noun, COMMANDS[i - 1].noun) != 0)
            offer(c, "", COMMANDS[i].noun, "");
    offer(c, "", "help", "");
}

static void offer_verbs(const struct completion *c, const char *noun)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(COMMANDS[i].noun, noun) == 0)
            offer(c, "", COMMANDS[i].verb, "");
}

static void offer_argument(const struct completion *c, const struct command *command)
{
    size_t index = c->app->word_count;
    if (index >= COMMAND_MAX_ARGUMENTS)
        return;
    enum argument_kind kind = command->kinds[index];
    if (kind == ARGUMENT_CONNECTION)
        offer_connections(c);
    else if (kind == ARGUMENT_CONNECTOR)
        offer_connectors(c);
    else if (kind != ARGUMENT_NONE && kind != ARGUMENT_NEW_NAME)
        offer_operations(c, kind, app_word(c->app, 0));
}

/* The option that the word before asks a value for; OPTION_COUNT: none. */
static enum option_id option_before(int argc, const char *const *argv)
{
    const char *before = argc > 0 ? argv[argc - 1] : "";
    enum option_id id = OPTION_COUNT;
    if (before[0] != '-' || before[1] == '\0')
        return OPTION_COUNT;
    if (before[1] == '-')
        id = option_by_name(str_from(before + 2));
    else if (before[2] == '\0')
        id = option_by_letter(before[1]);
    bool wants = id != OPTION_COUNT && option_spec(id)->value &&
                 !(option_spec(id)->flags & OPTION_VALUE_OPTIONAL);
    return wants ? id : OPTION_COUNT;
}

static void complete(const struct completion *c, const struct args *args,
                     enum option_id wanted)
{
    const struct command *command = NULL;
    struct berth_error ignored = BERTH_ERROR_INIT;
    if (args->word_count >= 2 &&
        command_find(args->words[0], args->words[1], &command, &ignored) != 0)
        return;
    if (wanted != OPTION_COUNT)
        offer_values(c, wanted);
    else if (c->prefix[0] == '-')
        offer_options(c, OPTIONS_GLOBAL | (command ? command->options : 0));
    else if (args->word_count == 0)
        offer_nouns(c);
    else if (args->word_count == 1)
        offer_verbs(c, args->words[0]);
    else
        offer_argument(c, command);
}

int complete_run(const struct cli_start *start)
{
    int argc = start->argc - 2;
    const char *const *argv = start->argv + 2;
    struct args args;
    struct app app;
    struct berth_error ignored = BERTH_ERROR_INIT;
    const char *prefix = argc > 0 ? argv[argc - 1] : "";
    argc = argc > 0 ? argc - 1 : 0;
    enum option_id wanted = option_before(argc, argv);
    int known = wanted == OPTION_COUNT ? argc : argc - 1;
    if (args_parse(known, argv, &args, &ignored) == 0) {
        bool help = args.word_count > 0 && strcmp(args.words[0], "help") == 0;
        args.words += help;
        args.word_count -= help;
        app_init(&app, &args, 2, start->env);
        complete(&(struct completion){&app, prefix}, &args, wanted);
        app_release(&app);
        args.words -= help;
    }
    args_release(&args);
    return fflush(stdout) == 0 ? 0 : 1;
}
