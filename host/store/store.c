#include "host/store.h"

#include <stdlib.h>
#include <string.h>

#include "host/store/home.h"
#include "host/store/migrate.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

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

/* The file is made here, so that it and what SQLite puts beside it have mode 0600 from
 * the first moment. */
static int open_database(struct store *s, struct berth_error *err)
{
    int r = home_prepare_file(s->file, err);
    if (r < 0)
        return r;
    int code = sqlite3_open_v2(s->file, &s->db,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (!s->db)
        return fail_no_memory(err);
    if (code != SQLITE_OK)
        return sql_fail(s, err);
    (void)sqlite3_extended_result_codes(s->db, 1);
    (void)sqlite3_busy_timeout(s->db, BUSY_TIMEOUT_MS);
    (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* What was removed, secrets above all, is not to be found in free pages. */
    return sql_run(s,
                   "PRAGMA secure_delete = ON;"
                   "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
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

int store_open(const char *home, struct store **ret_store, struct berth_error *err)
{
    cleanup(store) struct store *s = calloc(1, sizeof(*s));
    if (!s)
        return fail_no_memory(err);
    int r = open_store(s, home, err);
    if (r < 0)
        return r;
    *ret_store = s;
    s = NULL;
    return 0;
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
