/* Registration records as the service side sees them: get and delete. */
#include "emulator/call.h"
#include "emulator/registration.h"

int registration_get(struct call *c)
{
    const char *id = call_id(c, 0);
    const struct registration *r;

    if (!id)
        return -1;
    store_lock_read(&c->emu->store);
    r = store_registration(&c->emu->store, id);
    if (r)
        registration_add(&c->response->body, r, c->now_us, false);
    store_unlock(&c->emu->store);
    if (!r)
        return problem_set(&c->problem, REFUSE_NO_REGISTRATION, "'%s' has not registered",
                           id);
    return 0;
}

static int delete_locked(struct call *c, const char *id)
{
    const struct registration *r = store_registration(&c->emu->store, id);
    char etag[REGISTRATION_ETAG_SIZE];

    if (!r)
        return problem_set(&c->problem, REFUSE_NO_REGISTRATION, "'%s' has not registered",
                           id);
    registration_etag(r, c->now_us, etag);
    if (c->request->if_match && !etag_matches(c->request->if_match, etag))
        return problem_set(&c->problem, REFUSE_ETAG,
                           "the etag is not that of '%s' as it is now", id);
    (void)store_delete_registration(&c->emu->store, id);
    c->response->status = 204;
    return 0;
}

int registration_delete(struct call *c)
{
    const char *id = call_id(c, 0);
    int r;

    if (!id)
        return -1;
    store_lock_write(&c->emu->store);
    r = delete_locked(c, id);
    store_unlock(&c->emu->store);
    return r;
}
