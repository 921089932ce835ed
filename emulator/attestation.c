/* How devices of an enrollment prove who they are: reading the attestation of a draft. */
#include <string.h>

#include "emulator/certificate.h"
#include "emulator/codec.h"
#include "emulator/draft.h"
#include "emulator/sas.h"

/* Take over a key, or make one when it is missing or empty. */
static int read_key(struct text *out, const json_t *keys, const char *name,
                    struct problem *p)
{
    const json_t *value = draft_given(keys, name);
    const char *key = json_string_value(value);
    char made[KEY_TEXT_SIZE];

    if (value && !key)
        return problem_set(p, REFUSE_BAD_REQUEST, "symmetricKey.%s: must be a string",
                           name);
    if (!key || !*key) {
        if (!key_generate(made))
            return problem_set(p, REFUSE_INTERNAL, "no random bytes for a key");
        text_add(out, made);
        explicit_bzero(made, sizeof made);
        return 0;
    }
    if (key_length(key) < 0)
        return problem_set(p, REFUSE_BAD_REQUEST,
                           "symmetricKey.%s: must be base64 of 16 to 64 bytes", name);
    text_add(out, key);
    return 0;
}

static int read_symmetric(struct draft *d, const json_t *json, struct problem *p)
{
    const json_t *keys = draft_given(json, "symmetricKey");
    int r;

    if (keys && !json_is_object(keys))
        return problem_set(p, REFUSE_BAD_REQUEST, "symmetricKey: must be an object");
    r = read_key(&d->primary, keys, "primaryKey", p);
    if (r == 0)
        r = read_key(&d->secondary, keys, "secondaryKey", p);
    d->type = ATTESTATION_SYMMETRIC_KEY;
    text_add(&d->attestation, "{\"type\":\"symmetricKey\"}");
    return r;
}

static int read_tpm_key(struct draft *d, const json_t *tpm, const char *name,
                        struct problem *p)
{
    const json_t *value = draft_given(tpm, name);
    const char *key = json_string_value(value);
    unsigned char raw[4096];

    if (!value)
        return 0;
    if (!key || base64_read(key, raw, sizeof raw) <= 0)
        return problem_set(p, REFUSE_BAD_REQUEST, "tpm.%s: must be base64", name);
    text_addf(&d->attestation, "%s\"%s\":", strcmp(name, "storageRootKey") ? "" : ",",
              name);
    text_add_json(&d->attestation, key);
    return 0;
}

static int read_tpm(struct draft *d, const struct draft_source *source,
                    const json_t *json, struct problem *p)
{
    const json_t *tpm = draft_given(json, "tpm");
    int r;

    if (source->kind == KIND_GROUP)
        return problem_set(p, REFUSE_BAD_REQUEST,
                           "attestation: a group cannot use a TPM");
    if (!draft_given(tpm, "endorsementKey"))
        return problem_set(p, REFUSE_BAD_REQUEST, "tpm.endorsementKey: is missing");
    d->type = ATTESTATION_TPM;
    text_add(&d->attestation, "{\"type\":\"tpm\",\"tpm\":{");
    r = read_tpm_key(d, tpm, "endorsementKey", p);
    if (r == 0)
        r = read_tpm_key(d, tpm, "storageRootKey", p);
    text_add(&d->attestation, "}}");
    return r;
}

/* One certificate: its text is kept apart, its info shown. */
static int read_certificate(struct draft *d, const json_t *pair, const char *slot,
                            struct problem *p)
{
    const char *text =
        json_string_value(json_object_get(draft_given(pair, slot), "certificate"));
    bool primary = !strcmp(slot, "primary");
    const char *wrong;

    if (!draft_given(pair, slot) && !primary)
        return 0;
    if (!text || !*text)
        return problem_set(p, REFUSE_BAD_REQUEST,
                           "x509: the %s certificate is missing; send it again with "
                           "every change",
                           slot);
    text_addf(&d->attestation, "%s\"%s\":{\"info\":", primary ? "" : ",", slot);
    wrong = certificate_add_info(&d->attestation, text);
    if (wrong)
        return problem_set(p, REFUSE_BAD_REQUEST, "x509: the %s certificate %s", slot,
                           wrong);
    text_add(&d->attestation, "}");
    text_add(primary ? &d->primary : &d->secondary, text);
    return 0;
}

static int read_ca_references(struct draft *d, const json_t *references,
                              struct problem *p)
{
    const char *primary = json_string_value(json_object_get(references, "primary"));
    const json_t *second = draft_given(references, "secondary");

    if (!primary || !*primary || (second && !json_is_string(second)))
        return problem_set(p, REFUSE_BAD_REQUEST,
                           "x509.caReferences: needs primary and may have secondary, "
                           "both names of CA certificates");
    text_add(&d->attestation, "\"primary\":");
    text_add_json(&d->attestation, primary);
    if (second) {
        text_add(&d->attestation, ",\"secondary\":");
        text_add_json(&d->attestation, json_string_value(second));
    }
    return 0;
}

/* May an enrollment of this kind name certificates in this member? */
static bool may_name(enum kind kind, const char *member)
{
    if (!strcmp(member, "clientCertificates"))
        return kind == KIND_ENROLLMENT;
    if (!strcmp(member, "signingCertificates"))
        return kind == KIND_GROUP || CHOICE_INDIVIDUAL_SIGNING_CERTIFICATES;
    return true;
}

static int read_x509(struct draft *d, const struct draft_source *source,
                     const json_t *json, struct problem *p)
{
    static const char *const MEMBERS[] = {"clientCertificates", "signingCertificates",
                                          "caReferences"};
    const json_t *x509 = draft_given(json, "x509"), *value = NULL;
    const char *member = NULL;
    size_t i, found = 0;
    int r;

    for (i = 0; i < 3; i++)
        if (draft_given(x509, MEMBERS[i])) {
            member = MEMBERS[i];
            value = draft_given(x509, member);
            found++;
        }
    if (found != 1 || !may_name(source->kind, member))
        return problem_set(
            p, REFUSE_BAD_REQUEST, "x509: needs either caReferences or %s, and not both",
            source->kind == KIND_GROUP ? "signingCertificates" : "clientCertificates");
    d->type = ATTESTATION_X509;
    text_addf(&d->attestation, "{\"type\":\"x509\",\"x509\":{\"%s\":{", member);
    if (!strcmp(member, "caReferences"))
        r = read_ca_references(d, value, p);
    else if ((r = read_certificate(d, value, "primary", p)) == 0)
        r = read_certificate(d, value, "secondary", p);
    text_add(&d->attestation, "}}}");
    return r;
}

int draft_read_attestation(struct draft *d, const struct draft_source *source,
                           struct problem *p)
{
    const json_t *json = draft_given(source->json, "attestation");
    const char *type = json_string_value(json_object_get(json, "type"));

    if (!json_is_object(json))
        return problem_set(p, REFUSE_BAD_REQUEST, "attestation: is missing or no object");
    if (!type)
        return problem_set(p, REFUSE_BAD_REQUEST,
                           "attestation.type: is missing or no string");
    if (!strcmp(type, "symmetricKey"))
        return read_symmetric(d, json, p);
    if (!strcmp(type, "tpm"))
        return read_tpm(d, source, json, p);
    if (!strcmp(type, "x509"))
        return read_x509(d, source, json, p);
    return problem_set(p, REFUSE_BAD_REQUEST,
                       "attestation.type: '%.40s' is none of symmetricKey, x509 and tpm",
                       type);
}
