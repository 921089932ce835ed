#include "tests/support/test_ca.h"

#include <arpa/inet.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct test_ca {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
};

static void must(int r, const char *what)
{
    if (r >= 0)
        return;
    (void)fprintf(stderr, "%s: %s\n", what, gnutls_strerror(r));
    abort();
}

static gnutls_x509_privkey_t new_key(void)
{
    gnutls_x509_privkey_t key;
    must(gnutls_x509_privkey_init(&key), "key");
    must(gnutls_x509_privkey_generate(
             key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
         "key");
    return key;
}

static gnutls_x509_crt_t new_crt(gnutls_x509_privkey_t key, const char *name,
                                 unsigned char serial, long lifetime_s)
{
    gnutls_x509_crt_t crt;
    time_t from = time(NULL) - 3600;
    must(gnutls_x509_crt_init(&crt), "certificate");
    must(gnutls_x509_crt_set_version(crt, 3), "version");
    must(gnutls_x509_crt_set_serial(crt, &serial, 1), "serial");
    must(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                       (unsigned)strlen(name)),
         "name");
    must(gnutls_x509_crt_set_activation_time(crt, from), "from");
    must(gnutls_x509_crt_set_expiration_time(crt, from + lifetime_s), "until");
    must(gnutls_x509_crt_set_key(crt, key), "key");
    return crt;
}

struct test_ca *test_ca_new(const char *name)
{
    struct test_ca *ca = calloc(1, sizeof(*ca));
    if (!ca)
        abort();
    ca->key = new_key();
    ca->crt = new_crt(ca->key, name, 1, 2 * 24 * 3600);
    must(gnutls_x509_crt_set_basic_constraints(ca->crt, 1, 0), "constraints");
    must(gnutls_x509_crt_set_key_usage(ca->crt, GNUTLS_KEY_KEY_CERT_SIGN), "usage");
    must(gnutls_x509_crt_sign2(ca->crt, ca->crt, ca->key, GNUTLS_DIG_SHA256, 0), "sign");
    return ca;
}

void test_ca_free(struct test_ca *ca)
{
    gnutls_x509_crt_deinit(ca->crt);
    gnutls_x509_privkey_deinit(ca->key);
    free(ca);
}

void test_ca_write(const struct test_ca *ca, const char *path)
{
    gnutls_datum_t pem;
    must(gnutls_x509_crt_export2(ca->crt, GNUTLS_X509_FMT_PEM, &pem), "export");
    FILE *f = fopen(path, "we");
    if (!f || fwrite(pem.data, 1, pem.size, f) != pem.size || fclose(f) != 0)
        abort();
    gnutls_free(pem.data);
}

gnutls_certificate_credentials_t test_ca_issue(const struct test_ca *ca, const char *name,
                                               long lifetime_s)
{
    gnutls_x509_privkey_t key = new_key();
    gnutls_x509_crt_t crt = new_crt(key, name, 2, lifetime_s);
    struct in_addr ip;
    if (inet_pton(AF_INET, name, &ip) == 1)
        must(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, &ip,
                                                  sizeof(ip), GNUTLS_FSAN_SET),
             "address");
    else
        must(gnutls_x509_crt_set_subject_alt_name(
                 crt, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name), GNUTLS_FSAN_SET),
             "name");
    must(gnutls_x509_crt_sign2(crt, ca->crt, ca->key, GNUTLS_DIG_SHA256, 0), "sign");
    gnutls_certificate_credentials_t credentials;
    must(gnutls_certificate_allocate_credentials(&credentials), "credentials");
    must(gnutls_certificate_set_x509_key(credentials, &crt, 1, key), "credentials");
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
    return credentials;
}
