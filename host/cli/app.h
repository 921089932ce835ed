/* What every command works with. Invariant: the store and the folders of connectors are
 * looked for only when a command asks for them, so that what needs neither starts at
 * once. */
#ifndef BERTH_CLI_APP_H
#define BERTH_CLI_APP_H

#include <stdbool.h>
#include <stddef.h>

#include "host/cli/args.h"
#include "host/cli/output.h"
#include "host/cli/talk.h"
#include "host/loader.h"
#include "host/secret.h"

struct store;

struct app {
    const struct args *args;
    const char *const *words; /* behind the noun and the verb */
    size_t word_count;
    const char *(*env)(const char *name);
    struct output out;
    struct talk talk;

    /* Made on demand. */
    struct store *store;
    struct secret_source key_source; /* of the store's secrets */
    struct connector_path path;
    bool path_made;
};

/* `command_words` is how many words name the command. */
void app_init(struct app *app, const struct args *args, size_t command_words,
              const char *(*env)(const char *name));
void app_release(struct app *app);

/* A variable of the environment that is set and not empty, else null. */
const char *app_env(const struct app *app, const char *name);

/* Word `index` behind the command, or null. */
static inline const char *app_word(const struct app *app, size_t index)
{
    return index < app->word_count ? app->words[index] : NULL;
}

static inline const char *app_value(const struct app *app, enum option_id id)
{
    return args_value(app->args, id);
}

static inline bool app_has(const struct app *app, enum option_id id)
{
    return args_has(app->args, id);
}

/* The folder of the state: --home, $BERTH_HOME, $XDG_STATE_HOME/berth or
 * ~/.local/state/berth. The text belongs to the caller. */
int app_home(const struct app *app, char **ret_home, struct berth_error *err);

/* Opened on first use; closed by app_release(). */
int app_store(struct app *app, struct store **ret_store, struct berth_error *err);

/* The same store, opened to look at it alone if it was not open: what asks for it later
 * gets that one. BERTH_E_NOT_FOUND: there is none yet. */
int app_store_to_look(struct app *app, struct store **ret_store, struct berth_error *err);

/* Made on first use. */
int app_connectors(struct app *app, const struct connector_path **ret_path,
                   struct berth_error *err);

#endif
