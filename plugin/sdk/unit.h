/* An operation as a set of units of work, each one request: `build` makes it, `read`
 * makes items, the result or more units of the answer. Invariant: a build is pure (the
 * same unit gives the same request at the same time), so that a unit can be signed again,
 * asked again after a resume, and named in a message. */
#ifndef BERTH_SDK_UNIT_H
#define BERTH_SDK_UNIT_H

#include "sdk/conn.h"

#define UNIT_RANKS 4

struct berth_op;
struct unit_kind;

struct unit {
    struct unit *next;
    const struct unit_kind *kind;
    uint64_t tag;
    int credential;
    bool is_resumed;       /* from a cursor */
    bool is_own_signature; /* the build's, not the connection's */
    bool is_retried;       /* signed again after a 401 */
    unsigned page;         /* how many of its listing came before it in this run */
    struct berth_str id;
    struct berth_str continuation;
    struct berth_str mark; /* an earlier page's continuation, to notice a circle by */
    char text[];           /* all three, terminated */
};

struct unit_kind {
    const char *name; /* in cursors */
    unsigned rank;    /* lower ones go out first; equal ones in their order */
    bool is_page;     /* a point to resume from comes after it */
    int (*build)(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                 struct berth_error *err);
    int (*read)(struct berth_op *op, const struct unit *unit,
                const struct berth_response *res, struct berth_error *err);
};

/* An operation that needs C; a constant. */
struct operation {
    const char *id;
    const void *data; /* for operations that share their code */
    size_t state_size;
    bool reads_text; /* op->text is its input, of any kind; there is no op->input */
    const struct unit_kind *const *kinds; /* to resume with; ends in null; or null */

    /* Read the input into op->state; may be null. Comes before start and resuming. */
    int (*prepare)(struct berth_op *op, struct berth_error *err);

    /* Add the first units. Not called when a cursor is resumed. */
    int (*start)(struct berth_op *op, struct berth_error *err);

    /* Nothing is open and there is no result yet: give it. May be null where a read
     * always gives it. */
    int (*finish)(struct berth_op *op, struct berth_error *err);

    /* A unit came to nothing, as `r` and `err` say: 0 goes on without it, `r` ends the
     * operation. Null: every failure ends it. */
    int (*forgo)(struct berth_op *op, const struct unit *unit,
                 const struct berth_response *res, int r, struct berth_error *err);

    void (*release)(struct berth_op *op); /* what is in op->state; may be null */
};

struct unit_queue {
    struct unit *first;
    struct unit *last;
};

struct berth_op {
    struct berth_conn *conn;
    struct berth_call *call;
    const struct operation *operation;
    const struct rest_call *rest; /* the operation in the manifest; may be null */
    json_t *input;                /* an object; null where it reads the text */
    struct berth_str text;        /* the input as it came */
    void *state;
    uint32_t page_size;
    uint32_t marks; /* the operation's own bits; kept in the cursor */
    bool is_over;

    struct unit_queue pending[UNIT_RANKS];
    struct unit *in_flight;
    size_t open_leaves; /* open units that are no pages */
    size_t open_pages;
    uint64_t last_tag;
    struct outgoing out;
};

/* The plugin table's functions. */
int op_begin(struct berth_conn *conn, struct berth_call *call,
             const struct berth_start *start, struct berth_op **ret_op,
             struct berth_error *err);
int op_next(struct berth_op *op, struct berth_request *req, struct berth_error *err);
int op_take(struct berth_op *op, const struct berth_response *res,
            struct berth_error *err);
void op_end(struct berth_op *op);

/* Add a unit; id and continuation are copied. */
int unit_add(struct berth_op *op, const struct unit_kind *kind, struct berth_str id,
             struct berth_str continuation, struct berth_error *err);

/* Add the page behind this one, which the service says begins at `next` (empty: there is
 * none). 1: it was added; 0. BERTH_E_PROTOCOL when the listing would never end, or when
 * `next` cannot be sent back as it came. */
int unit_add_next(struct berth_op *op, const struct unit *unit, struct berth_str next,
                  struct berth_error *err);

/* Are there open units of this kind? */
bool unit_is_open(const struct berth_op *op, const struct unit_kind *kind);

/* Fill `err` from an answer that is no success and return its class; says what was asked.
 * Of a write whose fate cannot be known: BERTH_E_TIMEOUT with the code outcomeUnknown. */
int unit_fail(struct berth_op *op, const struct unit *unit,
              const struct berth_response *res, struct berth_error *err);

/* The same for an answer that says success and cannot be read; `err` says why. Returns
 * BERTH_E_PROTOCOL. */
int unit_fail_nonsense(struct berth_op *op, const struct unit *unit,
                       const struct berth_response *res, struct berth_error *err);

/* From within a read, after it has added units: send the first now, if the host can, so
 * that the service works on it while the rest of the answer is read. */
int op_send_ahead(struct berth_op *op, struct berth_error *err);

/* The host's services. */
int64_t op_now_ms(struct berth_op *op);
void op_log(struct berth_op *op, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int op_result(struct berth_op *op, struct berth_str value);
int op_result_value(struct berth_op *op, const json_t *value, struct berth_error *err);
int op_item(struct berth_op *op, const struct berth_item *item);

/* scan_next() without the items that the host knows as they stand there. */
int op_scan_next(struct berth_op *op, struct scan *scan, struct berth_str scope,
                 struct scan_item *item, struct berth_error *err);
int op_complete(struct berth_op *op, struct berth_str scope);

/* For unit.c: the cursor's text, and the units and marks in one (1; 0 when it cannot be
 * read). */
int cursor_give(struct berth_op *op, struct berth_error *err);
int cursor_resume(struct berth_op *op, struct berth_str cursor, struct berth_error *err);

/* The operation that runs a manifest's request block (call.c). */
extern const struct operation CALL_OPERATION;

#endif
