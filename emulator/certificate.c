#include "emulator/certificate.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/codec.h"
#include "emulator/moment.h"
#include "emulator/text.h"

enum { CERTIFICATE_MAX = 64 * 1024 };

/* White space may break the lines of base64. */
static unsigned char *der_new(const char *base64, unsigned *ret_len)
{
    size_t len = strlen(base64), used = 0, i;
    char *packed = len < CERTIFICATE_MAX ? malloc(len + 1) : NULL;
    unsigned char *der = malloc(len + 1);
    int n = -1;

    for (i = 0; packed && i < len; i++)
        if (!strchr(" \r\n\t", base64[i]))
            packed[used++] = base64[i];
    if (packed && der) {
        packed[used] = '\0';
        n = base64_read(packed, der, len);
    }
    free(packed);
    if (n <= 0) {
        free(der);
        return NULL;
    }
    *ret_len = (unsigned)n;
    return der;
}

int certificate_import(gnutls_x509_crt_t crt, const char *certificate)
{
    gnutls_datum_t datum;
    unsigned char *der;
    int r;

    if (strstr(certificate, "-----BEGIN ")) {
        char *copy = strdup(certificate);

        if (!copy)
            return GNUTLS_E_MEMORY_ERROR;
        datum.data = (unsigned char *)copy;
        datum.size = (unsigned)strlen(copy);
        r = gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_PEM);
        free(copy);
        return r;
    }
    der = der_new(certificate, &datum.size);
    if (!der)
        return GNUTLS_E_BASE64_DECODING_ERROR;
    datum.data = der;
    r = gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_DER);
    free(der);
    return r;
}

static void add_hex(struct text *t, const char *name, const unsigned char *p, size_t len)
{
    size_t i;

    text_addf(t, ",\"%s\":\"", name);
    for (i = 0; i < len; i++)
        text_addf(t, "%02X", p[i]);
    text_add(t, "\"");
}

static void add_name(struct text *t, const char *name, gnutls_x509_crt_t crt, bool issuer)
{
    gnutls_datum_t dn = {NULL, 0};
    int r = issuer ? gnutls_x509_crt_get_issuer_dn3(crt, &dn, 0)
                   : gnutls_x509_crt_get_dn3(crt, &dn, 0);

    text_addf(t, "%s\"%s\":", issuer ? "," : "", name);
    text_add_json(t, r == 0 && dn.data ? (const char *)dn.data : "");
    gnutls_free(dn.data);
}

static void add_time(struct text *t, const char *name, time_t at)
{
    char when[MOMENT_SIZE];

    moment_format((int64_t)at * MOMENT_SECOND, when);
    text_addf(t, ",\"%s\":\"%s\"", name, when);
}

void certificate_add_info_of(struct text *t, gnutls_x509_crt_t crt)
{
    unsigned char print[64];
    size_t size = sizeof print;

    text_add(t, "{");
    add_name(t, "subjectName", crt, false);
    if (gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA1, print, &size) == 0)
        add_hex(t, "sha1Thumbprint", print, size);
    size = sizeof print;
    if (gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, print, &size) == 0)
        add_hex(t, "sha256Thumbprint", print, size);
    add_name(t, "issuerName", crt, true);
    add_time(t, "notBeforeUtc", gnutls_x509_crt_get_activation_time(crt));
    add_time(t, "notAfterUtc", gnutls_x509_crt_get_expiration_time(crt));
    size = sizeof print;
    if (gnutls_x509_crt_get_serial(crt, print, &size) == 0)
        add_hex(t, "serialNumber", print, size);
    text_addf(t, ",\"version\":%d}", gnutls_x509_crt_get_version(crt));
}

const char *certificate_add_info(struct text *t, const char *certificate)
{
    gnutls_x509_crt_t crt;
    const char *wrong = NULL;

    if (gnutls_x509_crt_init(&crt) < 0)
        return "cannot be read: out of memory";
    if (certificate_import(crt, certificate) < 0)
        wrong = "is neither a PEM certificate nor base64 of a DER one";
    else
        certificate_add_info_of(t, crt);
    gnutls_x509_crt_deinit(crt);
    return wrong;
}
