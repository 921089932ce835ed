#include "emulator/keys.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "emulator/file.h"
#include "emulator/rights.h"
#include "emulator/sas.h"
#include "emulator/text.h"

static const struct {
    const char *name;
    unsigned rights;
} TABLE[POLICY_COUNT] = {
    {"provisioningserviceowner", RIGHT_ALL},
    {"serviceconfig", RIGHT_SERVICE_CONFIG},
    {"enrollmentread", RIGHT_ENROLLMENT_READ},
    {"enrollmentwrite", RIGHT_ENROLLMENT_WRITE},
    {"enrollmentreadwrite", RIGHT_ENROLLMENT_READ | RIGHT_ENROLLMENT_WRITE},
    {"registrationread", RIGHT_REGISTRATION_READ},
    {"registrationwrite", RIGHT_REGISTRATION_WRITE},
    {"triggers", RIGHT_SERVICE_CONFIG | RIGHT_ENROLLMENT_READ | RIGHT_REGISTRATION_READ},
    {"actions", RIGHT_SERVICE_CONFIG | RIGHT_ENROLLMENT_WRITE | RIGHT_REGISTRATION_WRITE},
};

int keys_init(struct keys *keys, struct failure *f)
{
    unsigned char scope[3];
    size_t i;
    bool ok;

    memset(keys, 0, sizeof *keys);
    keys->policy_count = POLICY_COUNT;
    ok = random_fill(scope, sizeof scope) && key_generate(keys->token_key) &&
         key_generate(keys->admin_token);
    (void)snprintf(keys->id_scope, sizeof keys->id_scope, "0ne00%02X%02X%02X", scope[0],
                   scope[1], scope[2]);
    for (i = 0; i < POLICY_COUNT; i++) {
        struct policy *policy = &keys->policies[i];

        (void)snprintf(policy->name, sizeof policy->name, "%s", TABLE[i].name);
        policy->rights = TABLE[i].rights;
        ok = ok && key_generate(policy->primary) && key_generate(policy->secondary);
    }
    return ok ? 0 : failure_set(f, "the system gives no random bytes for keys");
}

/* Take over a stored text that is there; false when it does not fit. */
static bool take_text(const json_t *json, const char *member, char *out, size_t size)
{
    const char *s = json_string_value(json_object_get(json, member));

    if (!s)
        return true;
    if (!*s || strlen(s) >= size)
        return false;
    memcpy(out, s, strlen(s) + 1);
    return true;
}

static bool keys_take(struct keys *keys, const json_t *json)
{
    const json_t *policies = json_object_get(json, "policies");
    size_t i;
    bool ok = json_is_object(json) && json_is_object(policies);

    ok = ok && take_text(json, "idScope", keys->id_scope, sizeof keys->id_scope) &&
         !id_scope_problem(keys->id_scope);
    ok = ok && take_text(json, "tokenKey", keys->token_key, KEY_TEXT_SIZE) &&
         key_length(keys->token_key) > 0 &&
         take_text(json, "adminToken", keys->admin_token, KEY_TEXT_SIZE) &&
         key_length(keys->admin_token) > 0;
    for (i = 0; ok && i < POLICY_COUNT; i++) {
        struct policy *policy = &keys->policies[i];
        const json_t *stored = json_object_get(policies, policy->name);

        ok = take_text(stored, "primaryKey", policy->primary, KEY_TEXT_SIZE) &&
             take_text(stored, "secondaryKey", policy->secondary, KEY_TEXT_SIZE) &&
             key_length(policy->primary) > 0 && key_length(policy->secondary) > 0;
    }
    return ok;
}

static void keys_print(const struct keys *keys, struct text *t)
{
    size_t i;

    text_addf(t, "{\"idScope\":\"%s\",\n\"tokenKey\":\"%s\",\n\"adminToken\":\"%s\",\n",
              keys->id_scope, keys->token_key, keys->admin_token);
    text_add(t, "\"policies\":{");
    for (i = 0; i < POLICY_COUNT; i++) {
        const struct policy *policy = &keys->policies[i];

        text_addf(t, "%s\n\"%s\":{\"primaryKey\":\"%s\",\"secondaryKey\":\"%s\"}",
                  i ? "," : "", policy->name, policy->primary, policy->secondary);
    }
    text_add(t, "}}\n");
}

/* Read the stored file into `keys` and leave its text in `stored`. */
static int keys_read(struct keys *keys, const char *path, struct text *stored,
                     struct failure *f)
{
    json_error_t where;
    json_t *json;
    int r;

    r = file_read(path, stored, f);
    if (r < 0)
        return r;
    json = json_loads(text_str(stored), 0, &where);
    if (!json || !keys_take(keys, json))
        r = failure_set(
            f, "%s: is damaged; delete it and new keys are made at the next start", path);
    json_decref(json);
    return r;
}

int keys_load(struct keys *keys, const char *dir, struct failure *f)
{
    char path[FILE_PATH_MAX];
    struct text stored, wanted;
    int r;

    r = keys_init(keys, f);
    if (r < 0 || (r = file_path(path, dir, "keys.json", f)) < 0)
        return r;
    text_init(&stored, 64 * 1024);
    text_init(&wanted, 64 * 1024);
    if (access(path, F_OK) == 0)
        r = keys_read(keys, path, &stored, f);
    keys_print(keys, &wanted);
    if (r == 0 && strcmp(text_str(&stored), text_str(&wanted)) != 0)
        r = file_write(path, &wanted, 0600, f);
    text_wipe(&stored);
    text_wipe(&wanted);
    return r;
}

void keys_release(struct keys *keys)
{
    explicit_bzero(keys, sizeof *keys);
}

/* Where the policy of that name stands; policy_count when there is none. */
static size_t policy_at(const struct keys *keys, const char *name)
{
    size_t i = 0;

    while (i < keys->policy_count && strcasecmp(keys->policies[i].name, name) != 0)
        i++;
    return i;
}

const struct policy *keys_policy(const struct keys *keys, const char *name)
{
    size_t i = policy_at(keys, name);

    return i < keys->policy_count ? &keys->policies[i] : NULL;
}

/* Take the next line of a key file; false when it holds no key. */
static bool take_line(const char **at, char out[KEY_TEXT_SIZE])
{
    size_t len = strcspn(*at, "\r\n");

    if (len >= KEY_TEXT_SIZE)
        return false;
    memcpy(out, *at, len);
    out[len] = '\0';
    *at += len;
    *at += strspn(*at, "\r\n");
    return key_length(out) > 0;
}

static int read_policy_keys(struct policy *policy, const char *path, struct failure *f)
{
    struct text t;
    const char *at;
    int r;

    text_init(&t, 4096);
    r = file_read(path, &t, f);
    at = text_str(&t);
    if (r == 0 && !take_line(&at, policy->primary))
        r = failure_set(
            f, "--policy: %s: its first line must be base64 of 16 to 64 bytes", path);
    memcpy(policy->secondary, policy->primary, KEY_TEXT_SIZE);
    if (r == 0 && *at && !take_line(&at, policy->secondary))
        r = failure_set(f, "--policy: %s: its second line is no key", path);
    text_wipe(&t);
    return r;
}

int policy_read(struct policy *policy, const char *spec, struct failure *f)
{
    const char *rights = strchr(spec, ':');
    const char *file = rights ? strstr(rights + 1, ":@") : NULL;
    size_t name_len = rights ? (size_t)(rights - spec) : 0;

    memset(policy, 0, sizeof *policy);
    if (!file || !name_len || name_len >= POLICY_NAME_SIZE ||
        strcspn(spec, "&\"\\ ") < name_len)
        return failure_set(f, "--policy: '%.200s' is not NAME:RIGHTS:@KEYFILE", spec);
    memcpy(policy->name, spec, name_len);
    policy->rights = rights_read(rights + 1, (size_t)(file - rights - 1));
    if (!policy->rights)
        return failure_set(
            f,
            "--policy: '%.*s' are not rights; name all, or some of "
            "ServiceConfig, EnrollmentRead, EnrollmentWrite, DeviceConnect, "
            "RegistrationStatusRead and RegistrationStatusWrite",
            (int)(file - rights - 1), rights + 1);
    return read_policy_keys(policy, file + 2, f);
}

bool keys_add_policy(struct keys *keys, const struct policy *policy)
{
    size_t at = policy_at(keys, policy->name);

    if (at == POLICY_MAX)
        return false;
    keys->policies[at] = *policy;
    if (at == keys->policy_count)
        keys->policy_count++;
    return true;
}
