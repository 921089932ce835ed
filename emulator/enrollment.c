#include "emulator/enrollment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/moment.h"
#include "emulator/text.h"

static const char ATTESTATION[] = ",\"attestation\":";

static uint32_t place(struct enrollment *e, uint32_t *used, const char *s)
{
    uint32_t at = *used, size = (uint32_t)strlen(s) + 1;

    memcpy(e->text + at, s, size);
    *used += size;
    return at;
}

static uint32_t place_bytes(struct enrollment *e, uint32_t *used, const char *s)
{
    uint32_t at = place(e, used, s);

    --*used; /* the next one begins on its NUL */
    return at;
}

enum { TAIL_SIZE = 250 };

/* The members that the service adds, with the end of the object. */
static void tail_format(const struct enrollment_parts *parts, char out[TAIL_SIZE])
{
    char etag[ETAG_SIZE], created[MOMENT_SIZE], updated[MOMENT_SIZE];

    etag_format(parts->version, parts->updated_us, etag);
    etag[strlen(etag) - 1] = '\0';
    moment_format(parts->created_us, created);
    moment_format(parts->updated_us, updated);
    (void)snprintf(out, TAIL_SIZE,
                   ",\"etag\":\"\\\"%s\\\"\",\"createdDateTimeUtc\":\"%s\","
                   "\"lastUpdatedDateTimeUtc\":\"%s\"}",
                   etag + 1, created, updated);
}

/* Write the object that queries show. */
static void place_shown(struct enrollment *e, uint32_t *used,
                        const struct enrollment_parts *parts, const char *tail)
{
    e->shown = place_bytes(e, used, "{");
    (void)place_bytes(e, used, parts->body);
    (void)place_bytes(e, used, ATTESTATION);
    e->attestation = place_bytes(e, used, parts->attestation) - e->shown;
    e->behind = place(e, used, tail) - e->shown;
    e->shown_len = *used - 1 - e->shown;
}

struct enrollment *enrollment_new(const struct enrollment_parts *parts)
{
    char tail[TAIL_SIZE];
    struct enrollment *e;
    uint32_t used = 0;
    size_t size;

    tail_format(parts, tail);
    size = strlen(parts->id) + strlen(parts->body) + strlen(parts->attestation) +
           strlen(ATTESTATION) + strlen(tail) + strlen(parts->primary) +
           strlen(parts->secondary) + 6;
    e = size < UINT32_MAX ? malloc(sizeof *e + size) : NULL;
    if (!e)
        return NULL;
    e->created_us = parts->created_us;
    e->updated_us = parts->updated_us;
    e->version = parts->version;
    e->kind = (uint8_t)parts->kind;
    e->type = (uint8_t)parts->type;
    e->disabled = parts->disabled;
    (void)place(e, &used, parts->id); /* always at 0 */
    place_shown(e, &used, parts, tail);
    e->primary = place(e, &used, parts->primary);
    e->secondary = place(e, &used, parts->secondary);
    return e;
}

void enrollment_free(struct enrollment *e)
{
    if (!e)
        return;
    explicit_bzero(e->text + e->primary, strlen(enrollment_primary(e)));
    explicit_bzero(e->text + e->secondary, strlen(enrollment_secondary(e)));
    free(e);
}

struct slice enrollment_body(const struct enrollment *e)
{
    struct slice body = {enrollment_shown(e) + 1,
                         e->attestation - (sizeof ATTESTATION - 1) - 1};

    return body;
}

struct slice enrollment_attestation(const struct enrollment *e)
{
    struct slice attestation = {enrollment_shown(e) + e->attestation,
                                e->behind - e->attestation};

    return attestation;
}

static char *put_hex(char *out, uint64_t n, int count)
{
    int i;

    for (i = count - 1; i >= 0; i--) {
        out[i] = "0123456789abcdef"[n & 15];
        n >>= 4;
    }
    return out + count;
}

void etag_format(uint64_t version, int64_t updated_us, char out[ETAG_SIZE])
{
    *out++ = '"';
    out = put_hex(out, version, 8);
    *out++ = '-';
    out = put_hex(out, version >> 32, 4);
    memcpy(out, "-0300-0000-", 11);
    out = put_hex(out + 11, (uint64_t)(updated_us / MOMENT_SECOND), 8);
    memcpy(out, "0000\"", 6);
}

/* The text between one pair of quotes, if there is one. */
static const char *unquoted(const char *s, size_t *len)
{
    *len = strlen(s);
    if (*len >= 2 && s[0] == '"' && s[*len - 1] == '"') {
        *len -= 2;
        return s + 1;
    }
    return s;
}

bool etag_matches(const char *if_match, const char *etag)
{
    size_t wanted_len, len;
    const char *wanted = unquoted(if_match, &wanted_len);

    etag = unquoted(etag, &len);
    return etag_is_any(if_match) || (wanted_len == len && !memcmp(wanted, etag, len));
}

bool etag_is_any(const char *if_match)
{
    return !strcmp(if_match, "*") || !strcmp(if_match, "\"*\"");
}

void enrollment_add_attestation(struct text *t, const struct enrollment *e, bool secrets)
{
    if (!secrets || e->type != ATTESTATION_SYMMETRIC_KEY) {
        text_add_bytes(t, enrollment_shown(e) + e->attestation,
                       e->behind - e->attestation);
        return;
    }
    text_add(t, "{\"type\":\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":");
    text_add_json(t, enrollment_primary(e));
    text_add(t, ",\"secondaryKey\":");
    text_add_json(t, enrollment_secondary(e));
    text_add(t, "}}");
}

void enrollment_add(struct text *t, const struct enrollment *e, bool secrets,
                    const char *state)
{
    const char *shown = enrollment_shown(e);

    if (!secrets && !state) {
        text_add_bytes(t, shown, e->shown_len);
        return;
    }
    text_add_bytes(t, shown, e->attestation);
    enrollment_add_attestation(t, e, secrets);
    if (state) {
        text_add(t, ",\"registrationState\":");
        text_add(t, state);
    }
    text_add_bytes(t, shown + e->behind, e->shown_len - e->behind);
}
