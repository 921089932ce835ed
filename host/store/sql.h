/* The store's inside, for the modules that keep tables in it: statements, transactions,
 * and the one place where SQLite's answers become statuses.
 *
 * Invariant: a statement is released before its store is closed; a transaction that was
 * not committed is rolled back when it goes out of scope. */
#ifndef BERTH_STORE_SQL_H
#define BERTH_STORE_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"
#include "host/secret.h"
#include "host/store.h"

struct store {
    sqlite3 *db;
    char *home; /* absolute or as given; no slash at the end */
    char *file; /* home/berth.db */
    struct secret_source key_source;
};

/* Runs statements that give no rows. */
int sql_run(struct store *s, const char *text, struct berth_error *err);

/* One integer, such as a pragma's or a count's. */
int sql_read_int(struct store *s, const char *text, int64_t *ret_value,
                 struct berth_error *err);

/* The status of what SQLite said last, with the sentence. */
int sql_fail(struct store *s, struct berth_error *err);

/* A prepared statement. A value that could not be bound makes the next step fail. */
struct query {
    struct store *store;
    sqlite3_stmt *stmt;
    int bound; /* SQLITE_OK, or why a value could not be bound */
};

int query_init(struct query *q, struct store *s, const char *text,
               struct berth_error *err);
void query_release(struct query *q);

/* Values are borrowed until the statement is stepped to its end, reset or released. A
 * null pointer binds null. */
void query_text(struct query *q, int i, const char *text);
void query_str(struct query *q, int i, struct berth_str text);
void query_blob(struct query *q, int i, const void *data, size_t size);
void query_int(struct query *q, int i, int64_t value);

/* 1: a row; 0: the end. Unique or foreign keys that are violated: BERTH_E_CONFLICT. */
int query_step(struct query *q, struct berth_error *err);

/* Steps to the end, whatever rows there are, and makes it ready to be bound again. */
int query_run(struct query *q, struct berth_error *err);

/* Ready to be bound and stepped again. */
void query_reset(struct query *q);

/* A column of the present row, valid until the next step. Null gives the empty view. */
struct berth_str query_column(struct query *q, int i);
static inline int64_t query_column_int(struct query *q, int i)
{
    return sqlite3_column_int64(q->stmt, i);
}

/* A copy that belongs to the caller; null for null. False: out of memory. */
bool query_column_dup(struct query *q, int i, char **ret_text);

static inline void cleanup_query(struct query *q)
{
    query_release(q);
}

/* A write transaction: no other process writes between begin and commit. */
struct transaction {
    struct store *store; /* null: not begun, or ended */
};

int transaction_begin(struct transaction *t, struct store *s, struct berth_error *err);
int transaction_commit(struct transaction *t, struct berth_error *err);
void transaction_cancel(struct transaction *t);

static inline void cleanup_transaction(struct transaction *t)
{
    transaction_cancel(t);
}

#endif
