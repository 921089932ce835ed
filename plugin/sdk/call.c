/* The operation that a manifest's request block declares: no C of its own. */
#include <string.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/unit.h"

static int call_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                      struct berth_error *err)
{
    struct rest_input in = {op->input, unit->continuation, op->page_size};
    return rest_build(&op->conn->rest, op->rest, &in, out, err);
}

/* A text without its quotes, anything else as it stands. False: out of memory, or a text
 * with half a surrogate pair. */
static bool as_text(struct berth_str raw, struct text *room, struct berth_str *ret)
{
    if (raw.len > 0 && raw.ptr[0] == '"')
        return scan_string(raw, room, ret);
    *ret = raw;
    return true;
}

/* A service counts its things, or names them. */
static bool item_key(struct berth_str raw, struct text *room, struct berth_str *ret)
{
    bool number = raw.len > 0 && strchr("-0123456789", raw.ptr[0]);
    return (number || (raw.len > 0 && raw.ptr[0] == '"')) && as_text(raw, room, ret);
}

/* The version's members, one behind the other; one alone is taken as it stands, and no
 * version (the host hashes the item) when it is null. */
static int item_version(const struct rest_call *call, const struct scan_item *item,
                        struct text *room, struct berth_str *ret)
{
    if (call->member_count == 2 && str_equal(item->members[1], STR("null")))
        return 0;
    if (call->member_count == 2)
        return as_text(item->members[1], room, ret) ? 0 : BERTH_E_PROTOCOL;
    bool any = false;
    for (size_t i = 1; i < call->member_count; i++) {
        struct berth_str raw = item->members[i];
        if (i > 1)
            text_add(room, "|");
        if (raw.len > 0 && !text_add_scanned(room, raw))
            text_add_str(room, raw); /* a number, or null */
        any = any || raw.len > 0;
    }
    *ret = any ? text_str(room) : (struct berth_str){0};
    return text_failed(room) ? BERTH_E_NO_MEMORY : 0;
}

/* Room for what an item's members say, kept from item to item. */
struct item_room {
    struct text key;
    struct text version;
};

static void cleanup_item_room(struct item_room *room)
{
    text_release(&room->key);
    text_release(&room->version);
}

static int give_item(struct berth_op *op, const struct scan_item *found,
                     struct item_room *room, struct berth_error *err)
{
    const struct rest_call *call = op->rest;
    struct berth_item item = {.size = sizeof(item), .data = found->text};
    text_reset(&room->key);
    text_reset(&room->version);
    if (call->member_count > 0 && !item_key(found->members[0], &room->key, &item.key))
        return fail(err, text_failed(&room->key) ? BERTH_E_NO_MEMORY : BERTH_E_PROTOCOL,
                    "an item of the answer has no %s that is a text or a number",
                    call->members[0].ptr);
    int r = call->member_count > 1
                ? item_version(call, found, &room->version, &item.version)
                : 0;
    if (r < 0)
        return fail(err, text_failed(&room->version) ? BERTH_E_NO_MEMORY : r,
                    "an item of the answer has a %s with half a surrogate pair",
                    call->members[1].ptr);
    return op_item(op, &item);
}

static int give_items(struct berth_op *op, struct berth_str body, struct berth_error *err)
{
    struct scan scan;
    struct scan_item item;
    int r = scan_begin(&scan, body, op->rest->page_items, err);
    if (r < 0)
        return r;
    cleanup(item_room) struct item_room room;
    text_init(&room.key, 4096);
    text_init(&room.version, 4096);
    scan_want(&scan, op->rest->members, op->rest->member_count);
    struct berth_str whole = {0};
    while ((r = op_scan_next(op, &scan, whole, &item, err)) > 0) {
        r = give_item(op, &item, &room, err);
        if (r < 0)
            return r;
    }
    return r;
}

/* Where the next page begins; empty: there is none. */
static int next_page(const struct rest_call *call, const struct berth_response *res,
                     struct text *room, struct berth_str *ret, struct berth_error *err)
{
    struct berth_str raw = {0};
    if (call->paging == REST_PAGES_BY_HEADER)
        *ret = answer_header(res, call->page_token);
    if (call->paging != REST_PAGES_BY_LINK)
        return 0;
    int r = scan_find(res->body, call->page_next, &raw, err);
    if (r <= 0 || str_equal(raw, STR("null")))
        return r < 0 ? r : 0;
    if (!scan_string(raw, room, ret))
        return text_failed(room)
                   ? fail_no_memory(err)
                   : fail(err, BERTH_E_PROTOCOL, "the next page's url is no text");
    return 0;
}

static int ask_next_page(struct berth_op *op, const struct unit *unit,
                         const struct berth_response *res, struct berth_error *err)
{
    cleanup(text) struct text room;
    struct berth_str next = {0};
    text_init(&room, 8192);
    int r = next_page(op->rest, res, &room, &next, err);
    if (r == 0)
        r = unit_add_next(op, unit, next, err);
    return r > 0 ? op_send_ahead(op, err) : r;
}

/* The page that follows is asked for first: while this one is read the service makes it.
 * Where it cannot be asked for, this one is read all the same. */
static int read_page(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    int asked = ask_next_page(op, unit, res, err);
    int r = give_items(op, res->body, err);
    return r < 0 ? r : asked;
}

/* It is there, and another one than was meant: no earlier attempt deleted it. */
static int fail_certain(struct berth_op *op, const struct unit *unit,
                        const struct berth_response *res, struct berth_error *err)
{
    struct berth_response certain = *res;
    certain.flags &= ~(uint32_t)BERTH_UNCERTAIN;
    return unit_fail(op, unit, &certain, err);
}

static int call_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    const struct rest_call *call = op->rest;
    bool deletes = strcmp(call->method, "DELETE") == 0;
    if (deletes && res->status == 404 && (res->flags & BERTH_UNCERTAIN) != 0)
        return op_result(op, (struct berth_str){0}); /* an earlier attempt did it */
    if (deletes && res->status == 412)
        return fail_certain(op, unit, res, err);
    if (!rest_is_success(call, res->status))
        return unit_fail(op, unit, res, err);
    if (call->yields_items)
        return read_page(op, unit, res, err);
    bool may_be_empty = deletes || res->status == 204;
    int r = res->body.len == 0 && may_be_empty ? 0 : scan_check(res->body, err);
    return r < 0 ? r : op_result(op, res->body);
}

static const struct unit_kind CALL_KIND = {
    .name = "page",
    .is_page = true,
    .build = call_build,
    .read = call_read,
};

static const struct unit_kind *const CALL_KINDS[] = {&CALL_KIND, NULL};

static int call_start(struct berth_op *op, struct berth_error *err)
{
    return unit_add(op, &CALL_KIND, (struct berth_str){0}, (struct berth_str){0}, err);
}

/* All pages of a listing were read. */
static int call_finish(struct berth_op *op, struct berth_error *err)
{
    (void)err; /* nothing here fails by itself */
    int r = op->rest->is_trigger ? op_complete(op, (struct berth_str){0}) : 0;
    return r < 0 ? r : op_result(op, (struct berth_str){0});
}

const struct operation CALL_OPERATION = {
    .id = "call",
    .kinds = CALL_KINDS,
    .start = call_start,
    .finish = call_finish,
};
