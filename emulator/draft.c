#include "emulator/draft.h"

#include <string.h>

#include "emulator/ident.h"

/* More than a body can become, however its strings are escaped: only memory can run out.
 */
enum { DRAFT_MAX = 8 * CHOICE_BODY_MAX };

void draft_init(struct draft *d)
{
    memset(d, 0, sizeof *d);
    text_init(&d->body, DRAFT_MAX);
    text_init(&d->attestation, DRAFT_MAX);
    text_init(&d->primary, DRAFT_MAX);
    text_init(&d->secondary, DRAFT_MAX);
}

void draft_release(struct draft *d)
{
    text_release(&d->body);
    text_release(&d->attestation);
    text_wipe(&d->primary);
    text_wipe(&d->secondary);
}

const char *kind_id_member(enum kind kind)
{
    return kind == KIND_GROUP ? "enrollmentGroupId" : "registrationId";
}

enum refusal kind_missing(enum kind kind)
{
    if (kind == KIND_ENROLLMENT)
        return REFUSE_NO_ENROLLMENT;
    return kind == KIND_GROUP ? REFUSE_NO_GROUP : REFUSE_NO_REGISTRATION;
}

const json_t *draft_given(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_null(value) ? NULL : value;
}

static void begin_member(struct text *t, const char *name)
{
    text_addf(t, "%s\"%s\":", t->len ? "," : "", name);
}

int draft_read_id(struct draft *d, const struct draft_source *source, struct problem *p)
{
    const char *member = kind_id_member(source->kind), *wrong;
    const char *id = json_string_value(json_object_get(source->json, member));
    enum refusal refusal =
        source->kind == KIND_GROUP ? REFUSE_BAD_GROUP_ID : REFUSE_BAD_ID;

    if (!id)
        return problem_set(p, refusal, "%s: is missing or no string", member);
    wrong = ident_problem(id);
    if (wrong)
        return problem_set(p, refusal, "%s: '%.140s' %s", member, id, wrong);
    if (source->path_id && !ident_equal(id, source->path_id)) {
        if (CHOICE_REFUSE_ID_MISMATCH)
            return problem_set(p, refusal, "%s: '%s' is not the id in the path, '%s'",
                               member, id, source->path_id);
        id = source->path_id;
    }
    memcpy(d->id, id, strlen(id) + 1);
    begin_member(&d->body, member);
    text_add_json(&d->body, id);
    return 0;
}

/* A string member that `check` (may be NULL) finds no problem with. */
static int read_string(struct draft *d, const json_t *json, const char *name,
                       const char *(*check)(const char *), struct problem *p)
{
    const json_t *value = draft_given(json, name);
    const char *s = json_string_value(value), *wrong;

    if (!value)
        return 0;
    if (!s)
        return problem_set(p, REFUSE_BAD_REQUEST, "%s: must be a string", name);
    wrong = check ? check(s) : NULL;
    if (wrong)
        return problem_set(p, REFUSE_BAD_REQUEST, "%s: '%.140s' %s", name, s, wrong);
    begin_member(&d->body, name);
    text_add_json(&d->body, s);
    return 0;
}

/* A member that must be one of the words; `ret` is the one found, NULL when the member is
 * missing. */
static int read_word(const json_t *json, const char *name, const char *const *words,
                     const char **ret, struct problem *p)
{
    const json_t *value = draft_given(json, name);
    const char *s = json_string_value(value);

    *ret = NULL;
    for (; value && s && *words; words++)
        if (!strcmp(s, *words))
            *ret = *words;
    if (value && !*ret)
        return problem_set(p, REFUSE_BAD_REQUEST,
                           "%s: '%.140s' is none of the words it may be", name,
                           s ? s : "");
    return 0;
}

/* An object whose named members must all be booleans. */
static int read_flags(const json_t *json, const char *name, const char *const *flags,
                      const json_t **ret, struct problem *p)
{
    const json_t *value = draft_given(json, name);

    *ret = value;
    if (!value)
        return 0;
    if (!json_is_object(value))
        return problem_set(p, REFUSE_BAD_REQUEST, "%s: must be an object", name);
    for (; *flags; flags++)
        if (!json_is_boolean(json_object_get(value, *flags)))
            return problem_set(p, REFUSE_BAD_REQUEST, "%s.%s: must be true or false",
                               name, *flags);
    return 0;
}

static const char *flag_text(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name)) ? "true" : "false";
}

static int read_policies(struct draft *d, const struct draft_source *source,
                         struct problem *p)
{
    static const char *const EDGE[] = {"iotEdge", NULL};
    static const char *const REPROVISION[] = {"updateHubAssignment", "migrateDeviceData",
                                              NULL};
    const json_t *flags;
    int r;

    r = read_flags(source->json, "capabilities", EDGE, &flags, p);
    if (r < 0)
        return r;
    text_addf(&d->body, ",\"capabilities\":{\"iotEdge\":%s}",
              flag_text(flags, "iotEdge"));
    r = read_flags(source->json, "reprovisionPolicy", REPROVISION, &flags, p);
    if (r < 0 || (!flags && source->sticky))
        return r;
    text_addf(&d->body,
              ",\"reprovisionPolicy\":{\"updateHubAssignment\":%s,"
              "\"migrateDeviceData\":%s}",
              flags ? flag_text(flags, "updateHubAssignment") : "true",
              flags ? flag_text(flags, "migrateDeviceData") : "true");
    return 0;
}

static int read_status(struct draft *d, const struct draft_source *source,
                       struct problem *p)
{
    static const char *const WORDS[] = {"enabled", "disabled", NULL};
    const char *word;
    int r = read_word(source->json, "provisioningStatus", WORDS, &word, p);

    if (r < 0)
        return r;
    word = word ? word : "enabled";
    d->disabled = !strcmp(word, "disabled");
    text_addf(&d->body, ",\"provisioningStatus\":\"%s\"", word);
    return 0;
}

static int read_hubs(struct draft *d, const struct draft_source *source,
                     struct problem *p)
{
    const json_t *hubs = draft_given(source->json, "iotHubs");
    const char *wrong;
    size_t i;

    if (!hubs)
        return 0;
    if (!json_is_array(hubs))
        return problem_set(p, REFUSE_BAD_REQUEST, "iotHubs: must be an array");
    begin_member(&d->body, "iotHubs");
    text_add(&d->body, "[");
    for (i = 0; i < json_array_size(hubs); i++) {
        const char *hub = json_string_value(json_array_get(hubs, i));

        wrong = hub ? host_problem(hub) : "must be a string";
        if (wrong)
            return problem_set(p, REFUSE_BAD_REQUEST, "iotHubs: element %zu %s", i,
                               wrong);
        text_add(&d->body, i ? "," : "");
        text_add_json(&d->body, hub);
    }
    text_add(&d->body, "]");
    return 0;
}

static int read_allocation(struct draft *d, const struct draft_source *source,
                           struct problem *p)
{
    static const char *const WORDS[] = {"hashed", "geoLatency", "static", "custom", NULL};
    const json_t *custom = draft_given(source->json, "customAllocationDefinition");
    const char *url = json_string_value(json_object_get(custom, "webhookUrl"));
    const char *version = json_string_value(json_object_get(custom, "apiVersion"));
    const char *word;
    int r = read_word(source->json, "allocationPolicy", WORDS, &word, p);

    if (r < 0)
        return r;
    if (custom && (!url || !version))
        return problem_set(
            p, REFUSE_BAD_REQUEST,
            "customAllocationDefinition: needs the strings webhookUrl and apiVersion");
    if (word && !strcmp(word, "custom") && !custom)
        return problem_set(p, REFUSE_BAD_REQUEST,
                           "allocationPolicy: custom needs customAllocationDefinition");
    if (word)
        text_addf(&d->body, ",\"allocationPolicy\":\"%s\"", word);
    if (custom) {
        text_add(&d->body, ",\"customAllocationDefinition\":{\"webhookUrl\":");
        text_add_json(&d->body, url);
        text_add(&d->body, ",\"apiVersion\":");
        text_add_json(&d->body, version);
        text_add(&d->body, "}");
    }
    return 0;
}

/* Keep an object word for word. */
static int read_verbatim(struct draft *d, const struct draft_source *source,
                         const char *name, struct problem *p)
{
    const json_t *value = draft_given(source->json, name);
    struct slice text;

    if (!value)
        return 0;
    if (!json_is_object(value))
        return problem_set(p, REFUSE_BAD_REQUEST, "%s: must be an object", name);
    text = slice_member(source->text, name);
    if (!text.len)
        return problem_set(p, REFUSE_INTERNAL, "out of memory");
    begin_member(&d->body, name);
    slice_add(&d->body, text);
    return 0;
}

static int read_twin(struct draft *d, const struct draft_source *source,
                     struct problem *p)
{
    const json_t *twin = draft_given(source->json, "initialTwin");
    const json_t *tags = draft_given(twin, "tags"),
                 *properties = draft_given(twin, "properties");
    const json_t *desired = draft_given(properties, "desired");

    if ((tags && !json_is_object(tags)) || (properties && !json_is_object(properties)) ||
        (desired && !json_is_object(desired)))
        return problem_set(
            p, REFUSE_BAD_REQUEST,
            "initialTwin: tags, properties and properties.desired must be objects");
    return read_verbatim(d, source, "initialTwin", p);
}

static int check_unknown(const struct draft_source *source, struct problem *p)
{
    static const char *const KNOWN[] = {"registrationId",
                                        "enrollmentGroupId",
                                        "deviceId",
                                        "registrationState",
                                        "optionalDeviceInformation",
                                        "attestation",
                                        "capabilities",
                                        "iotHubHostName",
                                        "initialTwin",
                                        "etag",
                                        "provisioningStatus",
                                        "reprovisionPolicy",
                                        "createdDateTimeUtc",
                                        "lastUpdatedDateTimeUtc",
                                        "allocationPolicy",
                                        "iotHubs",
                                        "customAllocationDefinition"};
    void *at = json_object_iter(source->json);
    size_t i, n = sizeof KNOWN / sizeof *KNOWN;

    for (; at; at = json_object_iter_next(source->json, at)) {
        for (i = 0; i < n && strcmp(KNOWN[i], json_object_iter_key(at)) != 0; i++)
            continue;
        if (i == n)
            return problem_set(p, REFUSE_BAD_REQUEST, "%.140s: is not a known member",
                               json_object_iter_key(at));
    }
    return 0;
}

/* The members that only an individual enrollment has. */
static int read_individual(struct draft *d, const struct draft_source *source,
                           struct problem *p)
{
    int r;

    if (source->kind != KIND_ENROLLMENT)
        return 0;
    r = read_string(d, source->json, "deviceId", device_id_problem, p);
    return r < 0 ? r : read_verbatim(d, source, "optionalDeviceInformation", p);
}

int draft_read(struct draft *d, const struct draft_source *source, struct problem *p)
{
    int r;

    if (!json_is_object(source->json))
        return problem_set(p, REFUSE_BAD_REQUEST, "the body must be a JSON object");
    if (CHOICE_REFUSE_UNKNOWN_MEMBERS && (r = check_unknown(source, p)) < 0)
        return r;
    if ((r = draft_read_id(d, source, p)) < 0 ||
        (r = read_individual(d, source, p)) < 0 ||
        (r = read_string(d, source->json, "iotHubHostName", host_problem, p)) < 0 ||
        (r = read_twin(d, source, p)) < 0 || (r = read_status(d, source, p)) < 0 ||
        (r = read_policies(d, source, p)) < 0 ||
        (r = read_allocation(d, source, p)) < 0 || (r = read_hubs(d, source, p)) < 0 ||
        (r = draft_read_attestation(d, source, p)) < 0)
        return r;
    if (text_failed(&d->body) || text_failed(&d->attestation) ||
        text_failed(&d->primary) || text_failed(&d->secondary))
        return problem_set(p, REFUSE_INTERNAL, "out of memory");
    return 0;
}
