#ifndef EMULATOR_CERTIFICATE_H
#define EMULATOR_CERTIFICATE_H
/* X.509 certificates that clients send. Invariant: nothing is kept; the text belongs to
 * the caller. */

struct text;

/* Read a certificate (PEM, or base64 of DER) and append its X509CertificateInfo. NULL, or
 * what is wrong with it. */
const char *certificate_add_info(struct text *t, const char *certificate);

#endif
