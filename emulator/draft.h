#ifndef EMULATOR_DRAFT_H
#define EMULATOR_DRAFT_H
/* An enrollment or group as a client sent it, checked and brought into the form in which
 * it is kept. Invariant: a draft that was read without a problem can be stored as it is;
 * members that only the service writes are not in it. */
#include <jansson.h>
#include <stdbool.h>

#include "emulator/enrollment.h"
#include "emulator/problem.h"
#include "emulator/slice.h"
#include "emulator/text.h"

struct draft {
    char id[160];
    struct text body; /* of an enrollment; its first member is the id */
    struct text attestation;
    struct text primary;
    struct text secondary;
    enum attestation type;
    bool disabled;
};

/* What to read: the same object as a tree (for its meaning) and as text (for values that
 * are kept verbatim). */
struct draft_source {
    enum kind kind;
    json_t *json;
    struct slice text;
    const char *path_id; /* the id in the path; NULL in a bulk operation */
    bool sticky;         /* no reprovisionPolicy means none */
};

void draft_init(struct draft *d);
/* Wipe and free. */
void draft_release(struct draft *d);
/* Read and check; missing symmetric keys are generated, as the service does. -1 with a
 * problem. */
int draft_read(struct draft *d, const struct draft_source *source, struct problem *p);
/* Read the id alone (all that deleting needs). */
int draft_read_id(struct draft *d, const struct draft_source *source, struct problem *p);
/* Read one attestation mechanism into the draft; part of draft_read(). */
int draft_read_attestation(struct draft *d, const struct draft_source *source,
                           struct problem *p);
/* The member, NULL when it is missing or null. Borrowed from `object`. */
const json_t *draft_given(const json_t *object, const char *name);
/* The name of the member that holds the id. */
const char *kind_id_member(enum kind kind);
/* The refusal for a missing one of this kind. */
enum refusal kind_missing(enum kind kind);

#endif
