
#include "host/cli/result.h"

#include <inttypes.h>
#include <string.h>

#include "host/cli/plain.h"
#include "host/cli/resume.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

static bool is_one_line(struct berth_str value)
{
    return !memchr(value.ptr, '\n', value.len) && !memchr(value.ptr, '\r', value.len);
}

/* The masked value as a tree that the caller owns. */
static int value_new(const struct result_mask *mask, struct berth_str value,
                     json_t **ret_value, struct berth_error *err)
{
    json_auto_t *tree = json_loadb(value.ptr, value.len, JSON_DECODE_ANY, NULL);
    if (!tree)
        return fail(err, BERTH_E_PROTOCOL, "%s: the connector's result is no JSON",
                    mask->op->id);
    int r = mask->show_secrets ? 0 : operation_redact_output(mask->op, tree, err);
    if (r == 0)
        *ret_value = json_incref(tree);
    return r;
}

int result_add_value(struct text *out, const struct result_mask *mask,
                     struct berth_str value, struct berth_error *err)
{
    if (value.len == 0 || (mask->show_secrets && is_one_line(value))) {
        text_add_str(out, value.len > 0 ? value : STR("null"));
        return 0;
    }
    if (!mask->show_secrets && is_one_line(value) &&
        operation_redact_text(mask->op, value, out))
        return 0;
    json_auto_t *tree = NULL;
    int r = value_new(mask, value, &tree, err);
    if (r < 0)
        return r;
    text_add_value(out, tree);
    return text_failed(out) ? fail_no_memory(err) : 0;
}

static void add_name(struct text *out, const char *name)
{
    text_add(out, ",\"");
    text_add(out, name);
    text_add(out, "\":");
}

/* A text from elsewhere as a JSON string. */
static void add_string(struct text *out, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    cleanup(text) struct text plain;
    text_init(&plain, 4096);
    plain_add(&plain, str_from(value));
    add_name(out, name);
    text_add_json(out, text_str(&plain));
}

void result_add_error(struct text *out, int status, const struct berth_error *error)
{
    text_add_format(out, "{\"class\":\"%s\"", status_name(status));
    add_string(out, "code", error->code);
    if (error->http_status != 0)
        text_add_format(out, ",\"httpStatus\":%" PRId32, error->http_status);
    add_string(out, "serviceCode", error->service_code);
    add_string(out, "message", error->message);
    add_string(out, "requestId", error->request_id);
    text_add(out, "}");
}

void result_add_head(struct text *out, const struct result_head *head, int status)
{
    text_add(out, "{\"line\":");
    text_add_int(out, (int64_t)head->line);
    if (head->id) {
        add_string(out, "id", head->id);
    } else if (head->hash != 0) {
        char hash[17];
        resume_mark_text(head->hash, hash);
        add_string(out, "hash", hash);
    }
    add_string(out, "status", status_name(status));
}
