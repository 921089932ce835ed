#include "emulator/generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "emulator/allocation.h"
#include "emulator/draft.h"
#include "emulator/emu.h"
#include "emulator/ident.h"

static int add_enrollment(struct emu *emu, enum kind kind, const char *id, int64_t now_us)
{
    struct enrollment_parts parts = {.kind = kind, .id = id};
    char body[400], primary[KEY_TEXT_SIZE], secondary[KEY_TEXT_SIZE];
    struct enrollment *made = NULL;

    (void)snprintf(body, sizeof body,
                   "\"%s\":\"%s\",\"provisioningStatus\":\"enabled\","
                   "\"capabilities\":{\"iotEdge\":false},"
                   "\"reprovisionPolicy\":{\"updateHubAssignment\":true,"
                   "\"migrateDeviceData\":true}",
                   kind_id_member(kind), id);
    parts.body = body;
    parts.attestation = "{\"type\":\"symmetricKey\"}";
    parts.type = ATTESTATION_SYMMETRIC_KEY;
    parts.version = store_version(&emu->store);
    parts.created_us = now_us;
    parts.updated_us = now_us;
    if (key_generate(primary) && key_generate(secondary)) {
        parts.primary = primary;
        parts.secondary = secondary;
        made = enrollment_new(&parts);
    }
    explicit_bzero(primary, sizeof primary);
    explicit_bzero(secondary, sizeof secondary);
    if (made && store_put_enrollment(&emu->store, made) == 0)
        return 0;
    enrollment_free(made);
    return -1;
}

static int add_device(struct emu *emu, const char *group, const char *id, int64_t now_us)
{
    const struct enrollment *e = store_enrollment(&emu->store, KIND_GROUP, group);
    struct registration_parts parts = {.group = group, .id = id, .x509 = ""};
    struct registration *made = NULL;
    void *body;

    parts.created_us = now_us;
    parts.asked_us = now_us;
    parts.ready_us = now_us;
    parts.version = store_version(&emu->store);
    if (e && allocation_decide(emu, e, NULL, &parts, &body)) {
        made = registration_new(&parts);
        json_decref(body);
    }
    if (made && store_put_registration(&emu->store, made) == 0)
        return 0;
    free(made);
    return -1;
}

int generate_enrollments(struct emu *emu, size_t count)
{
    int64_t now_us = emu_now(emu);
    char id[IDENT_MAX];
    size_t i;
    int r = 0;

    store_lock_write(&emu->store);
    for (i = 1; r == 0 && i <= count; i++) {
        (void)snprintf(id, sizeof id, "dev-%06zu", i);
        r = add_enrollment(emu, KIND_ENROLLMENT, id, now_us);
    }
    store_unlock(&emu->store);
    return r;
}

int generate_group(struct emu *emu, const char *id)
{
    int r = 0;

    store_lock_write(&emu->store);
    if (!store_enrollment(&emu->store, KIND_GROUP, id))
        r = add_enrollment(emu, KIND_GROUP, id, emu_now(emu));
    store_unlock(&emu->store);
    return r;
}

int generate_groups(struct emu *emu, size_t count, size_t devices)
{
    int64_t now_us = emu_now(emu);
    char group[40], id[IDENT_MAX];
    size_t i, j;
    int r = 0;

    store_lock_write(&emu->store);
    for (i = 1; r == 0 && i <= count; i++) {
        (void)snprintf(group, sizeof group, "group-%03zu", i);
        r = add_enrollment(emu, KIND_GROUP, group, now_us);
        for (j = 1; r == 0 && j <= devices; j++) {
            (void)snprintf(id, sizeof id, "%s-dev-%06zu", group, j);
            r = add_device(emu, group, id, now_us);
        }
    }
    store_unlock(&emu->store);
    return r;
}
