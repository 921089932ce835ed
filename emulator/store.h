#ifndef EMULATOR_STORE_H
#define EMULATOR_STORE_H
/* Everything the emulator knows: enrollments, groups and registrations. Invariant:
 * whoever reads holds the lock for reading, whoever changes holds it for writing; what a
 * lookup gives is valid until the lock is given back. */
#include <pthread.h>
#include <stdint.h>

#include "emulator/enrollment.h"
#include "emulator/index.h"

struct registration;

struct store {
    pthread_rwlock_t lock;
    struct index enrollments[2]; /* by kind */
    struct index registrations;  /* by id */
    struct index by_group;       /* the same records by "group\nid" */
    uint64_t version;            /* the last given out */
};

/* -1 when there is no memory or randomness. */
int store_init(struct store *s);
void store_release(struct store *s);

void store_lock_read(struct store *s);
void store_lock_write(struct store *s);
void store_unlock(struct store *s);

/* A number for the next change; the one behind it is reserved too. */
uint64_t store_version(struct store *s);

/* Look up by id, in whatever case; NULL when there is none. */
const struct enrollment *store_enrollment(struct store *s, enum kind kind,
                                          const char *id);
const struct registration *store_registration(struct store *s, const char *id);
/* Take the record in, in place of one with its id. -1 when there is no memory: it still
 * belongs to the caller. */
int store_put_enrollment(struct store *s, struct enrollment *e);
int store_put_registration(struct store *s, struct registration *r);
/* Remove and free; whether it was there. */
bool store_delete_enrollment(struct store *s, enum kind kind, const char *id);
bool store_delete_registration(struct store *s, const char *id);
/* Forget everything but the count of versions. */
void store_clear(struct store *s);
/* Take what `from` holds in place of what is there; `from` is then empty. The count of
 * versions never goes back. */
void store_take(struct store *s, struct store *from);

#endif
