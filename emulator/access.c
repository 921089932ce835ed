#include "emulator/access.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "emulator/call.h"
#include "emulator/proof.h"
#include "emulator/sas.h"

/* The token, unless it is broken or too old. */
static int token_read(struct call *c, struct sas *sas)
{
    const char *wrong = sas_read(c->request->authorization, sas);

    if (!wrong)
        (void)snprintf(c->policy, sizeof c->policy, "%.63s", sas->skn);
    if (!wrong && sas_expired(sas, c->now_us))
        wrong = "the token has expired";
    if (wrong)
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED, "%s", wrong);
    return 0;
}

/* host/path, as the audience of a token would name it. */
static bool covers_host(const struct call *c, const struct sas *sas, const char *host,
                        int host_len)
{
    char resource[ROUTE_PATH_MAX + 300];

    (void)snprintf(resource, sizeof resource, "%.*s/%s", host_len, host, c->route.path);
    return sas_covers(sas, resource);
}

/* The length of a Host header without its port. */
static int host_length(const char *host)
{
    const char *colon = strrchr(host, ':');

    if (!colon || strchr(colon, ']'))
        return (int)strlen(host);
    return (int)(colon - host);
}

/* Is the token for this host (as the client calls it, or by its own name), with or
 * without a port? */
static bool audience_good(const struct call *c, const struct sas *sas)
{
    const char *host = c->request->host ? c->request->host : "";
    const char *own = c->emu->options.host_name;

    if (strlen(host) > 280)
        return false;
    return covers_host(c, sas, host, (int)strlen(host)) ||
           (CHOICE_AUDIENCE_PORT_OPTIONAL &&
            covers_host(c, sas, host, host_length(host))) ||
           covers_host(c, sas, own, (int)strlen(own));
}

int access_service(struct call *c)
{
    const struct policy *policy;
    struct sas sas;
    int r = token_read(c, &sas);

    if (r < 0)
        return r;
    if (!audience_good(c, &sas))
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           "sr of the token names another host or path");
    policy = keys_policy(&c->emu->keys, sas.skn);
    if (!policy)
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           "there is no policy '%.100s' (skn)", sas.skn);
    if (!sas_signed_by(&sas, policy->primary) && !sas_signed_by(&sas, policy->secondary))
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           "neither key of policy '%s' made this signature",
                           policy->name);
    if (!(policy->rights & c->route.operation->right))
        return problem_set(&c->problem, REFUSE_NO_RIGHT,
                           "policy '%s' has not the right for %s", policy->name,
                           c->route.operation->id);
    return 0;
}

/* Is the token made with a key that is derived from this group's? */
static bool derived_from(const struct sas *sas, const char *id, const char *group_key)
{
    char key[KEY_TEXT_SIZE];
    bool same = device_key_derive(group_key, id, key) && sas_signed_by(sas, key);

    explicit_bzero(key, sizeof key);
    return same;
}

static const struct enrollment *group_of(struct call *c, const struct sas *sas,
                                         const char *id, size_t *ret_tried)
{
    const struct index_node *node =
        index_after(&c->emu->store.enrollments[KIND_GROUP], NULL);

    *ret_tried = 0;
    for (; node; node = node->next[0]) {
        const struct enrollment *group = node->value;

        if (group->type != ATTESTATION_SYMMETRIC_KEY)
            continue;
        (*ret_tried)++;
        if (derived_from(sas, id, enrollment_primary(group)) ||
            derived_from(sas, id, enrollment_secondary(group)))
            return group;
    }
    return NULL;
}

static int individual_check(struct call *c, const struct sas *sas,
                            const struct enrollment *own)
{
    if (own->type != ATTESTATION_SYMMETRIC_KEY)
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           own->type == ATTESTATION_X509
                               ? "the enrollment wants a client certificate (X.509), not "
                                 "a signature"
                               : "the enrollment wants TPM attestation, which this "
                                 "emulator does not do for devices");
    if (!sas_signed_by(sas, enrollment_primary(own)) &&
        !sas_signed_by(sas, enrollment_secondary(own)))
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           "neither key of the enrollment made this signature");
    return 0;
}

int access_device(struct call *c, const char *id, const struct enrollment **ret)
{
    const struct enrollment *own = store_enrollment(&c->emu->store, KIND_ENROLLMENT, id);
    struct sas sas;
    size_t tried;

    if (!c->request->authorization && c->request->certificate_count)
        return proof_find(c, id, ret);
    if (!c->request->authorization)
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           "there is neither an Authorization header nor a client "
                           "certificate (X.509); TPM attestation is not done by this "
                           "emulator");
    if (token_read(c, &sas) < 0)
        return -1;
    if (!sas_covers(&sas, c->route.path))
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           "sr of the token names another device");
    if (CHOICE_DEVICE_SKN_CHECKED && *sas.skn && strcasecmp(sas.skn, "registration") != 0)
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           "skn of a device's token must be registration");
    *ret = own;
    if (own)
        return individual_check(c, &sas, own);
    *ret = group_of(c, &sas, id, &tried);
    if (*ret)
        return 0;
    if (!tried)
        return problem_set(&c->problem, REFUSE_NO_ENROLLMENT,
                           "no enrollment and no group is for this device");
    return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                       "the device has no enrollment and no group's key made this "
                       "signature");
}
