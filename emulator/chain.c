#include "emulator/chain.h"

#include <string.h>

#include "emulator/certificate.h"
#include "emulator/ident.h"

bool chain_init(struct chain *chain, const struct emu_request *request)
{
    size_t i;

    memset(chain, 0, sizeof *chain);
    for (i = 0; i < request->certificate_count; i++) {
        gnutls_datum_t der = {NULL, request->certificates[i].len};
        unsigned char copy[16 * 1024];

        if (der.size > sizeof copy || gnutls_x509_crt_init(&chain->crts[i]) < 0)
            break;
        chain->count++;
        memcpy(copy, request->certificates[i].p, der.size);
        der.data = copy;
        if (gnutls_x509_crt_import(chain->crts[i], &der, GNUTLS_X509_FMT_DER) < 0)
            break;
    }
    if (i > 0 && i == request->certificate_count)
        return true;
    chain_release(chain);
    return false;
}

void chain_release(struct chain *chain)
{
    while (chain->count)
        gnutls_x509_crt_deinit(chain->crts[--chain->count]);
}

bool chain_names(const struct chain *chain, const char *id)
{
    char name[2 * IDENT_MAX];
    size_t size = sizeof name - 1;

    if (gnutls_x509_crt_get_dn_by_oid(chain->crts[0], GNUTLS_OID_X520_COMMON_NAME, 0, 0,
                                      name, &size) < 0)
        return false;
    name[size] = '\0';
    return ident_equal(name, id);
}

bool chain_in_time(const struct chain *chain, int64_t now)
{
    return gnutls_x509_crt_get_activation_time(chain->crts[0]) <= now &&
           now <= gnutls_x509_crt_get_expiration_time(chain->crts[0]);
}

bool chain_is(const struct chain *chain, const char *certificate)
{
    gnutls_x509_crt_t crt;
    bool same = false;

    if (gnutls_x509_crt_init(&crt) < 0)
        return false;
    if (certificate_import(crt, certificate) == 0)
        same = gnutls_x509_crt_equals(crt, chain->crts[0]) != 0;
    gnutls_x509_crt_deinit(crt);
    return same;
}

/* The chain up to one trusted certificate. Its times are looked at by chain_in_time(),
 * since the emulator's clock may be another than the machine's. */
static bool verify(const struct chain *chain, gnutls_x509_crt_t trusted)
{
    const unsigned flags = GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
                           GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS |
                           GNUTLS_VERIFY_DISABLE_CRL_CHECKS;
    gnutls_x509_crt_t crts[EMU_CERTIFICATES_MAX];
    gnutls_x509_trust_list_t list;
    unsigned status = 1;

    memcpy(crts, chain->crts, sizeof crts);
    if (gnutls_x509_trust_list_init(&list, 0) < 0)
        return false;
    if (gnutls_x509_trust_list_add_cas(list, &trusted, 1, 0) != 1 ||
        gnutls_x509_trust_list_verify_crt(list, crts, chain->count, flags, &status,
                                          NULL) < 0)
        status = 1;
    gnutls_x509_trust_list_deinit(list, 0);
    return status == 0;
}

bool chain_leads_to(const struct chain *chain, const char *certificate)
{
    gnutls_x509_crt_t trusted;
    bool good = false;

    if (!*certificate || gnutls_x509_crt_init(&trusted) < 0)
        return false;
    if (certificate_import(trusted, certificate) == 0 &&
        !gnutls_x509_crt_equals(trusted, chain->crts[0]))
        good = verify(chain, trusted);
    gnutls_x509_crt_deinit(trusted);
    return good;
}

void chain_add_info(struct text *t, const struct chain *chain)
{
    certificate_add_info_of(t, chain->crts[0]);
}
