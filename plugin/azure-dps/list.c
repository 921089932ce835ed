/* enrollment.list and enrollmentGroup.list. The service ignores the text of a query, so
 * everything is read and filtered here. */
#include "azure-dps/enrollment.h"
#include "azure-dps/operations.h"
#include "azure-dps/request.h"
#include "azure-dps/when.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"

struct list {
    struct berth_str status;
    struct berth_str hub;
    struct berth_str type;
    struct when changed_since;
    bool has_since;
    bool with_keys;
};

enum { ID, STATUS, HUBS, HUB, ATTESTATION, CHANGED, MEMBER_COUNT };

static const struct unit_kind LIST_PAGE;
static const struct unit_kind LIST_KEYS;

static int list_prepare(struct berth_op *op, struct berth_error *err)
{
    struct list *list = op->state;
    struct berth_str since = json_str(op->input, "changedSince");
    list->status = json_str(op->input, "status");
    list->hub = json_str(op->input, "hub");
    list->type = json_str(op->input, "attestationType");
    list->with_keys = json_is_true(json_object_get(op->input, "withKeys"));
    list->has_since = !str_is_empty(since);
    if (list->has_since && !when_parse(since, &list->changed_since))
        return fail(err, BERTH_E_INVALID,
                    "changedSince: '%s' is no time; give it like 2026-11-01T00:00:00Z",
                    since.ptr);
    return 0;
}

static int list_start(struct berth_op *op, struct berth_error *err)
{
    return unit_add(op, &LIST_PAGE, (struct berth_str){0}, (struct berth_str){0}, err);
}

static int list_finish(struct berth_op *op, struct berth_error *err)
{
    (void)err; /* nothing here fails by itself */
    return op_result(op, (struct berth_str){0});
}

static int page_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                      struct berth_error *err)
{
    const struct noun *noun = op_noun(op);
    struct query query = {noun->query_path, NULL, noun->query, DPS_PAGE_SIZE};
    return request_query(op, &query, unit, out, err);
}

static bool is_text(struct berth_str raw, struct berth_str text)
{
    return raw.len == text.len + 2 && memcmp(raw.ptr + 1, text.ptr, text.len) == 0;
}

/* Hub names do not care about letter case. */
static bool is_hub(struct berth_str raw, struct berth_str hub)
{
    return raw.len == hub.len + 2 &&
           str_equal_fold((struct berth_str){raw.ptr + 1, hub.len}, hub);
}

/* Does the enrollment name the hub? */
static int names_hub(const struct list *list, const struct scan_item *item,
                     struct berth_error *err)
{
    if (is_hub(item->members[HUB], list->hub))
        return 1;
    struct scan scan;
    struct scan_item hub;
    if (item->members[HUBS].len == 0 || item->members[HUBS].ptr[0] != '[')
        return 0;
    int r = scan_begin(&scan, item->members[HUBS], "", err);
    while (r >= 0 && (r = scan_next(&scan, &hub, err)) > 0) {
        if (is_hub(hub.text, list->hub))
            return 1;
    }
    return r;
}

static struct berth_str attestation_type(const struct scan_item *item)
{
    struct berth_str type = {0};
    if (item->members[ATTESTATION].len > 0)
        (void)scan_find(item->members[ATTESTATION], "/type", &type, NULL);
    return type; /* empty: it has none */
}

/* An enrollment whose status is not said is enabled: that is the service's default. */
static bool has_status(const struct list *list, const struct scan_item *item)
{
    struct berth_str raw = item->members[STATUS];
    if (raw.len == 0 || raw.ptr[0] != '"')
        return str_equal(list->status, STR("enabled"));
    return is_text(raw, list->status);
}

static bool is_recent(const struct list *list, const struct scan_item *item)
{
    struct berth_str raw = item->members[CHANGED];
    struct when changed;
    if (raw.len < 2 ||
        !when_parse((struct berth_str){raw.ptr + 1, raw.len - 2}, &changed))
        return true; /* rather one too many */
    return when_compare(changed, list->changed_since) >= 0;
}

/* 1: it passes the filters. */
static int is_wanted(const struct list *list, const struct scan_item *item,
                     struct berth_error *err)
{
    if (!str_is_empty(list->status) && !has_status(list, item))
        return 0;
    if (!str_is_empty(list->type) && !is_text(attestation_type(item), list->type))
        return 0;
    if (list->has_since && !is_recent(list, item))
        return 0;
    return str_is_empty(list->hub) ? 1 : names_hub(list, item, err);
}

static int give_item(struct berth_op *op, const struct scan_item *found,
                     struct berth_error *err)
{
    const struct list *list = op->state;
    int r = is_wanted(list, found, err);
    if (r <= 0)
        return r;
    bool needs_keys =
        list->with_keys && is_text(attestation_type(found), STR("symmetricKey"));
    if (!needs_keys) {
        struct berth_item item = {.size = sizeof(item), .data = found->text};
        return op_item(op, &item);
    }
    cleanup(text) struct text room;
    struct berth_str id = {0};
    text_init(&room, 4096);
    if (!scan_string(found->members[ID], &room, &id))
        return text_failed(&room)
                   ? fail_no_memory(err)
                   : fail(err, BERTH_E_PROTOCOL, "an item of the answer has no %s",
                          op_noun(op)->id);
    return unit_add(op, &LIST_KEYS, id, found->text, err);
}

/* The page that follows is asked for before this one is read, unless keys are to come
 * between. Where it cannot be asked for, this one is read all the same. */
static int ask_next_page(struct berth_op *op, const struct unit *unit,
                         const struct berth_response *res, struct berth_error *err)
{
    const struct list *list = op->state;
    int r = request_add_next(op, unit, res, err);
    if (r > 0)
        r = list->with_keys ? 0 : op_send_ahead(op, err);
    return r;
}

static int give_page(struct berth_op *op, struct berth_str body, struct berth_error *err)
{
    const struct berth_str names[MEMBER_COUNT] = {
        [ID] = str_from(op_noun(op)->id),
        [STATUS] = STR("provisioningStatus"),
        [HUBS] = STR("iotHubs"),
        [HUB] = STR("iotHubHostName"),
        [ATTESTATION] = STR("attestation"),
        [CHANGED] = STR("lastUpdatedDateTimeUtc"),
    };
    struct scan scan;
    struct scan_item item;
    int r = scan_begin(&scan, body, "", err);
    if (r < 0)
        return r;
    scan_want(&scan, names, MEMBER_COUNT);
    while ((r = scan_next(&scan, &item, err)) > 0) {
        r = give_item(op, &item, err);
        if (r < 0)
            return r;
    }
    return r;
}

static int page_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    int asked = ask_next_page(op, unit, res, err);
    int r = give_page(op, res->body, err);
    return r < 0 ? r : asked;
}

static int keys_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                      struct berth_error *err)
{
    return request_keys(op, op_noun(op), unit->id, out, err);
}

/* The enrollment waits in the unit for its keys. */
static int keys_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    if (res->status == 404)
        return 0; /* deleted since it was listed */
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    cleanup(json_secret) json_t *mechanism = NULL;
    cleanup(json_secret) json_t *enrollment = NULL;
    cleanup(text) struct text whole;
    text_init_secret(&whole, (size_t)1 << 20);
    int r = request_answer(res, &mechanism, err);
    if (r == 0)
        r = json_parse(unit->continuation, JSON_THEIRS, &enrollment, err);
    if (r < 0)
        return r;
    if (!enrollment_fill_keys(enrollment, mechanism))
        return fail_no_memory(err);
    text_add_value(&whole, enrollment);
    if (text_failed(&whole))
        return fail_no_memory(err);
    struct berth_item item = {.size = sizeof(item), .data = text_str(&whole)};
    return op_item(op, &item);
}

static const struct unit_kind LIST_PAGE = {
    .name = "page",
    .rank = 1,
    .is_page = true,
    .build = page_build,
    .read = page_read,
};

static const struct unit_kind LIST_KEYS = {
    .name = "keys",
    .build = keys_build,
    .read = keys_read,
};

const struct operation DPS_ENROLLMENT_LIST = {
    .id = "enrollment.list",
    .data = &DPS_ENROLLMENT,
    .state_size = sizeof(struct list),
    .prepare = list_prepare,
    .start = list_start,
    .finish = list_finish,
};

const struct operation DPS_GROUP_LIST = {
    .id = "enrollmentGroup.list",
    .data = &DPS_GROUP,
    .state_size = sizeof(struct list),
    .prepare = list_prepare,
    .start = list_start,
    .finish = list_finish,
};
