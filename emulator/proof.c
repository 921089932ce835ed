#include "emulator/proof.h"

#include <string.h>

#include "emulator/call.h"
#include "emulator/certificate.h"
#include "emulator/chain.h"
#include "emulator/moment.h"

/* Does the attestation of the enrollment have this member of x509? */
static bool has(const struct enrollment *e, const char *member)
{
    struct slice x509 = slice_member(enrollment_attestation(e), "x509");

    return slice_member(x509, member).len > 0;
}

/* Which of the enrollment's certificates the chain leads to; NULL: none. */
static const char *signer(const struct chain *chain, const struct enrollment *e)
{
    if (!has(e, "signingCertificates"))
        return NULL;
    if (chain_leads_to(chain, enrollment_primary(e)))
        return enrollment_primary(e);
    return chain_leads_to(chain, enrollment_secondary(e)) ? enrollment_secondary(e)
                                                          : NULL;
}

static int check_own(struct call *c, const struct chain *chain,
                     const struct enrollment *own)
{
    if (own->type != ATTESTATION_X509)
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           "the enrollment wants a signature (or a TPM), not a "
                           "certificate");
    if (has(own, "caReferences"))
        return problem_set(&c->problem, REFUSE_CERTIFICATE,
                           "the enrollment names its CA by reference, and this emulator "
                           "keeps no CA certificates; name signingCertificates");
    if (has(own, "clientCertificates") && (chain_is(chain, enrollment_primary(own)) ||
                                           chain_is(chain, enrollment_secondary(own))))
        return 0;
    if (signer(chain, own))
        return 0;
    return problem_set(&c->problem, REFUSE_CERTIFICATE,
                       "the certificate is none that the enrollment names, nor signed "
                       "by one");
}

static const struct enrollment *group_of(struct call *c, const struct chain *chain,
                                         size_t *ret_tried)
{
    const struct index_node *node =
        index_after(&c->emu->store.enrollments[KIND_GROUP], NULL);

    *ret_tried = 0;
    for (; node; node = node->next[0]) {
        const struct enrollment *group = node->value;

        if (group->type != ATTESTATION_X509)
            continue;
        (*ret_tried)++;
        if (signer(chain, group))
            return group;
    }
    return NULL;
}

static int find(struct call *c, const struct chain *chain, const char *id,
                const struct enrollment **ret)
{
    const struct enrollment *own = store_enrollment(&c->emu->store, KIND_ENROLLMENT, id);
    size_t tried;

    if (!chain_names(chain, id))
        return problem_set(&c->problem, REFUSE_CERTIFICATE,
                           "the common name of the certificate is not '%s'", id);
    if (!chain_in_time(chain, c->now_us / MOMENT_SECOND))
        return problem_set(&c->problem, REFUSE_CERTIFICATE,
                           "the certificate has expired or is not good yet");
    *ret = own;
    if (own)
        return check_own(c, chain, own);
    *ret = group_of(c, chain, &tried);
    if (*ret)
        return 0;
    if (!tried)
        return problem_set(&c->problem, REFUSE_NO_ENROLLMENT,
                           "no enrollment and no group is for this device");
    return problem_set(&c->problem, REFUSE_CERTIFICATE,
                       "the device has no enrollment and no group names a signer of its "
                       "certificate");
}

int proof_find(struct call *c, const char *id, const struct enrollment **ret)
{
    struct chain chain;
    int r;

    if (!chain_init(&chain, c->request))
        return problem_set(&c->problem, REFUSE_CERTIFICATE,
                           "a certificate of the client cannot be read");
    r = find(c, &chain, id, ret);
    c->by_certificate = r == 0;
    chain_release(&chain);
    return r;
}

void proof_add_result(struct text *t, const struct call *c, const struct enrollment *e)
{
    const char *signed_by;
    struct chain chain;

    if (!chain_init(&chain, c->request)) {
        t->failed = true; /* it was read before: there is no memory */
        return;
    }
    text_add(t, "{\"certificateInfo\":");
    chain_add_info(t, &chain);
    signed_by = signer(&chain, e);
    chain_release(&chain);
    if (e->kind == KIND_GROUP) {
        text_add(t, ",\"enrollmentGroupId\":");
        text_add_json(t, enrollment_id(e));
    }
    if (signed_by) {
        text_add(t, ",\"signingCertificateInfo\":");
        if (certificate_add_info(t, signed_by))
            t->failed = true;
    }
    text_add(t, "}");
}
