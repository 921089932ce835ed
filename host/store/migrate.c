#include "host/store/migrate.h"

#include <stdio.h>

#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

/* "Bert", in the file's header: tells our files from other programs'. */
#define APPLICATION_ID 1113944692

static const char *const STEPS[] = {
    /* 1: connections and their secrets; subscriptions, what they saw, what they found.
     * snapshot_page is the log of log.h; crawl_mark holds what an unfinished crawl has
     * seen (kind 0: hashes of keys, 1: of scopes that were listed to their end). */
    "CREATE TABLE data_key ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kek_id TEXT NOT NULL, wrapped BLOB NOT NULL) STRICT;"
    "CREATE TABLE connection ("
    " id TEXT PRIMARY KEY,"
    " name TEXT NOT NULL COLLATE NOCASE UNIQUE,"
    " connector TEXT NOT NULL, kind TEXT NOT NULL, fields TEXT NOT NULL,"
    " ca_file TEXT, proxy TEXT, rate_limit INTEGER NOT NULL, created_at TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE secret ("
    " connection TEXT NOT NULL REFERENCES connection(id) ON DELETE CASCADE,"
    " field TEXT NOT NULL,"
    " data_key INTEGER NOT NULL REFERENCES data_key(id),"
    " sealed BLOB NOT NULL,"
    " PRIMARY KEY (connection, field)) STRICT;"
    "CREATE TABLE subscription ("
    " no INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE,"
    " connection TEXT NOT NULL REFERENCES connection(id) ON DELETE CASCADE,"
    " operation TEXT NOT NULL, input TEXT NOT NULL,"
    " origin TEXT NOT NULL, shape TEXT NOT NULL, phase INTEGER NOT NULL, polls INTEGER "
    "NOT NULL,"
    " hash_key BLOB NOT NULL, items INTEGER NOT NULL,"
    " crawl_page INTEGER NOT NULL, crawl_offset INTEGER NOT NULL,"
    " cursor TEXT NOT NULL) STRICT;"
    "CREATE INDEX subscription_connection ON subscription(connection);"
    "CREATE TABLE snapshot_page ("
    " subscription INTEGER NOT NULL REFERENCES subscription(no) ON DELETE CASCADE,"
    " page INTEGER NOT NULL, data BLOB NOT NULL,"
    " UNIQUE (subscription, page)) STRICT;"
    "CREATE TABLE crawl_mark ("
    " no INTEGER PRIMARY KEY,"
    " subscription INTEGER NOT NULL REFERENCES subscription(no) ON DELETE CASCADE,"
    " kind INTEGER NOT NULL, hashes BLOB NOT NULL) STRICT;"
    "CREATE INDEX crawl_mark_subscription ON crawl_mark(subscription, kind);"
    "CREATE TABLE event ("
    " no INTEGER PRIMARY KEY AUTOINCREMENT,"
    " subscription INTEGER NOT NULL REFERENCES subscription(no) ON DELETE CASCADE,"
    " body TEXT NOT NULL) STRICT;"
    "CREATE INDEX event_subscription ON event(subscription, no);",

    /* 2: the order in which a snapshot's items are listed, and hashes of their texts, as
     * roster.h has it. */
    "CREATE TABLE roster ("
    " subscription INTEGER NOT NULL REFERENCES subscription(no) ON DELETE CASCADE,"
    " block INTEGER NOT NULL, data BLOB NOT NULL,"
    " UNIQUE (subscription, block)) STRICT;",
};

enum { VERSION = sizeof(STEPS) / sizeof(STEPS[0]) };

static int read_version(struct store *s, int64_t *ret_version, struct berth_error *err)
{
    int64_t id, objects;
    int r = sql_read_int(s, "PRAGMA application_id", &id, err);
    if (r < 0)
        return r;
    r = sql_read_int(s, "SELECT count(*) FROM sqlite_schema", &objects, err);
    if (r < 0)
        return r;
    if (id != APPLICATION_ID && (id != 0 || objects > 0))
        return fail(err, BERTH_E_INVALID,
                    "%s: another program's database; move it away or choose another "
                    "BERTH_HOME",
                    s->file);
    r = sql_read_int(s, "PRAGMA user_version", ret_version, err);
    if (r < 0)
        return r;
    if (*ret_version < 0 || *ret_version > VERSION)
        return fail(err, BERTH_E_UNSUPPORTED,
                    "%s: written by a newer Berth (state version %lld, this one knows "
                    "%d); use that one",
                    s->file, (long long)*ret_version, VERSION);
    return 0;
}

int migrate_check(struct store *s, struct berth_error *err)
{
    int64_t version = 0;
    int r = read_version(s, &version, err);
    if (r < 0 || version == VERSION)
        return r;
    return fail(err, BERTH_E_UNSUPPORTED,
                "%s: written by an older Berth (state version %lld, this one knows %d); "
                "the next command that uses it brings it up to date",
                s->file, (long long)version, VERSION);
}

/* Within a transaction. */
static int run_steps(struct store *s, int64_t version, struct berth_error *err)
{
    for (; version < VERSION; version++) {
        int r = sql_run(s, STEPS[version], err);
        if (r < 0)
            return r;
    }
    char text[96];
    (void)snprintf(text, sizeof(text),
                   "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
                   VERSION);
    return sql_run(s, text, err);
}

/* The caller has the home to itself. */
int migrate(struct store *s, struct berth_error *err)
{
    int64_t version = 0;
    int r = read_version(s, &version, err);
    if (r < 0 || version == VERSION)
        return r;
    r = sql_run(s, "PRAGMA journal_mode = WAL", err);
    if (r < 0)
        return r;
    cleanup(transaction) struct transaction t = {0};
    r = transaction_begin(&t, s, err);
    if (r < 0)
        return r;
    r = run_steps(s, version, err);
    if (r < 0)
        return r;
    return transaction_commit(&t, err);
}
