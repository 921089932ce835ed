/* registration.changed. The service has no list of all registrations: those of groups are
 * listed group by group, those of individual enrollments are read one by one, and no
 * other way costs fewer operations. */
#include "azure-dps/operations.h"
#include "azure-dps/request.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"

/* So many failures one after the other are the service's, not a group's. */
#define MAX_FAILURES 5

/* Kept in the cursor: something was not listed, so that its absence says nothing. */
enum crawl_mark { MARK_INCOMPLETE = 1u << 0, MARK_ENROLLMENTS_INCOMPLETE = 1u << 1 };

enum { ID, ETAG, CHANGED, STATUS, MEMBER_COUNT };

struct crawl {
    const json_t *statuses; /* null: all */
    unsigned failures;      /* one after the other */
};

static const struct unit_kind GROUPS_PAGE;
static const struct unit_kind GROUP_PAGE;
static const struct unit_kind NAMED_GROUP;
static const struct unit_kind ENROLLMENTS_PAGE;
static const struct unit_kind REGISTRATION;

static const struct berth_str NONE = {NULL, 0};

static int crawl_prepare(struct berth_op *op, struct berth_error *err)
{
    struct crawl *crawl = op->state;
    json_t *statuses = NULL;
    int r = json_get_array(op->input, "statuses", JSON_OPTIONAL, &statuses, err);
    crawl->statuses = json_array_size(statuses) > 0 ? statuses : NULL;
    return r < 0 ? r : 0;
}

/* The only group to be listed; empty: all of them. */
static struct berth_str named_group(const struct berth_op *op)
{
    return json_str(op->input, "enrollmentGroupId");
}

static int crawl_start(struct berth_op *op, struct berth_error *err)
{
    struct berth_str source = json_str(op->input, "source");
    struct berth_str group = named_group(op);
    if (!str_is_empty(group))
        return unit_add(op, &GROUP_PAGE, group, NONE, err);
    int r = str_equal(source, STR("enrollments"))
                ? 0
                : unit_add(op, &GROUPS_PAGE, NONE, NONE, err);
    if (r < 0 || str_equal(source, STR("groups")))
        return r;
    return unit_add(op, &ENROLLMENTS_PAGE, NONE, NONE, err);
}

static int crawl_finish(struct berth_op *op, struct berth_error *err)
{
    (void)err; /* nothing here fails by itself */
    int r = op->marks & MARK_INCOMPLETE ? 0 : op_complete(op, NONE);
    return r < 0 ? r : op_result(op, NONE);
}

/* --- one registration -------------------------------------------------------------- */

static bool is_wanted(const struct crawl *crawl, struct berth_str status)
{
    size_t i;
    json_t *wanted;
    bool found = false;
    json_array_foreach(json_mutable(crawl->statuses), i, wanted)
    {
        found = found ||
                (status.len == json_string_length(wanted) + 2 &&
                 memcmp(status.ptr + 1, json_string_value(wanted), status.len - 2) == 0);
    }
    return found || !crawl->statuses;
}

/* etag, time and status, one behind the other. */
static void add_version(struct text *version, const struct scan_item *found)
{
    for (int i = ETAG; i <= STATUS; i++) {
        if (i > ETAG)
            text_add(version, "|");
        if (!text_add_scanned(version, found->members[i]))
            text_add_str(version, found->members[i]);
    }
}

static int give_registration(struct berth_op *op, const struct scan_item *found,
                             struct berth_str scope, struct berth_error *err)
{
    struct berth_item item = {.size = sizeof(item), .data = found->text, .scope = scope};
    cleanup(text) struct text key;
    cleanup(text) struct text version;
    text_init(&key, 4096);
    text_init(&version, 4096);
    add_version(&version, found);
    bool has_key = scan_string(found->members[ID], &key, &item.key);
    if (text_failed(&version) || text_failed(&key))
        return fail_no_memory(err);
    if (!has_key)
        return fail(err, BERTH_E_PROTOCOL, "a registration has no registrationId");
    item.version = text_str(&version);
    if (!is_wanted(op->state, found->members[STATUS]))
        item.flags = BERTH_ITEM_QUIET;
    return op_item(op, &item);
}

static const struct berth_str REGISTRATION_MEMBERS[MEMBER_COUNT] = {
    [ID] = {"registrationId", 14},
    [ETAG] = {"etag", 4},
    [CHANGED] = {"lastUpdatedDateTimeUtc", 22},
    [STATUS] = {"status", 6},
};

/* --- what could not be read -------------------------------------------------------- */

/* Is it the fault of this part, and not of the connection or of all of the service? */
static bool is_its_own_fault(const struct unit *unit, const struct berth_response *res,
                             int r)
{
    if (r == BERTH_E_NO_MEMORY ||
        (unit->kind != &GROUP_PAGE && unit->kind != &REGISTRATION))
        return false;
    if (res->status >= 200 && res->status < 300)
        return r == BERTH_E_PROTOCOL;
    if (res->status > 0)
        return res->status != 401 && res->status != 403 && res->status != 429;
    return res->failure == BERTH_FAILURE_CUT || res->failure == BERTH_FAILURE_TIMEOUT ||
           res->failure == BERTH_FAILURE_TOO_LARGE;
}

/* One part that fails costs only its own deletions, unless it is not alone in failing or
 * all that was asked for. */
static int crawl_forgo(struct berth_op *op, const struct unit *unit,
                       const struct berth_response *res, int r, struct berth_error *err)
{
    struct crawl *crawl = op->state;
    if (!is_its_own_fault(unit, res, r) || !str_is_empty(named_group(op)) ||
        ++crawl->failures >= MAX_FAILURES)
        return r;
    op->marks |= MARK_INCOMPLETE;
    if (unit->kind == &REGISTRATION)
        op->marks |= MARK_ENROLLMENTS_INCOMPLETE;
    op_log(op, BERTH_LOG_WARN,
           "%s '%s' was left out; what is missing in it is not taken "
           "for deleted: %s",
           unit->kind == &REGISTRATION ? "registration" : "enrollment group",
           unit->id.ptr, err ? err->message : "");
    return 0;
}

/* --- pages of ids ------------------------------------------------------------------ */

/* A unit of `kind` for each id on the page. */
static int add_each(struct berth_op *op, struct berth_str body, const char *id_name,
                    const struct unit_kind *kind, struct berth_error *err)
{
    struct scan scan;
    struct scan_item item;
    const struct berth_str name = str_from(id_name);
    int r = scan_begin(&scan, body, "", err);
    if (r < 0)
        return r;
    scan_want(&scan, &name, 1);
    while ((r = scan_next(&scan, &item, err)) > 0) {
        cleanup(text) struct text room;
        struct berth_str id = {0};
        text_init(&room, 4096);
        if (!scan_string(item.members[0], &room, &id))
            return text_failed(&room) ? fail_no_memory(err)
                                      : fail(err, BERTH_E_PROTOCOL,
                                             "an item of the answer has no %s", id_name);
        r = unit_add(op, kind, id, NONE, err);
        if (r < 0)
            return r;
    }
    return r;
}

static int ids_build(struct berth_op *op, const struct noun *noun,
                     const struct unit *unit, struct outgoing *out,
                     struct berth_error *err)
{
    struct query query = {noun->query_path, NULL, noun->query, DPS_PAGE_SIZE};
    return request_query(op, &query, unit, out, err);
}

static int groups_build(struct berth_op *op, const struct unit *unit,
                        struct outgoing *out, struct berth_error *err)
{
    return ids_build(op, &DPS_GROUP, unit, out, err);
}

static int groups_read(struct berth_op *op, const struct unit *unit,
                       const struct berth_response *res, struct berth_error *err)
{
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    int r = add_each(op, res->body, DPS_GROUP.id, &GROUP_PAGE, err);
    if (r == 0)
        r = request_add_next(op, unit, res, err);
    return r < 0 ? r : 0;
}

/* --- the registrations of one group ------------------------------------------------ */

static int group_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                       struct berth_error *err)
{
    static const struct query QUERY = {"/registrations/{enrollmentGroupId}/query",
                                       "enrollmentGroupId", "SELECT *", DPS_PAGE_SIZE};
    return request_query(op, &QUERY, unit, out, err);
}

static int give_page(struct berth_op *op, struct berth_str body, struct berth_str scope,
                     struct berth_error *err)
{
    struct scan scan;
    struct scan_item item;
    int r = scan_begin(&scan, body, "", err);
    if (r < 0)
        return r;
    scan_want(&scan, REGISTRATION_MEMBERS, MEMBER_COUNT);
    while ((r = op_scan_next(op, &scan, scope, &item, err)) > 0) {
        r = give_registration(op, &item, scope, err);
        if (r < 0)
            return r;
    }
    return r;
}

/* Nothing else tells a slip of the pen from a group without devices. What was in a group
 * that is gone is gone as well, so this is worth a word and no failure. */
static void tell_missing(struct berth_op *op, const struct unit *unit)
{
    op_log(op, BERTH_LOG_WARN,
           "there is no enrollment group '%s'; enrollmentGroup.list shows those that "
           "there are",
           unit->id.ptr);
}

static int named_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                       struct berth_error *err)
{
    return request_get(op, &DPS_GROUP, unit->id, out, err);
}

/* That the listing is empty is certain, whatever else is answered: the key may lack the
 * right to read groups. */
static int named_read(struct berth_op *op, const struct unit *unit,
                      const struct berth_response *res, struct berth_error *err)
{
    (void)err;
    if (res->status == 404)
        tell_missing(op, unit);
    return 0;
}

/* The service answers an empty listing for a group that does not exist: where one group
 * was asked for, an empty listing is looked into. */
static int look_into_empty(struct berth_op *op, const struct unit *unit,
                           struct berth_str body, struct berth_error *err)
{
    struct scan scan;
    struct scan_item item;
    if (str_is_empty(named_group(op)) || !str_is_empty(unit->continuation))
        return 0;
    int r = scan_begin(&scan, body, "", err);
    if (r == 0)
        r = scan_next(&scan, &item, err);
    return r == 0 ? unit_add(op, &NAMED_GROUP, unit->id, NONE, err) : r < 0 ? r : 0;
}

/* One page of a group was listed: on to the next, or the group is complete. */
static int group_go_on(struct berth_op *op, const struct unit *unit,
                       const struct berth_response *res, struct berth_str scope,
                       struct berth_error *err)
{
    int r = request_add_next(op, unit, res, err);
    if (r != 0)
        return r < 0 ? r : 0;
    r = look_into_empty(op, unit, res->body, err);
    return r < 0 ? r : op_complete(op, scope);
}

static int group_read(struct berth_op *op, const struct unit *unit,
                      const struct berth_response *res, struct berth_error *err)
{
    struct crawl *crawl = op->state;
    if (res->status != 200 && res->status != 404)
        return unit_fail(op, unit, res, err);
    if (res->status == 404) { /* deleted since it was listed; its devices may be there */
        crawl->failures = 0;
        if (!str_is_empty(named_group(op)))
            tell_missing(op, unit);
        return 0;
    }
    cleanup(text) struct text scope;
    text_init(&scope, 4096);
    text_add(&scope, "enrollmentGroups/");
    text_add_str(&scope, unit->id);
    if (text_failed(&scope))
        return fail_no_memory(err);
    int r = give_page(op, res->body, text_str(&scope), err);
    if (r == 0)
        r = group_go_on(op, unit, res, text_str(&scope), err);
    if (r == 0)
        crawl->failures = 0;
    return r;
}

/* --- individual enrollments -------------------------------------------------------- */

/* Once nothing of them is open any more. */
static int complete_enrollments(struct berth_op *op)
{
    if (unit_is_open(op, &ENROLLMENTS_PAGE) || unit_is_open(op, &REGISTRATION) ||
        (op->marks & MARK_ENROLLMENTS_INCOMPLETE))
        return 0;
    return op_complete(op, STR("enrollments"));
}

static int enrollments_build(struct berth_op *op, const struct unit *unit,
                             struct outgoing *out, struct berth_error *err)
{
    return ids_build(op, &DPS_ENROLLMENT, unit, out, err);
}

static int enrollments_read(struct berth_op *op, const struct unit *unit,
                            const struct berth_response *res, struct berth_error *err)
{
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    int r = add_each(op, res->body, DPS_ENROLLMENT.id, &REGISTRATION, err);
    if (r == 0)
        r = request_add_next(op, unit, res, err);
    return r < 0 ? r : complete_enrollments(op);
}

static int registration_build(struct berth_op *op, const struct unit *unit,
                              struct outgoing *out, struct berth_error *err)
{
    struct request request = {"GET", "/registrations/{registrationId}", "registrationId",
                              unit->id, BERTH_READ_ONLY | BERTH_REPEATABLE};
    return request_build(op, &request, out, err);
}

/* An answer that is one object, looked at like an item of a list. */
static int scan_one(struct berth_str body, struct scan_item *item,
                    struct berth_error *err)
{
    int r = scan_check(body, err);
    item->text = body;
    for (int i = 0; r >= 0 && i < MEMBER_COUNT; i++) {
        const char *pointers[] = {"/registrationId", "/etag", "/lastUpdatedDateTimeUtc",
                                  "/status"};
        r = scan_find(body, pointers[i], &item->members[i], err);
    }
    return r < 0 ? r : 0;
}

static int registration_read(struct berth_op *op, const struct unit *unit,
                             const struct berth_response *res, struct berth_error *err)
{
    struct crawl *crawl = op->state;
    struct scan_item item = {0};
    int r = 0;
    if (res->status != 200 && res->status != 404)
        return unit_fail(op, unit, res, err);
    if (res->status == 200) /* else it has not registered yet */
        r = scan_one(res->body, &item, err);
    if (r == 0 && res->status == 200)
        r = give_registration(op, &item, STR("enrollments"), err);
    if (r < 0)
        return r;
    crawl->failures = 0;
    return complete_enrollments(op);
}

static const struct unit_kind REGISTRATION = {
    .name = "registration",
    .rank = 0,
    .build = registration_build,
    .read = registration_read,
};

static const struct unit_kind GROUP_PAGE = {
    .name = "group",
    .rank = 1,
    .is_page = true,
    .build = group_build,
    .read = group_read,
};

static const struct unit_kind NAMED_GROUP = {
    .name = "named",
    .rank = 0,
    .build = named_build,
    .read = named_read,
};

static const struct unit_kind GROUPS_PAGE = {
    .name = "groups",
    .rank = 2,
    .is_page = true,
    .build = groups_build,
    .read = groups_read,
};

static const struct unit_kind ENROLLMENTS_PAGE = {
    .name = "enrollments",
    .rank = 2,
    .is_page = true,
    .build = enrollments_build,
    .read = enrollments_read,
};

static const struct unit_kind *const KINDS[] = {
    &REGISTRATION, &NAMED_GROUP, &GROUP_PAGE, &GROUPS_PAGE, &ENROLLMENTS_PAGE, NULL,
};

const struct operation DPS_REGISTRATION_CHANGED = {
    .id = "registration.changed",
    .state_size = sizeof(struct crawl),
    .kinds = KINDS,
    .prepare = crawl_prepare,
    .start = crawl_start,
    .finish = crawl_finish,
    .forgo = crawl_forgo,
};
