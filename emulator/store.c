#include "emulator/store.h"

#include <stdlib.h>
#include <string.h>

#include "emulator/codec.h"
#include "emulator/ident.h"
#include "emulator/registration.h"
#include "emulator/thread.h"

int store_init(struct store *s)
{
    uint32_t start;

    memset(s, 0, sizeof *s);
    /* A random start keeps an etag of an earlier run from matching. */
    if (!random_fill(&start, sizeof start))
        return -1;
    s->version = start;
    index_init(&s->enrollments[KIND_ENROLLMENT]);
    index_init(&s->enrollments[KIND_GROUP]);
    index_init(&s->registrations);
    index_init(&s->by_group);
    return pthread_rwlock_init(&s->lock, NULL) == 0 ? 0 : -1;
}

static void drop_enrollment(void *value)
{
    enrollment_free(value);
}

void store_clear(struct store *s)
{
    index_release(&s->by_group, NULL);
    index_release(&s->registrations, free);
    index_release(&s->enrollments[KIND_ENROLLMENT], drop_enrollment);
    index_release(&s->enrollments[KIND_GROUP], drop_enrollment);
}

void store_take(struct store *s, struct store *from)
{
    int kind;

    store_clear(s);
    for (kind = KIND_ENROLLMENT; kind <= KIND_GROUP; kind++) {
        s->enrollments[kind] = from->enrollments[kind];
        index_init(&from->enrollments[kind]);
    }
    s->registrations = from->registrations;
    s->by_group = from->by_group;
    index_init(&from->registrations);
    index_init(&from->by_group);
    if (s->version < from->version)
        s->version = from->version;
}

void store_release(struct store *s)
{
    store_clear(s);
    (void)pthread_rwlock_destroy(&s->lock); /* nobody holds it any more */
}

void store_lock_read(struct store *s)
{
    must(pthread_rwlock_rdlock(&s->lock));
}

void store_lock_write(struct store *s)
{
    must(pthread_rwlock_wrlock(&s->lock));
}

void store_unlock(struct store *s)
{
    must(pthread_rwlock_unlock(&s->lock));
}

uint64_t store_version(struct store *s)
{
    s->version += 2;
    return s->version;
}

const struct enrollment *store_enrollment(struct store *s, enum kind kind, const char *id)
{
    return index_get(&s->enrollments[kind], id);
}

const struct registration *store_registration(struct store *s, const char *id)
{
    return index_get(&s->registrations, id);
}

int store_put_enrollment(struct store *s, struct enrollment *e)
{
    void *old;

    if (!index_put(&s->enrollments[e->kind], enrollment_id(e), e, &old))
        return -1;
    enrollment_free(old);
    return 0;
}

/* Take a record out of both indexes. */
static struct registration *registration_out(struct store *s, const char *id)
{
    struct registration *r = index_take(&s->registrations, id);

    if (r && registration_in_group(r))
        (void)index_take(&s->by_group, registration_group_key(r));
    return r;
}

int store_put_registration(struct store *s, struct registration *r)
{
    struct registration *old = index_get(&s->registrations, registration_id(r));
    void *replaced;

    if (registration_in_group(r) &&
        !index_put(&s->by_group, registration_group_key(r), r, &replaced))
        return -1;
    if (!index_put(&s->registrations, registration_id(r), r, &replaced)) {
        /* only a first record of a device needs memory here, so nothing was replaced */
        (void)index_take(&s->by_group, registration_group_key(r));
        return -1;
    }
    if (old && registration_in_group(old) &&
        !ident_equal(registration_group_key(old), registration_group_key(r)))
        (void)index_take(&s->by_group, registration_group_key(old));
    free(old);
    return 0;
}

bool store_delete_enrollment(struct store *s, enum kind kind, const char *id)
{
    struct enrollment *e = index_take(&s->enrollments[kind], id);

    enrollment_free(e);
    return e != NULL;
}

bool store_delete_registration(struct store *s, const char *id)
{
    struct registration *r = registration_out(s, id);

    free(r);
    return r != NULL;
}
