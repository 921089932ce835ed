#include "emulator/registration.h"

#include <stdlib.h>
#include <string.h>

#include "emulator/choices.h"
#include "emulator/codec.h"
#include "emulator/enrollment.h"
#include "emulator/ident.h"
#include "emulator/moment.h"
#include "emulator/text.h"

static uint32_t place(struct registration *r, uint32_t *used, const char *s, char end)
{
    uint32_t at = *used, len = (uint32_t)strlen(s);

    memcpy(r->text + at, s, len);
    r->text[at + len] = end;
    *used += len + 1;
    return at;
}

struct registration *registration_new(const struct registration_parts *parts)
{
    size_t size = strlen(parts->group) + strlen(parts->id) + strlen(parts->hub) +
                  strlen(parts->device_id) + strlen(parts->x509) + 5;
    struct registration *r = size < UINT32_MAX ? malloc(sizeof *r + size) : NULL;
    uint32_t used = 0;

    if (!r)
        return NULL;
    r->created_us = parts->created_us;
    r->asked_us = parts->asked_us;
    r->ready_us = parts->ready_us;
    r->version = parts->version;
    r->substatus = parts->substatus;
    r->message = parts->message;
    r->error_code = parts->error_code;
    r->outcome = (uint8_t)parts->outcome;
    (void)place(r, &used, parts->group, '\n'); /* always at 0 */
    r->id = place(r, &used, parts->id, '\0');
    r->hub = place(r, &used, parts->hub, '\0');
    r->device_id = place(r, &used, parts->device_id, '\0');
    r->x509 = place(r, &used, parts->x509, '\0');
    return r;
}

void registration_group(const struct registration *r, char out[IDENT_MAX + 1])
{
    size_t len = r->id - 1;

    if (len > IDENT_MAX)
        len = IDENT_MAX; /* no group has a longer name */
    memcpy(out, r->text, len);
    out[len] = '\0';
}

const char *registration_substatus(const char *name)
{
    static const char *const NAMES[] = {"initialAssignment", "deviceDataMigrated",
                                        "deviceDataReset",
                                        "reprovisionedToInitialAssignment"};
    size_t i;

    for (i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (!strcmp(NAMES[i], name))
            return NAMES[i];
    return NULL;
}

const char *registration_message(int error_code)
{
    if (error_code == CHOICE_NO_HUB_CODE)
        return CHOICE_NO_HUB_MESSAGE;
    return error_code == CHOICE_CUSTOM_CODE ? CHOICE_CUSTOM_MESSAGE : NULL;
}

static bool assigning(const struct registration *r, int64_t now_us)
{
    return now_us < r->ready_us;
}

const char *registration_status(const struct registration *r, int64_t now_us)
{
    static const char *const NAMES[] = {[OUTCOME_ASSIGNED] = "assigned",
                                        [OUTCOME_FAILED] = "failed",
                                        [OUTCOME_DISABLED] = "disabled"};

    return assigning(r, now_us) ? "assigning" : NAMES[r->outcome];
}

static int64_t updated(const struct registration *r, int64_t now_us)
{
    return assigning(r, now_us) ? r->asked_us : r->ready_us;
}

void registration_etag(const struct registration *r, int64_t now_us,
                       char out[REGISTRATION_ETAG_SIZE])
{
    char etag[ETAG_SIZE];
    struct text t;

    /* A record takes two versions: one while it is being assigned, the next for its
     * outcome. */
    etag_format(r->version + !assigning(r, now_us), updated(r, now_us), etag);
    text_init(&t, REGISTRATION_ETAG_SIZE - 1);
    base64_add(&t, etag, strlen(etag));
    memcpy(out, text_str(&t), t.len + 1);
    text_release(&t);
}

static void member(struct text *t, const char *name, const char *value)
{
    text_addf(t, ",\"%s\":", name);
    text_add_json(t, value);
}

/* What is known only once the outcome is. */
static void outcome_add(struct text *t, const struct registration *r)
{
    if (r->outcome == OUTCOME_ASSIGNED) {
        member(t, "assignedHub", registration_hub(r));
        member(t, "deviceId", registration_device_id(r));
        if (r->substatus)
            member(t, "substatus", r->substatus);
    }
    if (r->outcome == OUTCOME_FAILED) {
        text_addf(t, ",\"errorCode\":%d", r->error_code);
        member(t, "errorMessage", r->message ? r->message : "");
    }
}

void registration_add(struct text *t, const struct registration *r, int64_t now_us,
                      bool for_device)
{
    char when[MOMENT_SIZE], etag[REGISTRATION_ETAG_SIZE], group[IDENT_MAX + 1];

    text_add(t, "{\"registrationId\":");
    text_add_json(t, registration_id(r));
    moment_format(r->created_us, when);
    member(t, "createdDateTimeUtc", when);
    member(t, "status", registration_status(r, now_us));
    if (!assigning(r, now_us))
        outcome_add(t, r);
    moment_format(updated(r, now_us), when);
    member(t, "lastUpdatedDateTimeUtc", when);
    registration_etag(r, now_us, etag);
    member(t, "etag", etag);
    registration_group(r, group);
    if (for_device && *registration_x509(r)) {
        text_add(t, ",\"x509\":");
        text_add(t, registration_x509(r));
    } else if (for_device && *group) {
        text_add(t, ",\"symmetricKey\":{\"enrollmentGroupId\":");
        text_add_json(t, group);
        text_add(t, "}");
    }
    text_add(t, "}");
}
