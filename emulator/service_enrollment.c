/* Individual enrollments and enrollment groups: get, create or update, delete, show the
 * keys. */
#include <stdlib.h>
#include <string.h>

#include "emulator/call.h"
#include "emulator/registration.h"
#include "emulator/save.h"

/* What an enrollment was before a change. */
struct before {
    bool lags;  /* and reads shall go on to show it */
    char *json; /* NULL: there was none */
};

static enum kind kind_of(const struct call *c)
{
    return c->route.operation->kind;
}

/* Look up the enrollment in the path; the store is locked. */
static const struct enrollment *look_up(struct call *c, const char *id)
{
    const struct enrollment *e = store_enrollment(&c->emu->store, kind_of(c), id);

    if (!e)
        (void)problem_set(&c->problem, kind_missing(kind_of(c)), "there is no '%s'", id);
    return e;
}

/* Append the enrollment with the state of its device, if that has registered. */
static void add_with_state(struct call *c, const struct enrollment *e, bool secrets)
{
    const struct registration *r = NULL;
    struct text state;

    if (e->kind == KIND_ENROLLMENT)
        r = store_registration(&c->emu->store, enrollment_id(e));
    text_init(&state, 16 * 1024);
    if (r)
        registration_add(&state, r, c->now_us, false);
    enrollment_add(&c->response->body, e, secrets, r ? text_str(&state) : NULL);
    if (text_failed(&state))
        c->response->body.failed = true;
    text_release(&state);
}

/* Does a change of this enrollment not show yet? 1 when it was answered, -1 when it is
 * missing, 0 when what is stored counts. */
static int get_lagging(struct call *c, const char *id)
{
    enum lag_shown shown =
        lag_read(&c->emu->lag, kind_of(c), id, c->now_us, &c->response->body);

    if (shown == LAG_MISSING)
        return problem_set(&c->problem, kind_missing(kind_of(c)),
                           "'%s' was made just now and does not show yet, as a fault "
                           "wants it",
                           id);
    return shown == LAG_BEFORE;
}

/* Keep what reads shall go on to show of `id` after a change, if a fault wants it; the
 * store is locked. */
static void keep_before(struct call *c, const char *id, struct before *before)
{
    const struct enrollment *e = store_enrollment(&c->emu->store, kind_of(c), id);

    before->lags = c->fault && (c->fault->lag_ms || c->fault->lag_reads);
    before->json = before->lags && e ? strndup(enrollment_shown(e), e->shown_len) : NULL;
    if (before->lags && e && !before->json)
        c->response->body.failed = true; /* no memory: becomes a 500 */
}

/* The change was made (or refused: `r` is negative); the store is still locked. */
static void note_lag(struct call *c, const char *id, const struct before *before, int r)
{
    if (r < 0 || !before->lags || c->response->body.failed)
        free(before->json);
    else if (!lag_note(&c->emu->lag, kind_of(c), id, before->json, c->fault, c->now_us))
        c->response->body.failed = true; /* too many lag: becomes a 500 */
}

int enrollment_get(struct call *c)
{
    const char *id = call_id(c, 0);
    const struct enrollment *e;
    int r;

    if (!id)
        return -1;
    r = get_lagging(c, id);
    if (r != 0)
        return r < 0 ? r : 0;
    store_lock_read(&c->emu->store);
    e = look_up(c, id);
    if (e)
        add_with_state(c, e, false);
    store_unlock(&c->emu->store);
    return e ? 0 : -1;
}

int enrollment_secrets(struct call *c)
{
    const char *id = call_id(c, 0);
    const struct enrollment *e;

    if (!id)
        return -1;
    store_lock_read(&c->emu->store);
    e = look_up(c, id);
    if (e)
        enrollment_add_attestation(&c->response->body, e, true);
    store_unlock(&c->emu->store);
    return e ? 0 : -1;
}

int enrollment_delete(struct call *c)
{
    const char *id = call_id(c, 0);
    struct before before;
    int r;

    if (!id)
        return -1;
    store_lock_write(&c->emu->store);
    keep_before(c, id, &before);
    r = save_delete(c->emu, kind_of(c), id, c->request->if_match, &c->problem);
    note_lag(c, id, &before, r);
    store_unlock(&c->emu->store);
    c->response->status = 204;
    return r;
}

static int store_draft(struct call *c, const struct draft *draft)
{
    const char *if_match = c->request->if_match;
    struct save save = {.kind = kind_of(c), .if_match = if_match, .now_us = c->now_us};
    const struct enrollment *e;
    struct before before;
    int r;

    save.mode = SAVE_CREATE;
    if (if_match)
        save.mode = etag_is_any(if_match) ? SAVE_REPLACE : SAVE_MATCH;
    store_lock_write(&c->emu->store);
    keep_before(c, draft->id, &before);
    r = save_draft(c->emu, &save, draft, &e, &c->problem);
    note_lag(c, draft->id, &before, r);
    if (r == 0)
        add_with_state(c, e, true);
    store_unlock(&c->emu->store);
    return r;
}

int enrollment_put(struct call *c)
{
    const char *id = call_id(c, 0);
    struct draft_source source = {.kind = kind_of(c), .path_id = id};
    struct draft draft;
    int r;

    if (!id)
        return -1;
    r = call_body(c, false, &source.json);
    if (r < 0)
        return r;
    source.text = call_body_text(c);
    source.sticky = strcmp(c->route.api_version, CHOICE_STICKY_VERSION) <= 0;
    draft_init(&draft);
    r = draft_read(&draft, &source, &c->problem);
    if (r == 0)
        r = store_draft(c, &draft);
    draft_release(&draft);
    json_decref(source.json);
    return r;
}
