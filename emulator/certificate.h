#ifndef EMULATOR_CERTIFICATE_H
#define EMULATOR_CERTIFICATE_H
/* X.509 certificates that clients send. Invariant: nothing is kept; the text belongs to
 * the caller. */

#include <gnutls/x509.h>

struct text;

/* Read a certificate (PEM, or base64 of DER) into `crt`; 0, or negative when it is none.
 */
int certificate_import(gnutls_x509_crt_t crt, const char *certificate);
/* Append the X509CertificateInfo of one that was read. */
void certificate_add_info_of(struct text *t, gnutls_x509_crt_t crt);

/* Read a certificate (PEM, or base64 of DER) and append its X509CertificateInfo. NULL, or
 * what is wrong with it. */
const char *certificate_add_info(struct text *t, const char *certificate);

#endif
