/* Writing one enrollment or group: create, upsert, update, enable, disable, rotateKeys.
 * All are the same conversation (read it, read its keys, write it on condition that it is
 * still what was read) and differ in what they make of what was read. Invariant: a write
 * over something that was read carries its ETag, so that no other's change is lost. */
#ifndef BERTH_AZURE_DPS_WRITE_H
#define BERTH_AZURE_DPS_WRITE_H

#include "azure-dps/dps.h"
#include "azure-dps/given.h"

/* How often it is read again because somebody else was faster. */
#define WRITE_MAX_ROUNDS 3

struct write {
    struct berth_str id;        /* of the input */
    struct given given;         /* create, upsert: what to write */
    json_t *current;            /* what was read, with its keys */
    json_t *body;               /* what is written; null: what was given, as text */
    struct berth_str condition; /* the caller's ETag, of the input; empty: none */
    unsigned rounds;
    bool is_reading_back;
    int refused_status; /* 409 or 412: why it is read back */
};

/* Of each: what it begins with, and what it writes (write->body) over what was read. */
struct write_verb {
    int (*start)(struct berth_op *op, struct berth_error *err);
    int (*revise)(struct berth_op *op, struct berth_error *err);
    bool creates;  /* may be there or not: upsert */
    bool only_new; /* must not be there: create */
    bool enables;  /* enable (true) or disable */
};

struct write_operation {
    const struct noun *noun;
    const struct write_verb *verb;
};

/* Read the input: of create and upsert as what is to be written, of the others as a tree.
 */
int write_prepare_given(struct berth_op *op, struct berth_error *err);
int write_prepare(struct berth_op *op, struct berth_error *err);
int write_start(struct berth_op *op, struct berth_error *err);
int write_finish(struct berth_op *op, struct berth_error *err);
void write_release(struct berth_op *op);

/* Add the unit that reads. */
int write_read(struct berth_op *op, struct berth_error *err);

/* Add the unit that writes what was given on this condition. */
int write_put_given(struct berth_op *op, struct berth_str if_match,
                    struct berth_error *err);

/* Make a tree of what was given, to compare it with what is there or to change it. */
int write_build_given(struct berth_op *op, struct berth_error *err);

/* Take over `body` as what is written; null: out of memory. Checks it. */
int write_set_body(struct berth_op *op, json_t *body, struct berth_error *err);

extern const struct write_verb WRITE_CREATE;
extern const struct write_verb WRITE_UPSERT;
extern const struct write_verb WRITE_UPDATE;
extern const struct write_verb WRITE_ENABLE;
extern const struct write_verb WRITE_DISABLE;
extern const struct write_verb WRITE_ROTATE;

static inline const struct write_operation *write_operation(const struct berth_op *op)
{
    return op->operation->data;
}

#endif
