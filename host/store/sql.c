#include "host/store/sql.h"

#include <string.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"

/* What to say when SQLite refuses: the status and the words after the file's name. */
static int fail_with_code(struct store *s, int code, struct berth_error *err)
{
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return fail_no_memory(err);
    case SQLITE_FULL:
        return fail(err, BERTH_E_UNAVAILABLE,
                    "%s: the disk is full; make room and try again, nothing was changed",
                    s->file);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(err, BERTH_E_UNAVAILABLE,
                    "%s: another process kept it locked for too long; try again",
                    s->file);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fail(err, BERTH_E_INVALID,
                    "%s: it is damaged or no Berth store; restore it from a backup or "
                    "move it away",
                    s->file);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return fail(err, BERTH_E_INVALID,
                    "%s: it cannot be opened for writing; check the rights of the file "
                    "and of its folder",
                    s->file);
    case SQLITE_IOERR:
        return fail(err, BERTH_E_UNAVAILABLE,
                    "%s: the disk could not be read or written (%s); nothing was changed",
                    s->file, sqlite3_errstr(code));
    case SQLITE_CONSTRAINT:
        return fail(err, BERTH_E_CONFLICT, "%s: %s", s->file, sqlite3_errmsg(s->db));
    case SQLITE_TOOBIG:
        return fail(err, BERTH_E_INVALID, "%s: a value is too long to be stored",
                    s->file);
    default:
        return fail(err, BERTH_E_INTERNAL, "%s: %s", s->file, sqlite3_errmsg(s->db));
    }
}

int sql_fail(struct store *s, struct berth_error *err)
{
    return fail_with_code(s, sqlite3_extended_errcode(s->db), err);
}

int sql_run(struct store *s, const char *text, struct berth_error *err)
{
    if (sqlite3_exec(s->db, text, NULL, NULL, NULL) != SQLITE_OK)
        return sql_fail(s, err);
    return 0;
}

int sql_read_int(struct store *s, const char *text, int64_t *ret_value,
                 struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, s, text, err);
    if (r < 0)
        return r;
    r = query_step(&q, err);
    if (r < 0)
        return r;
    *ret_value = r > 0 ? query_column_int(&q, 0) : 0;
    return 0;
}

int query_init(struct query *q, struct store *s, const char *text,
               struct berth_error *err)
{
    *q = (struct query){.store = s};
    if (sqlite3_prepare_v2(s->db, text, -1, &q->stmt, NULL) != SQLITE_OK)
        return sql_fail(s, err);
    return 0;
}

void query_release(struct query *q)
{
    (void)sqlite3_finalize(q->stmt); /* repeats what the last step said */
    q->stmt = NULL;
}

static void query_note(struct query *q, int code)
{
    if (q->bound == SQLITE_OK)
        q->bound = code;
}

void query_text(struct query *q, int i, const char *text)
{
    query_note(q, sqlite3_bind_text(q->stmt, i, text, -1, SQLITE_STATIC));
}

void query_str(struct query *q, int i, struct berth_str text)
{
    const char *ptr = text.ptr ? text.ptr : "";
    query_note(
        q, sqlite3_bind_text64(q->stmt, i, ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void query_blob(struct query *q, int i, const void *data, size_t size)
{
    query_note(q, sqlite3_bind_blob64(q->stmt, i, data, size, SQLITE_STATIC));
}

void query_int(struct query *q, int i, int64_t value)
{
    query_note(q, sqlite3_bind_int64(q->stmt, i, value));
}

int query_step(struct query *q, struct berth_error *err)
{
    if (q->bound != SQLITE_OK)
        return fail_with_code(q->store, q->bound, err);
    int code = sqlite3_step(q->stmt);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    return sql_fail(q->store, err);
}

int query_run(struct query *q, struct berth_error *err)
{
    int r;
    do {
        r = query_step(q, err);
    } while (r > 0);
    query_reset(q);
    return r;
}

void query_reset(struct query *q)
{
    (void)sqlite3_reset(q->stmt); /* repeats what the last step said */
    q->bound = SQLITE_OK;
}

struct berth_str query_column(struct query *q, int i)
{
    const void *data = sqlite3_column_blob(q->stmt, i);
    int size = sqlite3_column_bytes(q->stmt, i);
    if (!data || size <= 0)
        return (struct berth_str){"", 0};
    return (struct berth_str){data, (size_t)size};
}

bool query_column_dup(struct query *q, int i, char **ret_text)
{
    *ret_text = NULL;
    if (sqlite3_column_type(q->stmt, i) == SQLITE_NULL)
        return true;
    struct berth_str text = query_column(q, i);
    *ret_text = strndup(text.ptr, text.len);
    return *ret_text;
}

int transaction_begin(struct transaction *t, struct store *s, struct berth_error *err)
{
    t->store = NULL;
    int r = sql_run(s, "BEGIN IMMEDIATE", err);
    if (r < 0)
        return r;
    t->store = s;
    return 0;
}

int transaction_commit(struct transaction *t, struct berth_error *err)
{
    int r = sql_run(t->store, "COMMIT", err);
    if (r < 0)
        return r; /* still open: rolled back by cancel */
    t->store = NULL;
    return 0;
}

void transaction_cancel(struct transaction *t)
{
    /* When SQLite has rolled back by itself there is nothing left to do. */
    if (t->store && !sqlite3_get_autocommit(t->store->db))
        (void)sqlite3_exec(t->store->db, "ROLLBACK", NULL, NULL, NULL);
    t->store = NULL;
}
