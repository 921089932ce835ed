#include "host/poll/digest.h"

#include <endian.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

static void cleanup_digest(EVP_MD_CTX **ctx)
{
    EVP_MD_CTX_free(*ctx);
}

static bool add(EVP_MD_CTX *ctx, struct berth_str part)
{
    uint64_t len = htole64(part.len);
    return EVP_DigestUpdate(ctx, &len, sizeof(len)) == 1 &&
           EVP_DigestUpdate(ctx, part.ptr, part.len) == 1;
}

int digest_parts(const struct berth_str *parts, size_t count, char ret_hex[DIGEST_HEX],
                 struct berth_error *err)
{
    cleanup(digest) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx)
        return fail_no_memory(err);
    unsigned char digest[EVP_MAX_MD_SIZE];
    bool ok = EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; i < count; i++)
        ok = ok && add(ctx, parts[i]);
    if (!ok || EVP_DigestFinal_ex(ctx, digest, NULL) != 1)
        return fail(err, BERTH_E_INTERNAL, "OpenSSL refuses SHA-256");
    str_hex(digest, (DIGEST_HEX - 1) / 2, ret_hex);
    ret_hex[DIGEST_HEX - 1] = '\0';
    return 0;
}
