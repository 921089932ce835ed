#include "emulator/allocation.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

#include "emulator/choices.h"
#include "emulator/ident.h"

/* The hubs of the service that an enrollment may use. */
struct choice {
    const char *hubs[EMU_HUBS_MAX];
    size_t count;
};

static bool linked(const struct emu *emu, const char *hub)
{
    size_t i;

    for (i = 0; i < emu->options.hub_count; i++)
        if (ident_equal(emu->options.hubs[i], hub))
            return true;
    return false;
}

static void choice_add(struct choice *choice, const struct emu *emu, const char *hub)
{
    if (hub && linked(emu, hub) && choice->count < EMU_HUBS_MAX)
        choice->hubs[choice->count++] = hub;
}

static void choice_fill(struct choice *choice, const struct emu *emu, const json_t *body)
{
    const json_t *list = json_object_get(body, "iotHubs");
    const char *single = json_string_value(json_object_get(body, "iotHubHostName"));
    size_t i;

    choice->count = 0;
    for (i = 0; i < json_array_size(list); i++)
        choice_add(choice, emu, json_string_value(json_array_get(list, i)));
    if (json_array_size(list))
        return;
    if (single) {
        choice_add(choice, emu, single);
        return;
    }
    for (i = 0; i < emu->options.hub_count; i++)
        choice_add(choice, emu, emu->options.hubs[i]);
}

/* FNV-1a over the folded id: the same device always gets the same hub. */
static size_t hash(const char *id)
{
    uint32_t h = 2166136261U;

    for (; *id; id++)
        h = (h ^ (uint32_t)tolower((unsigned char)*id)) * 16777619U;
    return h;
}

static bool flag(const json_t *body, const char *name)
{
    return json_is_true(
        json_object_get(json_object_get(body, "reprovisionPolicy"), name));
}

static void fail(struct registration_parts *parts, int code, const char *message)
{
    parts->outcome = OUTCOME_FAILED;
    parts->error_code = code;
    parts->message = message;
}

/* What becomes of a device that was assigned before. */
static void reassign(struct registration_parts *parts, const json_t *body,
                     const struct registration *old)
{
    if (!flag(body, "updateHubAssignment")) {
        parts->hub = registration_hub(old);
        parts->device_id = registration_device_id(old);
        parts->substatus = old->substatus;
        return;
    }
    if (ident_equal(parts->hub, registration_hub(old)))
        parts->substatus = "reprovisionedToInitialAssignment";
    else if (flag(body, "migrateDeviceData"))
        parts->substatus = "deviceDataMigrated";
    else
        parts->substatus = "deviceDataReset";
}

static void decide(const struct emu *emu, const json_t *body,
                   const struct registration *old, struct registration_parts *parts)
{
    const char *policy = json_string_value(json_object_get(body, "allocationPolicy"));
    const char *device_id = json_string_value(json_object_get(body, "deviceId"));
    struct choice choice;

    if (policy && !strcmp(policy, "custom")) {
        fail(parts, CHOICE_CUSTOM_CODE, CHOICE_CUSTOM_MESSAGE);
        return;
    }
    choice_fill(&choice, emu, body);
    if (!choice.count) {
        fail(parts, CHOICE_NO_HUB_CODE, CHOICE_NO_HUB_MESSAGE);
        return;
    }
    parts->outcome = OUTCOME_ASSIGNED;
    parts->device_id = device_id ? device_id : parts->id;
    parts->substatus = "initialAssignment";
    /* static takes the first hub; on one machine the first is also as near as any */
    parts->hub =
        choice.hubs[!policy || !strcmp(policy, "hashed") ? hash(parts->id) % choice.count
                                                         : 0];
    if (old && old->outcome == OUTCOME_ASSIGNED)
        reassign(parts, body, old);
}

bool allocation_decide(const struct emu *emu, const struct enrollment *e,
                       const struct registration *old, struct registration_parts *parts,
                       void **ret_body)
{
    json_error_t where;
    json_t *body;

    *ret_body = NULL;
    parts->hub = "";
    parts->device_id = "";
    if (e->disabled) {
        parts->outcome = OUTCOME_DISABLED;
        return true;
    }
    body = json_loadb(enrollment_shown(e), e->shown_len, 0, &where);
    if (!body)
        return false;
    decide(emu, body, old, parts);
    *ret_body = body;
    return true;
}
