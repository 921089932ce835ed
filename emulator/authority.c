#include "emulator/authority.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "emulator/codec.h"
#include "emulator/file.h"

enum { PEM_MAX = 64 * 1024, DAY_S = 24 * 3600, CA_DAYS = 3650, SERVER_DAYS = 397 };

/* A certificate and its key. */
struct identity {
    gnutls_x509_crt_t crt;
    gnutls_x509_privkey_t key;
};

static int identity_init(struct identity *id, struct failure *f)
{
    memset(id, 0, sizeof *id);
    if (gnutls_x509_crt_init(&id->crt) < 0 || gnutls_x509_privkey_init(&id->key) < 0)
        return failure_set(f, "out of memory");
    return 0;
}

static void identity_release(struct identity *id)
{
    if (id->crt)
        gnutls_x509_crt_deinit(id->crt);
    if (id->key)
        gnutls_x509_privkey_deinit(id->key);
}

static bool expires_soon(gnutls_x509_crt_t crt)
{
    return gnutls_x509_crt_get_expiration_time(crt) < time(NULL) + 30 * DAY_S;
}

/* Do the two belong together? They are written one after the other. */
static bool is_whole(const struct identity *id)
{
    unsigned char of_crt[64], of_key[64];
    size_t crt_size = sizeof of_crt, key_size = sizeof of_key;

    return gnutls_x509_crt_get_key_id(id->crt, 0, of_crt, &crt_size) == 0 &&
           gnutls_x509_privkey_get_key_id(id->key, 0, of_key, &key_size) == 0 &&
           crt_size == key_size && !memcmp(of_crt, of_key, key_size);
}

/* Read both files. 1 when they are there and good, 0 when they must be made, -1 with a
 * sentence. */
static int identity_read(struct identity *id, const char *crt_path, const char *key_path,
                         struct failure *f)
{
    struct text pem;
    gnutls_datum_t datum;
    bool good;

    if (access(crt_path, F_OK) < 0 || access(key_path, F_OK) < 0)
        return 0;
    text_init(&pem, PEM_MAX);
    if (file_read(crt_path, &pem, f) < 0) {
        text_release(&pem);
        return -1;
    }
    datum.data = (unsigned char *)pem.data;
    datum.size = (unsigned)pem.len;
    good = gnutls_x509_crt_import(id->crt, &datum, GNUTLS_X509_FMT_PEM) == 0;
    text_release(&pem);
    if (file_read(key_path, &pem, f) < 0) {
        text_wipe(&pem);
        return -1;
    }
    datum.data = (unsigned char *)pem.data;
    datum.size = (unsigned)pem.len;
    good = good && gnutls_x509_privkey_import(id->key, &datum, GNUTLS_X509_FMT_PEM) == 0;
    text_wipe(&pem);
    return good && is_whole(id) && !expires_soon(id->crt) ? 1 : 0;
}

/* Append the PEM of the certificate or, when `key`, of the key. */
static bool identity_print(const struct identity *id, bool key, struct text *t)
{
    gnutls_datum_t out = {NULL, 0};
    int r = key ? gnutls_x509_privkey_export2(id->key, GNUTLS_X509_FMT_PEM, &out)
                : gnutls_x509_crt_export2(id->crt, GNUTLS_X509_FMT_PEM, &out);

    if (r < 0)
        return false;
    text_add_bytes(t, out.data, out.size);
    explicit_bzero(out.data, out.size);
    gnutls_free(out.data);
    return !text_failed(t);
}

static int identity_write(const struct identity *id, const char *crt_path,
                          const char *key_path, struct failure *f)
{
    struct text crt, key;
    int r;

    text_init(&crt, PEM_MAX);
    text_init(&key, PEM_MAX);
    if (!identity_print(id, true, &key) || !identity_print(id, false, &crt))
        r = failure_set(f, "%s: cannot be written: out of memory", crt_path);
    else if ((r = file_write(key_path, &key, 0600, f)) == 0)
        r = file_write(crt_path, &crt, 0644, f);
    text_release(&crt);
    text_wipe(&key);
    return r;
}

/* What a certificate of either kind has: key, serial, times, name, identifiers. */
static int fill(struct identity *id, const char *name, int days)
{
    unsigned char serial[16], key_id[64];
    size_t size = sizeof key_id;
    time_t now = time(NULL);
    int r;

    if (!random_fill(serial, sizeof serial))
        return -1;
    serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40); /* positive, full length */
    r = gnutls_x509_privkey_generate(id->key, GNUTLS_PK_ECDSA,
                                     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (r < 0 || (r = gnutls_x509_crt_set_version(id->crt, 3)) < 0 ||
        (r = gnutls_x509_crt_set_serial(id->crt, serial, sizeof serial)) < 0 ||
        (r = gnutls_x509_crt_set_activation_time(id->crt, now - DAY_S)) < 0 ||
        (r = gnutls_x509_crt_set_expiration_time(id->crt, now + (time_t)days * DAY_S)) <
            0 ||
        (r = gnutls_x509_crt_set_key(id->crt, id->key)) < 0 ||
        (r = gnutls_x509_crt_set_dn_by_oid(id->crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                           (unsigned)strlen(name))) < 0 ||
        (r = gnutls_x509_crt_get_key_id(id->crt, 0, key_id, &size)) < 0)
        return r;
    return gnutls_x509_crt_set_subject_key_id(id->crt, key_id, size);
}

static int sign(struct identity *id, const struct identity *by)
{
    return gnutls_x509_crt_sign2(id->crt, by->crt, by->key, GNUTLS_DIG_SHA256, 0);
}

static int make_ca(struct identity *ca, struct failure *f)
{
    int r = fill(ca, "berth-emulator test authority", CA_DAYS);

    if (r < 0 || (r = gnutls_x509_crt_set_basic_constraints(ca->crt, 1, 0)) < 0 ||
        (r = gnutls_x509_crt_set_key_usage(ca->crt, GNUTLS_KEY_KEY_CERT_SIGN |
                                                        GNUTLS_KEY_CRL_SIGN)) < 0 ||
        (r = sign(ca, ca)) < 0)
        return failure_set(f, "the authority's certificate cannot be made: %s",
                           gnutls_strerror(r));
    return 0;
}

static int add_name(gnutls_x509_crt_t crt, const char *name)
{
    unsigned char address[16];

    if (inet_pton(AF_INET, name, address) == 1)
        return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, 4,
                                                    GNUTLS_FSAN_APPEND);
    if (inet_pton(AF_INET6, name, address) == 1)
        return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address,
                                                    16, GNUTLS_FSAN_APPEND);
    return gnutls_x509_crt_set_subject_alt_name(
        crt, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name), GNUTLS_FSAN_APPEND);
}

static int make_server(struct identity *server, const struct identity *ca,
                       const char *const names[4], struct failure *f)
{
    unsigned char ca_id[64];
    size_t size = sizeof ca_id;
    int r = fill(server, "berth-emulator", SERVER_DAYS), i;

    for (i = 0; r >= 0 && i < 4; i++)
        r = add_name(server->crt, names[i]);
    if (r < 0 || (r = gnutls_x509_crt_set_basic_constraints(server->crt, 0, -1)) < 0 ||
        (r = gnutls_x509_crt_set_key_usage(server->crt, GNUTLS_KEY_DIGITAL_SIGNATURE)) <
            0 ||
        (r = gnutls_x509_crt_set_key_purpose_oid(server->crt, GNUTLS_KP_TLS_WWW_SERVER,
                                                 0)) < 0 ||
        (r = gnutls_x509_crt_get_subject_key_id(ca->crt, ca_id, &size, NULL)) < 0 ||
        (r = gnutls_x509_crt_set_authority_key_id(server->crt, ca_id, size)) < 0 ||
        (r = sign(server, ca)) < 0)
        return failure_set(f, "the server's certificate cannot be made: %s",
                           gnutls_strerror(r));
    return 0;
}

/* Is the certificate from this authority, and for all the names? */
static bool serves(const struct identity *server, const struct identity *ca,
                   const char *const names[4])
{
    unsigned status = 0;
    int i;

    for (i = 0; i < 4; i++)
        if (!gnutls_x509_crt_check_hostname(server->crt, names[i]))
            return false;
    return gnutls_x509_crt_verify(server->crt, &ca->crt, 1, 0, &status) == 0 &&
           status == 0;
}

/* Read an identity; when it must be made, leave it fresh and empty and return 0. */
static int load(struct identity *id, const char *dir, const char *const files[2],
                char paths[2][FILE_PATH_MAX], struct failure *f)
{
    int r;

    if (identity_init(id, f) < 0 || file_path(paths[0], dir, files[0], f) < 0 ||
        file_path(paths[1], dir, files[1], f) < 0)
        return -1;
    r = identity_read(id, paths[0], paths[1], f);
    if (r == 0) {
        identity_release(id);
        r = identity_init(id, f);
    }
    return r;
}

static int load_ca(struct identity *ca, const char *dir, struct failure *f)
{
    static const char *const FILES[2] = {"ca.pem", "ca-key.pem"};
    char paths[2][FILE_PATH_MAX];
    int r = load(ca, dir, FILES, paths, f);

    if (r != 0)
        return r < 0 ? r : 0;
    r = make_ca(ca, f);
    return r < 0 ? r : identity_write(ca, paths[0], paths[1], f);
}

static int load_server(struct identity *server, const struct identity *ca,
                       const char *dir, const char *host_name, struct failure *f)
{
    static const char *const FILES[2] = {"server.pem", "server-key.pem"};
    const char *const names[4] = {"localhost", "127.0.0.1", "::1", host_name};
    char paths[2][FILE_PATH_MAX];
    int r = load(server, dir, FILES, paths, f);

    if (r < 0)
        return r;
    if (r > 0 && serves(server, ca, names))
        return 0;
    identity_release(server);
    r = identity_init(server, f);
    if (r == 0)
        r = make_server(server, ca, names, f);
    return r < 0 ? r : identity_write(server, paths[0], paths[1], f);
}

int authority_load(struct authority *a, const char *dir, const char *host_name,
                   struct failure *f)
{
    struct identity ca = {NULL, NULL}, server = {NULL, NULL};
    int r;

    text_init(&a->chain, PEM_MAX);
    text_init(&a->key, PEM_MAX);
    r = load_ca(&ca, dir, f);
    if (r == 0)
        r = load_server(&server, &ca, dir, host_name, f);
    if (r == 0 && (!identity_print(&server, false, &a->chain) ||
                   !identity_print(&ca, false, &a->chain) ||
                   !identity_print(&server, true, &a->key)))
        r = failure_set(f, "out of memory");
    identity_release(&ca);
    identity_release(&server);
    return r;
}

void authority_release(struct authority *a)
{
    text_release(&a->chain);
    text_wipe(&a->key);
}
