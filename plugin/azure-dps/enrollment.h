/* What an enrollment's JSON needs before it is written. Invariant: a symmetric key that
 * the input does not give is never left out of what is written over an enrollment that
 * has one: the service would make a new one, and lock its devices out. */
#ifndef BERTH_AZURE_DPS_ENROLLMENT_H
#define BERTH_AZURE_DPS_ENROLLMENT_H

#include "azure-dps/dps.h"

/* A copy to be written: without the members that the service fills (createdDateTimeUtc,
 * lastUpdatedDateTimeUtc, registrationState, etag, the certificates' info), without
 * nulls, without `ifMatch`, and with no attestation but that of its type. Null: out of
 * memory. */
json_t *enrollment_body_new(const json_t *source);

/* Is that a member that the service fills? */
bool enrollment_is_filled(struct berth_str name);

/* BERTH_E_INVALID when it has an X.509 attestation whose certificates are not there: the
 * service does not give them back, so they cannot be kept. */
int enrollment_check(const json_t *body, struct berth_error *err);

/* Is its attestation a symmetric key? */
bool enrollment_has_keys(const json_t *enrollment);

/* ... and is one of the two keys not given? */
bool enrollment_lacks_keys(const json_t *enrollment);

/* Fill in the keys that are not given from an attestation mechanism as the service
 * answers it. False: out of memory. */
bool enrollment_fill_keys(json_t *enrollment, const json_t *mechanism);

/* Is what was written there (1) or not (0)? Certificates, which are not given back, do
 * not count. BERTH_E_NO_MEMORY. */
int enrollment_is_written(const json_t *current, const json_t *body);

#endif
