/* A certificate authority for one test. Invariant: keys exist in memory only; what is
 * written is the CA's certificate, into the test's own folder. Failures end the test. */
#ifndef BERTH_TEST_CA_H
#define BERTH_TEST_CA_H

#include <gnutls/gnutls.h>

struct test_ca;

struct test_ca *test_ca_new(const char *name);
void test_ca_free(struct test_ca *ca);

/* Write the certificate as PEM. */
void test_ca_write(const struct test_ca *ca, const char *path);

/* A server's certificate for `name` (a host name or an IPv4 address), valid from an hour
 * ago until `lifetime_s` from then. */
gnutls_certificate_credentials_t test_ca_issue(const struct test_ca *ca, const char *name,
                                               long lifetime_s);

#endif
