#include "host/secret/seal.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

static void cleanup_cipher(EVP_CIPHER_CTX **ctx)
{
    EVP_CIPHER_CTX_free(*ctx);
}

/* A buffer that is wiped before it is given back. */
struct scratch {
    unsigned char *data;
    size_t size;
};

static void cleanup_scratch(struct scratch *s)
{
    if (s->data)
        OPENSSL_cleanse(s->data, s->size);
    free(s->data);
}

int seal_random(void *buffer, size_t size, struct berth_error *err)
{
    if (size > INT_MAX || RAND_bytes(buffer, (int)size) != 1)
        return fail(err, BERTH_E_INTERNAL, "the system gives no random numbers");
    return 0;
}

static int fail_cipher(struct berth_error *err)
{
    return fail(err, BERTH_E_INTERNAL, "OpenSSL refuses AES-256-GCM");
}

static const unsigned char *bytes(struct berth_str s)
{
    return (const unsigned char *)(s.len ? s.ptr : "");
}

static int encrypt(const unsigned char *key, struct berth_str context,
                   struct berth_str plain, unsigned char *out)
{
    cleanup(cipher) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    unsigned char *body = out + SEAL_NONCE_SIZE;
    int len, more;
    return ctx && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
           EVP_EncryptUpdate(ctx, NULL, &len, bytes(context), (int)context.len) == 1 &&
           EVP_EncryptUpdate(ctx, body, &len, bytes(plain), (int)plain.len) == 1 &&
           EVP_EncryptFinal_ex(ctx, body + len, &more) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, SEAL_TAG_SIZE,
                               body + plain.len) == 1;
}

int seal_close(const unsigned char key[SEAL_KEY_SIZE], struct berth_str context,
               struct berth_str plain, struct text *ret_sealed, struct berth_error *err)
{
    if (plain.len > INT_MAX / 2 || context.len > INT_MAX / 2)
        return fail(err, BERTH_E_INVALID, "the secret is too long");
    size_t size = SEAL_NONCE_SIZE + plain.len + SEAL_TAG_SIZE;
    cleanup(scratch) struct scratch out = {malloc(size), size};
    if (!out.data)
        return fail_no_memory(err);
    int r = seal_random(out.data, SEAL_NONCE_SIZE, err);
    if (r < 0)
        return r;
    if (!encrypt(key, context, plain, out.data))
        return fail_cipher(err);
    text_add_str(ret_sealed, (struct berth_str){(const char *)out.data, size});
    return text_failed(ret_sealed) ? fail_no_memory(err) : 0;
}

/* 1: genuine; 0: not. */
static int decrypt(EVP_CIPHER_CTX *ctx, struct berth_str body, const unsigned char *tag,
                   unsigned char *out)
{
    unsigned char copy[SEAL_TAG_SIZE];
    memcpy(copy, tag, sizeof(copy));
    int len, more;
    return EVP_DecryptUpdate(ctx, out, &len, bytes(body), (int)body.len) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, SEAL_TAG_SIZE, copy) == 1 &&
           EVP_DecryptFinal_ex(ctx, out + len, &more) == 1;
}

int seal_open(const unsigned char key[SEAL_KEY_SIZE], struct berth_str context,
              struct berth_str sealed, struct text *ret_plain, struct berth_error *err)
{
    if (sealed.len < SEAL_NONCE_SIZE + SEAL_TAG_SIZE || sealed.len > INT_MAX / 2)
        return fail(err, BERTH_E_AUTH, "the ciphertext is damaged");
    struct berth_str body = {sealed.ptr + SEAL_NONCE_SIZE,
                             sealed.len - SEAL_NONCE_SIZE - SEAL_TAG_SIZE};
    cleanup(scratch) struct scratch out = {malloc(body.len + 1), body.len + 1};
    cleanup(cipher) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (!out.data || !ctx)
        return fail_no_memory(err);
    int len;
    if (EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, bytes(sealed)) != 1 ||
        EVP_DecryptUpdate(ctx, NULL, &len, bytes(context), (int)context.len) != 1)
        return fail_cipher(err);
    if (decrypt(ctx, body, bytes(body) + body.len, out.data) != 1)
        return fail(err, BERTH_E_AUTH, "the ciphertext does not fit the key");
    text_add_str(ret_plain, (struct berth_str){(const char *)out.data, body.len});
    return text_failed(ret_plain) ? fail_no_memory(err) : 0;
}
