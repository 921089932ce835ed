#include "host/cli/app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/store.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/text.h"

#define MAX_PATH 4096u

const char *app_env(const struct app *app, const char *name)
{
    const char *value = app->env(name);
    return value && value[0] != '\0' ? value : NULL;
}

void app_init(struct app *app, const struct args *args, size_t command_words,
              const char *(*env)(const char *name))
{
    *app = (struct app){.args = args, .env = env};
    if (args->word_count > command_words) {
        app->words = args->words + command_words;
        app->word_count = args->word_count - command_words;
    }
    const char *term = app_env(app, "TERM");
    bool dumb = !term || strcmp(term, "dumb") == 0;
    bool color = !dumb && !app_env(app, "NO_COLOR") && !app_has(app, OPT_NO_COLOR);
    output_init(&app->out, stdout, app_value(app, OPT_OUTPUT));
    app->out.color = app->out.terminal && color;
    app->out.talk = &app->talk;
    app->talk = (struct talk){.file = stderr, .terminal = isatty(STDERR_FILENO) == 1};
    app->talk.color = app->talk.terminal && color;
    app->talk.dumb = dumb;
    app->talk.quiet = app_has(app, OPT_QUIET);
}

void app_release(struct app *app)
{
    talk_passing(&app->talk, "");
    store_close(app->store);
    app->store = NULL;
    if (app->path_made)
        connector_path_release(&app->path);
    app->path_made = false;
}

int app_home(const struct app *app, char **ret_home, struct berth_error *err)
{
    cleanup(text) struct text home;
    text_init(&home, MAX_PATH);
    const char *named = app_value(app, OPT_HOME);
    const char *state = app_env(app, "XDG_STATE_HOME");
    if (named && named[0] == '\0')
        return fail(err, BERTH_E_INVALID, "--home is empty: name a folder");
    if (!named)
        named = app_env(app, "BERTH_HOME");
    if (named) {
        text_add(&home, named);
    } else if (state && state[0] == '/') { /* others do not count, says XDG */
        text_add(&home, state);
        text_add(&home, "/berth");
    } else if (app_env(app, "HOME")) {
        text_add(&home, app_env(app, "HOME"));
        text_add(&home, "/.local/state/berth");
    } else {
        return fail(err, BERTH_E_INVALID,
                    "there is no folder for the state: set BERTH_HOME or give --home");
    }
    *ret_home = text_take(&home);
    return *ret_home ? 0 : fail(err, BERTH_E_INVALID, "the path of the home is too long");
}

/* The folders above the home, as ~/.local/state, may not be there yet. The home itself is
 * the store's business. */
static int make_parents(char *home, struct berth_error *err)
{
    for (char *slash = strchr(home + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int r = mkdir(home, 0700);
        int error = errno;
        if (r < 0 && error != EEXIST && access(home, X_OK) != 0)
            r = fail(err, BERTH_E_INVALID, "cannot make the folder %.300s: %s", home,
                     strerror(error));
        else
            r = 0;
        *slash = '/';
        if (r < 0)
            return r;
    }
    return 0;
}

int app_store(struct app *app, struct store **ret_store, struct berth_error *err)
{
    if (!app->store) {
        cleanup(free) char *home = NULL;
        int r = app_home(app, &home, err);
        if (r == 0)
            r = make_parents(home, err);
        if (r == 0)
            r = store_open(home, &app->store, err);
        if (r < 0)
            return r;
        app->key_source = (struct secret_source){
            .value = app_env(app, "BERTH_KEY"),
            .file = app_env(app, "BERTH_KEY_FILE"),
            .credentials_folder = app_env(app, "CREDENTIALS_DIRECTORY"),
        };
        store_use_key(app->store, &app->key_source);
    }
    *ret_store = app->store;
    return 0;
}

int app_store_to_look(struct app *app, struct store **ret_store, struct berth_error *err)
{
    if (!app->store) {
        cleanup(free) char *home = NULL;
        int r = app_home(app, &home, err);
        if (r == 0)
            r = store_open_to_look(home, &app->store, err);
        if (r < 0)
            return r;
    }
    *ret_store = app->store;
    return 0;
}

int app_connectors(struct app *app, const struct connector_path **ret_path,
                   struct berth_error *err)
{
    if (!app->path_made) {
        const char *extra = app_value(app, OPT_CONNECTOR_PATH);
        if (!extra)
            extra = app_env(app, "BERTH_CONNECTOR_PATH");
        int r = connector_path_init(&app->path, extra, err);
        if (r < 0)
            return r;
        app->path_made = true;
    }
    *ret_path = &app->path;
    return 0;
}
