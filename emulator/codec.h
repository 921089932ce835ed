#ifndef EMULATOR_CODEC_H
#define EMULATOR_CODEC_H
/* Encodings and the few primitives of cryptography the emulator needs. Invariant: nothing
 * here keeps state; every buffer belongs to the caller. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

enum {
    DIGEST_SIZE = 32,   /* bytes of HMAC-SHA256 */
    KEY_MIN = 16,       /* bytes of a symmetric key, shortest */
    KEY_MAX = 64,       /* and longest; also what the service generates */
    KEY_TEXT_SIZE = 89, /* base64 of KEY_MAX bytes and a NUL */
    GUID_SIZE = 37,     /* xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx and a NUL */
};

/* Append the base64 of `len` bytes. */
void base64_add(struct text *t, const void *p, size_t len);
/* Decode strict base64 (padded, no white space) into `out`; the number of bytes, or -1
 * when it is not base64 or needs more than `size`. */
int base64_read(const char *s, unsigned char *out, size_t size);

/* Percent-decode `len` bytes of `s` into `out`, which always ends in a NUL. The number of
 * bytes; PERCENT_BROKEN at a broken escape or an encoded NUL; PERCENT_LONG when `size` is
 * too small: `out` then holds the beginning. */
enum { PERCENT_BROKEN = -1, PERCENT_LONG = -2 };
int percent_decode(const char *s, size_t len, char *out, size_t size);

/* HMAC-SHA256 of `len` bytes under a raw key. False when the library refuses. */
bool hmac_sha256(const void *key, size_t key_len, const void *p, size_t len,
                 unsigned char out[DIGEST_SIZE]);
/* Compare without telling by time where they differ. */
bool bytes_equal(const void *a, const void *b, size_t len);
/* Fill with random bytes fit for keys; false when there are none. */
bool random_fill(void *p, size_t len);
/* A random symmetric key in base64, as the service makes them: 64 bytes. */
bool key_generate(char out[KEY_TEXT_SIZE]);
/* Write 16 bytes in the form of a GUID. */
void guid_format(const unsigned char bytes[16], char out[GUID_SIZE]);

#endif
