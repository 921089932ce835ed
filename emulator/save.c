#include "emulator/save.h"

#include <string.h>

#include "emulator/registration.h"

static int check_etag(const struct enrollment *e, const char *if_match, struct problem *p)
{
    char etag[ETAG_SIZE];

    etag_format(e->version, e->updated_us, etag);
    if (etag_matches(if_match, etag))
        return 0;
    return problem_set(p, REFUSE_ETAG, "the etag is not that of '%s' as it is now",
                       enrollment_id(e));
}

static int check_old(const struct save *save, const char *id,
                     const struct enrollment *old, struct problem *p)
{
    if (save->mode == SAVE_CREATE) {
        if (!old)
            return 0;
        return problem_set(
            p, save->kind == KIND_GROUP ? REFUSE_GROUP_EXISTS : REFUSE_EXISTS,
            "'%s' exists; replacing it takes If-Match, or the mode update of "
            "a bulk",
            id);
    }
    if (!old)
        return problem_set(p, kind_missing(save->kind), "there is no '%s'", id);
    return save->mode == SAVE_MATCH ? check_etag(old, save->if_match, p) : 0;
}

/* The body again, with the id, its first member, as it was spelled at first. */
static void respell(struct text *body, const struct draft *draft, enum kind kind,
                    const char *id)
{
    size_t at = strlen("\"") + strlen(kind_id_member(kind)) + strlen("\":\"");

    text_add_bytes(body, text_str(&draft->body), draft->body.len);
    if (!text_failed(body))
        memcpy(body->data + at, id, strlen(id));
}

int save_draft(struct emu *emu, const struct save *save, const struct draft *draft,
               const struct enrollment **ret, struct problem *p)
{
    const struct enrollment *old = store_enrollment(&emu->store, save->kind, draft->id);
    struct enrollment_parts parts = {.kind = save->kind, .type = draft->type};
    struct enrollment *made;
    struct text body;
    int r;

    r = check_old(save, draft->id, old, p);
    if (r < 0)
        return r;
    text_init(&body, draft->body.max);
    parts.id = old ? enrollment_id(old) : draft->id;
    respell(&body, draft, save->kind, parts.id);
    parts.body = text_str(&body);
    parts.attestation = text_str(&draft->attestation);
    parts.primary = text_str(&draft->primary);
    parts.secondary = text_str(&draft->secondary);
    parts.disabled = draft->disabled;
    parts.version = store_version(&emu->store);
    parts.updated_us = save->now_us;
    parts.created_us = old ? old->created_us : save->now_us;
    made = text_failed(&body) ? NULL : enrollment_new(&parts);
    text_release(&body);
    if (!made || store_put_enrollment(&emu->store, made) < 0) {
        enrollment_free(made);
        return problem_set(p, REFUSE_INTERNAL, "out of memory");
    }
    *ret = made;
    return 0;
}

int save_delete(struct emu *emu, enum kind kind, const char *id, const char *if_match,
                struct problem *p)
{
    const struct enrollment *old = store_enrollment(&emu->store, kind, id);
    const struct registration *state = store_registration(&emu->store, id);
    int r;

    if (!old)
        return problem_set(p, kind_missing(kind), "there is no '%s'", id);
    r = if_match ? check_etag(old, if_match, p) : 0;
    if (r < 0)
        return r;
    if (CHOICE_DELETE_ENROLLMENT_TAKES_REGISTRATION && kind == KIND_ENROLLMENT && state &&
        !registration_in_group(state))
        (void)store_delete_registration(&emu->store, id);
    (void)store_delete_enrollment(&emu->store, kind, id);
    return 0;
}
