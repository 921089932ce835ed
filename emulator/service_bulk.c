/* Bulk operations: up to ten enrollments or groups, each with its own outcome. */
#include <string.h>
#include <strings.h>

#include "emulator/call.h"
#include "emulator/save.h"

enum bulk_mode { BULK_CREATE, BULK_UPDATE, BULK_MATCH, BULK_DELETE, BULK_UNKNOWN };

static enum bulk_mode mode_read(const json_t *json)
{
    static const char *const NAMES[] = {[BULK_CREATE] = "create",
                                        [BULK_UPDATE] = "update",
                                        [BULK_MATCH] = "updateIfMatchETag",
                                        [BULK_DELETE] = "delete"};
    const char *mode = json_string_value(json_object_get(json, "mode"));
    int i;

    for (i = 0; mode && i < BULK_UNKNOWN; i++)
        if (!strcasecmp(mode, NAMES[i]))
            return (enum bulk_mode)i;
    return BULK_UNKNOWN;
}

/* Store one element under the lock. */
static int element_save(struct call *c, enum bulk_mode mode, const struct draft *draft,
                        const json_t *json)
{
    struct save save = {.kind = c->route.operation->kind, .now_us = c->now_us};
    const struct enrollment *e;
    int r;

    save.if_match = json_string_value(json_object_get(json, "etag"));
    if (mode == BULK_MATCH && !save.if_match)
        return problem_set(&c->problem, REFUSE_BAD_REQUEST, "etag: is missing");
    save.mode = SAVE_REPLACE;
    if (mode == BULK_CREATE)
        save.mode = SAVE_CREATE;
    else if (mode == BULK_MATCH && !etag_is_any(save.if_match))
        save.mode = SAVE_MATCH;
    store_lock_write(&c->emu->store);
    if (mode == BULK_DELETE)
        r = save_delete(c->emu, save.kind, draft->id, NULL, &c->problem);
    else
        r = save_draft(c->emu, &save, draft, &e, &c->problem);
    store_unlock(&c->emu->store);
    return r;
}

static int element_run(struct call *c, enum bulk_mode mode,
                       const struct draft_source *source)
{
    struct draft draft;
    int r;

    draft_init(&draft);
    r = mode == BULK_DELETE ? draft_read_id(&draft, source, &c->problem)
                            : draft_read(&draft, source, &c->problem);
    if (r == 0)
        r = element_save(c, mode, &draft, source->json);
    draft_release(&draft);
    return r;
}

static void error_add(struct call *c, const struct draft_source *source,
                      struct text *errors)
{
    const char *member = kind_id_member(source->kind);
    const char *id = json_string_value(json_object_get(source->json, member));

    text_addf(errors, "%s{\"%s\":", errors->len ? "," : "", member);
    text_add_json(errors, id ? id : "");
    text_addf(errors,
              ",\"errorCode\":%d,\"errorStatus\":", refusal_code(c->problem.refusal));
    text_add_json(errors, *c->problem.detail ? c->problem.detail
                                             : refusal_message(c->problem.refusal));
    text_add(errors, "}");
}

static void elements_run(struct call *c, enum bulk_mode mode, json_t *list,
                         struct slice text)
{
    struct draft_source source = {.kind = c->route.operation->kind};
    struct text errors;
    size_t i;

    source.sticky = strcmp(c->route.api_version, CHOICE_STICKY_VERSION) <= 0;
    text_init(&errors, 8 * CHOICE_BODY_MAX);
    for (i = 0; i < json_array_size(list); i++) {
        source.json = json_array_get(list, i);
        source.text = slice_element(text, i);
        if (element_run(c, mode, &source) < 0)
            error_add(c, &source, &errors);
    }
    text_addf(&c->response->body, "{\"isSuccessful\":%s,\"errors\":[",
              errors.len ? "false" : "true");
    text_add(&c->response->body, text_str(&errors));
    text_add(&c->response->body, "]}");
    if (text_failed(&errors))
        c->response->body.failed = true;
    text_release(&errors);
}

static int bulk_check(struct call *c, const json_t *json, const char *member,
                      const json_t *list)
{
    size_t i, n = json_array_size(list);

    if (mode_read(json) == BULK_UNKNOWN)
        return problem_set(&c->problem, REFUSE_BAD_REQUEST,
                           "mode: must be create, update, updateIfMatchETag or delete");
    if (n == 0 || n > CHOICE_BULK_MAX)
        return problem_set(&c->problem, REFUSE_BAD_REQUEST,
                           "%s: must be an array of 1 to %d elements", member,
                           CHOICE_BULK_MAX);
    for (i = 0; i < n; i++)
        if (!json_is_object(json_array_get(list, i)))
            return problem_set(&c->problem, REFUSE_BAD_REQUEST,
                               "%s: element %zu is no object", member, i);
    return 0;
}

int enrollment_bulk(struct call *c)
{
    const char *member =
        c->route.operation->kind == KIND_GROUP ? "enrollmentGroups" : "enrollments";
    json_t *json, *list;
    int r;

    r = call_body(c, false, &json);
    if (r < 0)
        return r;
    list = json_object_get(json, member);
    r = bulk_check(c, json, member, list);
    if (r == 0)
        elements_run(c, mode_read(json), list, slice_member(call_body_text(c), member));
    json_decref(json);
    return r;
}
