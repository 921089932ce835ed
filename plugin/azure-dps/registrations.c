/* registration.list. The service answers an empty listing for a group that does not
 * exist, so an empty one is looked into: one request more, and only then. */
#include "azure-dps/operations.h"
#include "azure-dps/request.h"
#include "sdk/json.h"

struct listing {
    bool has_some;
};

static const struct unit_kind REGISTRATIONS_PAGE;
static const struct unit_kind REGISTRATIONS_GROUP;

static int registrations_start(struct berth_op *op, struct berth_error *err)
{
    struct berth_str group = json_str(op->input, "enrollmentGroupId");
    return unit_add(op, &REGISTRATIONS_PAGE, group, (struct berth_str){0}, err);
}

static int registrations_finish(struct berth_op *op, struct berth_error *err)
{
    (void)err; /* nothing here fails by itself */
    return op_result(op, (struct berth_str){0});
}

static int registrations_build(struct berth_op *op, const struct unit *unit,
                               struct outgoing *out, struct berth_error *err)
{
    static const struct query QUERY = {"/registrations/{enrollmentGroupId}/query",
                                       "enrollmentGroupId", "SELECT *", DPS_PAGE_SIZE};
    return request_query(op, &QUERY, unit, out, err);
}

static int give_all(struct berth_op *op, struct berth_str page, struct berth_error *err)
{
    struct listing *listing = op->state;
    struct scan scan;
    struct scan_item found;
    int r = scan_begin(&scan, page, "", err);
    while (r >= 0 && (r = scan_next(&scan, &found, err)) > 0) {
        struct berth_item item = {.size = sizeof(item), .data = found.text};
        listing->has_some = true;
        r = op_item(op, &item);
    }
    return r;
}

static int registrations_read(struct berth_op *op, const struct unit *unit,
                              const struct berth_response *res, struct berth_error *err)
{
    const struct listing *listing = op->state;
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    int r = give_all(op, res->body, err);
    if (r == 0)
        r = request_add_next(op, unit, res, err);
    if (r != 0 || listing->has_some)
        return r < 0 ? r : 0;
    return unit_add(op, &REGISTRATIONS_GROUP, unit->id, (struct berth_str){0}, err);
}

static int group_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                       struct berth_error *err)
{
    return request_get(op, &DPS_GROUP, unit->id, out, err);
}

/* That the listing is empty is certain, whatever else is answered: the key may lack the
 * right to read groups. */
static int group_read(struct berth_op *op, const struct unit *unit,
                      const struct berth_response *res, struct berth_error *err)
{
    return res->status == 404 ? unit_fail(op, unit, res, err) : 0;
}

static const struct unit_kind REGISTRATIONS_PAGE = {
    .name = "page",
    .is_page = true,
    .build = registrations_build,
    .read = registrations_read,
};

static const struct unit_kind REGISTRATIONS_GROUP = {
    .name = "group",
    .build = group_build,
    .read = group_read,
};

const struct operation DPS_REGISTRATION_LIST = {
    .id = "registration.list",
    .state_size = sizeof(struct listing),
    .start = registrations_start,
    .finish = registrations_finish,
};
