#ifndef EMULATOR_CHAIN_H
#define EMULATOR_CHAIN_H
/* The certificates that a device shows in its TLS connection. Invariant: the first is the
 * device's own, whose key it has proved to hold; nothing else of the chain is trusted
 * before it leads to a certificate that an enrollment names. */
#include <gnutls/x509.h>

#include "emulator/emu.h"

struct chain {
    gnutls_x509_crt_t crts[EMU_CERTIFICATES_MAX];
    unsigned count;
};

/* Read what came with the request; false when there is none, or one cannot be read. */
bool chain_init(struct chain *chain, const struct emu_request *request);
void chain_release(struct chain *chain);

/* Is the common name of the device's certificate this id, in whatever case? */
bool chain_names(const struct chain *chain, const char *id);
/* Is the device's certificate good at this time (seconds since 1970)? */
bool chain_in_time(const struct chain *chain, int64_t now);
/* Is the device's certificate this one (PEM or base64 of DER)? */
bool chain_is(const struct chain *chain, const char *certificate);
/* Was the device's certificate signed by this one, directly or through the others? */
bool chain_leads_to(const struct chain *chain, const char *certificate);
/* Append the X509CertificateInfo of the device's certificate. */
void chain_add_info(struct text *t, const struct chain *chain);

#endif
