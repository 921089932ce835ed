#include "emulator/ready.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/emu.h"
#include "emulator/file.h"
#include "emulator/rights.h"

int ready_clear(const char *dir, struct failure *f)
{
    char path[FILE_PATH_MAX];

    if (file_path(path, dir, "emulator.json", f) < 0)
        return -1;
    return file_remove(path, f);
}

static void add_policies(struct text *t, const struct keys *keys)
{
    size_t i;

    for (i = 0; i < keys->policy_count; i++) {
        const struct policy *policy = &keys->policies[i];

        text_addf(t, "%s\n    {\"keyName\": \"%s\", \"primaryKey\": \"%s\",",
                  i ? "," : "", policy->name, policy->primary);
        text_addf(t, " \"secondaryKey\": \"%s\", \"rights\": [", policy->secondary);
        rights_add(t, policy->rights);
        text_add(t, "]}");
    }
}

static void add_all(struct text *t, const struct emu *emu, const char *ca_file,
                    uint16_t port)
{
    const struct policy *owner = &emu->keys.policies[0];
    const char *host = emu->options.host_name;

    text_addf(t, "{\n  \"port\": %u,\n  \"caFile\": ", port);
    text_add_json(t, ca_file);
    text_add(t, ",\n  \"hostName\": ");
    text_add_json(t, host);
    text_addf(t, ",\n  \"connectionString\": \"HostName=%s:%u;", host, port);
    text_addf(t, "SharedAccessKeyName=%s;SharedAccessKey=%s\"", owner->name,
              owner->primary);
    text_addf(t, ",\n  \"idScope\": \"%s\"", emu->keys.id_scope);
    text_addf(t, ",\n  \"deviceEndpoint\": \"%s:%u\"", host, port);
    text_add(t, ",\n  \"policies\": [");
    add_policies(t, &emu->keys);
    text_add(t, "\n  ]\n}\n");
}

/* The token of the emulator's own API, alone in a file. */
static int token_write(const char *dir, const struct keys *keys, struct failure *f)
{
    char path[FILE_PATH_MAX];
    struct text t;
    int r;

    text_init(&t, KEY_TEXT_SIZE + 1);
    text_addf(&t, "%s\n", keys->admin_token);
    r = file_path(path, dir, "admin-token", f);
    if (r == 0)
        r = file_write(path, &t, 0600, f);
    text_wipe(&t);
    return r;
}

int ready_write(const char *dir, const struct emu *emu, uint16_t port, struct failure *f)
{
    char path[FILE_PATH_MAX];
    struct text t;
    char *ca_file;
    int r;

    if (token_write(dir, &emu->keys, f) < 0 || file_path(path, dir, "ca.pem", f) < 0)
        return -1;
    ca_file = realpath(path, NULL);
    if (!ca_file)
        return failure_set(f, "%s: cannot be found: %s", path, strerror(errno));
    text_init(&t, 64 * 1024);
    add_all(&t, emu, ca_file, port);
    free(ca_file);
    r = file_path(path, dir, "emulator.json", f);
    if (r == 0)
        r = file_write(path, &t, 0600, f);
    text_wipe(&t);
    return r;
}
