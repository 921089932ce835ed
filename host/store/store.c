#include "host/store.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/store/home.h"
#include "host/store/migrate.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"

enum { BUSY_TIMEOUT_MS = 20000 };

static int prepare_paths(struct store *s, const char *home)
{
    size_t len = strlen(home);
    while (len > 1 && home[len - 1] == '/')
        len--;
    s->home = strndup(home, len);
    if (!s->home)
        return BERTH_E_NO_MEMORY;
    s->file = home_path(s->home, "berth.db");
    return s->file ? 0 : BERTH_E_NO_MEMORY;
}

/* `name` is a path or a URI, as `flags` say. */
static int connect_database(struct store *s, const char *name, int flags,
                            struct berth_error *err)
{
    int code = sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (!s->db)
        return fail_no_memory(err);
    if (code != SQLITE_OK)
        return sql_fail(s, err);
    (void)sqlite3_extended_result_codes(s->db, 1);
    (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return sql_run(s, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", err);
}

/* The file is made here, so that it and what SQLite puts beside it have mode 0600 from
 * the first moment. */
static int open_database(struct store *s, struct berth_error *err)
{
    int r = home_prepare_file(s->file, err);
    if (r < 0)
        return r;
    r = connect_database(s, s->file, SQLITE_OPEN_READWRITE, err);
    if (r < 0)
        return r;
    (void)sqlite3_busy_timeout(s->db, BUSY_TIMEOUT_MS);
    /* What was removed, secrets above all, is not to be found in free pages. */
    return sql_run(s,
                   "PRAGMA secure_delete = ON;"
                   "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL",
                   err);
}

static int open_store(struct store *s, const char *home, struct berth_error *err)
{
    int r = prepare_paths(s, home);
    if (r < 0)
        return fail_no_memory(err);
    r = home_prepare(s->home, err);
    if (r < 0)
        return r;
    /* Only one at a time makes or changes the tables. */
    cleanup(close) int lock = home_lock(s->home, err);
    if (lock < 0)
        return lock;
    r = open_database(s, err);
    if (r < 0)
        return r;
    return migrate(s, err);
}

/* Even a reader of a database in WAL mode makes the log and its index when they are
 * missing. When the log is, the file alone is the whole store. */
static int open_database_to_look(struct store *s, struct berth_error *err)
{
    cleanup(text) struct text uri;
    cleanup(text) struct text log;
    text_init(&uri, 4 * PATH_MAX);
    text_init(&log, 2 * PATH_MAX);
    text_add(&log, s->file);
    text_add(&log, "-wal");
    if (text_failed(&log))
        return fail_no_memory(err);
    text_add(&uri, "file:");
    text_add_escaped(&uri, str_from(s->file));
    text_add(&uri, access(log.data, F_OK) == 0 ? "?mode=ro" : "?mode=ro&immutable=1");
    if (text_failed(&uri))
        return fail_no_memory(err);
    return connect_database(s, uri.data, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
}

static int open_store_to_look(struct store *s, const char *home, struct berth_error *err)
{
    int r = prepare_paths(s, home);
    if (r < 0)
        return fail_no_memory(err);
    r = home_check_file(s->file, err);
    if (r < 0)
        return r;
    r = open_database_to_look(s, err);
    if (r < 0)
        return r;
    return migrate_check(s, err);
}

typedef int open_fn(struct store *s, const char *home, struct berth_error *err);

static int open_new(open_fn *open, const char *home, struct store **ret_store,
                    struct berth_error *err)
{
    cleanup(store) struct store *s = calloc(1, sizeof(*s));
    if (!s)
        return fail_no_memory(err);
    int r = open(s, home, err);
    if (r < 0)
        return r;
    *ret_store = s;
    s = NULL;
    return 0;
}

int store_open(const char *home, struct store **ret_store, struct berth_error *err)
{
    return open_new(open_store, home, ret_store, err);
}

int store_open_to_look(const char *home, struct store **ret_store,
                       struct berth_error *err)
{
    return open_new(open_store_to_look, home, ret_store, err);
}

void store_close(struct store *s)
{
    if (!s)
        return;
    (void)sqlite3_close(s->db); /* all statements are released by then */
    free(s->file);
    free(s->home);
    free(s);
}

void store_use_key(struct store *s, const struct secret_source *source)
{
    s->key_source = *source;
}
