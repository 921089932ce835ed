#include "emulator/enrollment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/moment.h"
#include "emulator/text.h"

static uint32_t place(struct enrollment *e, uint32_t *used, const char *s)
{
    uint32_t at = *used, size = (uint32_t)strlen(s) + 1;

    memcpy(e->text + at, s, size);
    *used += size;
    return at;
}

struct enrollment *enrollment_new(const struct enrollment_parts *parts)
{
    size_t size = strlen(parts->id) + strlen(parts->body) + strlen(parts->attestation) +
                  strlen(parts->primary) + strlen(parts->secondary) + 5;
    struct enrollment *e = size < UINT32_MAX ? malloc(sizeof *e + size) : NULL;
    uint32_t used = 0;

    if (!e)
        return NULL;
    e->created_us = parts->created_us;
    e->updated_us = parts->updated_us;
    e->version = parts->version;
    e->kind = (uint8_t)parts->kind;
    e->type = (uint8_t)parts->type;
    e->disabled = parts->disabled;
    (void)place(e, &used, parts->id); /* always at 0 */
    e->body = place(e, &used, parts->body);
    e->attestation = place(e, &used, parts->attestation);
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

void etag_format(uint64_t version, int64_t updated_us, char out[ETAG_SIZE])
{
    (void)snprintf(out, ETAG_SIZE, "\"%08" PRIx32 "-%04x-0300-0000-%08" PRIx32 "0000\"",
                   (uint32_t)version, (unsigned)(version >> 32 & 0xffff),
                   (uint32_t)(updated_us / MOMENT_SECOND));
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
        text_add(t, e->text + e->attestation);
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
    char etag[ETAG_SIZE], created[MOMENT_SIZE], updated[MOMENT_SIZE];

    etag_format(e->version, e->updated_us, etag);
    moment_format(e->created_us, created);
    moment_format(e->updated_us, updated);
    text_add(t, "{");
    text_add(t, enrollment_body(e));
    text_add(t, ",\"attestation\":");
    enrollment_add_attestation(t, e, secrets);
    if (state) {
        text_add(t, ",\"registrationState\":");
        text_add(t, state);
    }
    text_add(t, ",\"etag\":");
    text_add_json(t, etag);
    text_addf(t, ",\"createdDateTimeUtc\":\"%s\",\"lastUpdatedDateTimeUtc\":\"%s\"}",
              created, updated);
}
