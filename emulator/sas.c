#include "emulator/sas.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "emulator/choices.h"
#include "emulator/ident.h"
#include "emulator/moment.h"
#include "emulator/text.h"

static const char SCHEME[] = "SharedAccessSignature";

/* Copy a field into its place, decoded or as it is; false when it does not fit or is
 * there twice. */
static bool field_copy(char *out, size_t size, const char *value, size_t len, bool decode)
{
    if (*out || len == 0)
        return false;
    if (decode)
        return percent_decode(value, len, out, size) > 0;
    if (len >= size)
        return false;
    memcpy(out, value, len);
    out[len] = '\0';
    return true;
}

/* Take in one name=value of the token. Unknown names are passed over. */
static bool field_read(struct sas *sas, char sig[64], const char *field, size_t len)
{
    const char *equals = memchr(field, '=', len);
    size_t name_len, value_len;
    const char *value;

    if (!equals)
        return false;
    name_len = (size_t)(equals - field);
    value = equals + 1;
    value_len = len - name_len - 1;
    if (name_len == 2 && !strncasecmp(field, "sr", 2))
        return field_copy(sas->sr, sizeof sas->sr, value, value_len, false);
    if (name_len == 2 && !strncasecmp(field, "se", 2))
        return field_copy(sas->se, sizeof sas->se, value, value_len, true);
    if (name_len == 3 && !strncasecmp(field, "skn", 3))
        return value_len == 0 ||
               field_copy(sas->skn, sizeof sas->skn, value, value_len, true);
    if (name_len == 3 && !strncasecmp(field, "sig", 3))
        return field_copy(sig, 64, value, value_len, true);
    return true;
}

static bool seconds_read(const char *s, int64_t *ret)
{
    int64_t value = 0;

    if (!*s || strlen(s) > 15)
        return false;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return false;
        value = value * 10 + (*s - '0');
    }
    *ret = value;
    return true;
}

const char *sas_read(const char *header, struct sas *ret_sas)
{
    char sig[64] = "";
    const char *field;

    memset(ret_sas, 0, sizeof *ret_sas);
    if (!header || !*header)
        return "there is no Authorization header";
    if (strncasecmp(header, SCHEME, strlen(SCHEME)) != 0 || header[strlen(SCHEME)] != ' ')
        return "the Authorization header is no SharedAccessSignature";
    field = header + strlen(SCHEME);
    field += strspn(field, " ");
    while (*field) {
        size_t len = strcspn(field, "&");

        if (!field_read(ret_sas, sig, field, len))
            return "the token has a field that is broken, too long or there twice";
        field += len + (field[len] == '&');
    }
    if (!*ret_sas->sr || !*ret_sas->se || !*sig)
        return "the token lacks sr, sig or se";
    if (!seconds_read(ret_sas->se, &ret_sas->expires_at))
        return "se of the token is not a number of seconds";
    if (base64_read(sig, ret_sas->sig, DIGEST_SIZE) != DIGEST_SIZE)
        return "sig of the token is not base64 of 32 bytes";
    return NULL;
}

bool sas_signed_by(const struct sas *sas, const char *key)
{
    unsigned char raw[KEY_MAX], digest[DIGEST_SIZE];
    char signed_text[sizeof sas->sr + sizeof sas->se + 2];
    int len = base64_read(key, raw, sizeof raw);
    bool same;
    int n;

    if (len <= 0)
        return false;
    n = snprintf(signed_text, sizeof signed_text, "%s\n%s", sas->sr, sas->se);
    same = n > 0 && hmac_sha256(raw, (size_t)len, signed_text, (size_t)n, digest) &&
           bytes_equal(digest, sas->sig, DIGEST_SIZE);
    explicit_bzero(raw, sizeof raw);
    return same;
}

bool sas_expired(const struct sas *sas, int64_t now_us)
{
    return sas->expires_at + CHOICE_CLOCK_SKEW_SECONDS < now_us / MOMENT_SECOND;
}

bool sas_covers(const struct sas *sas, const char *resource)
{
    char named[sizeof sas->sr];
    int len = percent_decode(sas->sr, strlen(sas->sr), named, sizeof named);

    while (len > 0 && named[len - 1] == '/')
        len--;
    return len > 0 && !strncasecmp(resource, named, (size_t)len) &&
           (resource[len] == '/' || !resource[len]);
}

bool device_key_derive(const char *group_key, const char *registration_id,
                       char out[KEY_TEXT_SIZE])
{
    unsigned char raw[KEY_MAX], digest[DIGEST_SIZE];
    int len = base64_read(group_key, raw, sizeof raw);
    char id[IDENT_MAX + 1];
    struct text t;
    size_t i;
    bool ok;

    if (len <= 0 || strlen(registration_id) > IDENT_MAX)
        return false;
    for (i = 0; registration_id[i]; i++)
        id[i] = CHOICE_FOLD_BEFORE_DERIVING
                    ? (char)tolower((unsigned char)registration_id[i])
                    : registration_id[i];
    text_init(&t, KEY_TEXT_SIZE);
    ok = hmac_sha256(raw, (size_t)len, id, i, digest);
    base64_add(&t, digest, sizeof digest);
    ok = ok && !text_failed(&t);
    if (ok)
        memcpy(out, text_str(&t), t.len + 1);
    explicit_bzero(raw, sizeof raw);
    explicit_bzero(digest, sizeof digest);
    text_wipe(&t);
    return ok;
}

int key_length(const char *key)
{
    unsigned char raw[KEY_MAX];
    int len = base64_read(key, raw, sizeof raw);

    explicit_bzero(raw, sizeof raw);
    return len >= KEY_MIN ? len : -1;
}

/* base64 in a token: what that may not hold is encoded. */
static void add_encoded(struct text *t, const char *s)
{
    for (; *s; s++) {
        if (strchr("+/=", *s))
            text_addf(t, "%%%02X", (unsigned)(unsigned char)*s);
        else
            text_add_bytes(t, s, 1);
    }
}

void sas_add(struct text *t, const char *sr, const char *key, const char *skn,
             int64_t expires_at)
{
    unsigned char raw[KEY_MAX], digest[DIGEST_SIZE];
    int len = base64_read(key, raw, sizeof raw);
    struct text what, sig;

    text_init(&what, 4096);
    text_init(&sig, 100);
    text_addf(&what, "%s\n%" PRId64, sr, expires_at);
    if (len <= 0 || !hmac_sha256(raw, (size_t)len, text_str(&what), what.len, digest))
        t->failed = true;
    else
        base64_add(&sig, digest, sizeof digest);
    text_addf(t, "SharedAccessSignature sr=%s&sig=", sr);
    add_encoded(t, text_str(&sig));
    text_addf(t, "&se=%" PRId64 "&skn=%s", expires_at, skn);
    explicit_bzero(raw, sizeof raw);
    text_release(&what);
    text_release(&sig);
}
