/* The command that changes the keys of the store. */
#include <stdbool.h>
#include <string.h>

#include "host/cli/app.h"
#include "host/cli/command.h"
#include "host/cli/exit_code.h"
#include "host/store.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

/* Where --to says the new key is. */
static int read_target(const struct app *app, struct secret_source *ret_next,
                       struct berth_error *err)
{
    const char *to = app_value(app, OPT_TO);
    *ret_next = (struct secret_source){0};
    if (to[0] == '@' && to[1] != '\0') {
        ret_next->file = to + 1;
        return 0;
    }
    if (strncmp(to, "env:", 4) != 0)
        return fail_usage(err, "--to: a key must not stand on the command line: give "
                               "@FILE or env:VAR");
    ret_next->value = app_env(app, to + 4);
    if (!ret_next->value)
        return fail(err, BERTH_E_INVALID,
                    "--to: the environment variable '%.80s' is not set", to + 4);
    return 0;
}

static int say_what_to_do(struct app *app, struct berth_error *err)
{
    const char *to = app_value(app, OPT_TO);
    if (to && to[0] == '@') {
        talk_say(&app->talk,
                 "All secrets are under new keys. From now on the key in %s is needed: "
                 "set BERTH_KEY_FILE to that path.",
                 to + 1);
        return 0;
    }
    if (to) {
        talk_say(&app->talk,
                 "All secrets are under new keys. From now on the key in %s is needed: "
                 "set BERTH_KEY to it.",
                 to + 4);
        return 0;
    }
    cleanup(free) char *folder = NULL;
    int r = app_home(app, &folder, err);
    if (r < 0)
        return r;
    const char *file = app->key_source.file;
    talk_say(&app->talk,
             "All secrets are under new keys, and %s%s has the new one: put a copy where "
             "the state is not.",
             file ? file : folder, file ? "" : "/key");
    return 0;
}

/* Both: who has an old copy of the key and of the store has the old data keys, too. */
int run_store_rotate_key(struct app *app, struct berth_error *err)
{
    struct store *store = NULL;
    struct secret_source next;
    bool given = app_has(app, OPT_TO);
    int r = given ? read_target(app, &next, err) : 0;
    if (r == 0)
        r = app_store(app, &store, err);
    if (r == 0)
        r = secret_rotate_key(store, given ? &next : NULL, err);
    if (r == 0)
        r = secret_rotate_data_key(store, err);
    return r == 0 ? say_what_to_do(app, err) : r;
}
