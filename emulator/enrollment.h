#ifndef EMULATOR_ENROLLMENT_H
#define EMULATOR_ENROLLMENT_H
/* One individual enrollment or enrollment group as it is kept: the JSON that queries
 * show, its credentials apart. Invariant: an enrollment never changes; an update makes a
 * new one in its place, so its JSON is written once and copied ever after. */
#include <stdbool.h>
#include <stdint.h>

#include "emulator/slice.h"

struct text;

enum kind { KIND_ENROLLMENT, KIND_GROUP, KIND_REGISTRATION };

enum attestation { ATTESTATION_SYMMETRIC_KEY, ATTESTATION_TPM, ATTESTATION_X509 };

/* What an enrollment is made of; all borrowed while enrollment_new() copies it. */
struct enrollment_parts {
    enum kind kind;
    const char *id;
    const char *body;        /* members but attestation, etag and dates: "a":1,"b":2 */
    const char *attestation; /* the object as shown, without secrets */
    const char *primary;     /* symmetric key or certificate, "" when there is none */
    const char *secondary;
    enum attestation type;
    bool disabled;
    uint64_t version; /* counts changes over the whole store */
    int64_t created_us;
    int64_t updated_us;
};

struct enrollment {
    int64_t created_us;
    int64_t updated_us;
    uint64_t version;
    uint32_t shown, primary, secondary;      /* offsets into text */
    uint32_t attestation, behind, shown_len; /* offsets into shown: where the attestation
                                                begins, ends, and where all ends */
    uint8_t kind, type;
    bool disabled;
    char text[]; /* the id first */
};

enum { ETAG_SIZE = 48 };

/* A copy of the parts in one allocation; NULL when there is no memory. enrollment_free()
 * wipes it. */
struct enrollment *enrollment_new(const struct enrollment_parts *parts);
void enrollment_free(struct enrollment *e);

static inline const char *enrollment_id(const struct enrollment *e)
{
    return e->text;
}

/* Symmetric keys in base64. */
static inline const char *enrollment_primary(const struct enrollment *e)
{
    return e->text + e->primary;
}

static inline const char *enrollment_secondary(const struct enrollment *e)
{
    return e->text + e->secondary;
}

/* The whole JSON object without secrets; shown_len bytes. */
static inline const char *enrollment_shown(const struct enrollment *e)
{
    return e->text + e->shown;
}

/* The body and the attestation that it was made of. Borrowed. */
struct slice enrollment_body(const struct enrollment *e);
struct slice enrollment_attestation(const struct enrollment *e);

/* The etag of a version, its quotes included: "00000001-0000-0300-0000-62d1d5e50000". */
void etag_format(uint64_t version, int64_t updated_us, char out[ETAG_SIZE]);
/* Does an If-Match value (quoted, bare, * or "*") accept this etag? */
bool etag_matches(const char *if_match, const char *etag);
/* Is the If-Match value one that accepts everything? */
bool etag_is_any(const char *if_match);

/* Append the JSON object: with the symmetric keys when `secrets`; `state` (may be NULL)
 * becomes registrationState. */
void enrollment_add(struct text *t, const struct enrollment *e, bool secrets,
                    const char *state);
/* Append its AttestationMechanism with its keys. */
void enrollment_add_attestation(struct text *t, const struct enrollment *e, bool secrets);

#endif
