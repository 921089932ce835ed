#ifndef EMULATOR_AUTHORITY_H
#define EMULATOR_AUTHORITY_H
/* The emulator's own certificate authority and the certificate it serves with. Invariant:
 * both are kept in the folder (keys mode 0600) and made anew only when they are missing
 * or damaged, expire soon or do not name what they must. */
#include "emulator/text.h"

struct failure;

struct authority {
    struct text chain; /* PEM: the server's certificate, then the authority's */
    struct text key;   /* PEM; a secret */
};

/* Load or make ca.pem, ca-key.pem, server.pem and server-key.pem in `dir` for localhost,
 * 127.0.0.1, ::1 and `host_name`. -1 with a sentence. */
int authority_load(struct authority *a, const char *dir, const char *host_name,
                   struct failure *f);
/* Wipe and free. */
void authority_release(struct authority *a);

#endif
