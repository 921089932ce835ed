#ifndef EMULATOR_PROOF_H
#define EMULATOR_PROOF_H
/* Devices that prove who they are by a client certificate. Invariant: the certificate
 * names the device, is good at the emulator's time, and is the one that the enrollment
 * names or was signed by one that it names. */
#include "emulator/enrollment.h"

struct call;
struct text;

/* Find the enrollment that lets the device in that has shown this certificate: its own,
 * else the group that names a signer of it. The store is locked by the caller. -1 with
 * the problem set. */
int proof_find(struct call *c, const char *id, const struct enrollment **ret);
/* Append the X509RegistrationResult of a device that proof_find() let in. */
void proof_add_result(struct text *t, const struct call *c, const struct enrollment *e);

#endif
