#include "emulator/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "emulator/ident.h"
#include "emulator/moment.h"

void call_header(struct call *c, const char *name, const char *value)
{
    struct emu_response *response = c->response;
    char *copy = strdup(value);

    if (!copy || response->header_count == EMU_HEADERS_MAX) {
        free(copy);
        response->body.failed = true; /* no memory: becomes a 500 */
        return;
    }
    response->headers[response->header_count].name = name;
    response->headers[response->header_count++].value = copy;
}

void call_header_int(struct call *c, const char *name, long value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%ld", value);
    call_header(c, name, digits);
}

static bool is_json(const char *content_type)
{
    static const char JSON[] = "application/json";

    return content_type && !strncasecmp(content_type, JSON, strlen(JSON)) &&
           strchr("; \t", content_type[strlen(JSON)]);
}

int call_body(struct call *c, bool optional, json_t **ret)
{
    const struct emu_request *request = c->request;
    json_error_t where;

    *ret = NULL;
    if (request->too_large)
        return problem_set(&c->problem, REFUSE_TOO_LARGE,
                           "the body is longer than %d bytes", CHOICE_BODY_MAX);
    if (!request->body_len) {
        if (optional)
            return 0;
        return problem_set(&c->problem, REFUSE_BAD_REQUEST, "there is no body");
    }
    if (c->route.operation && !is_json(request->content_type)) /* the service's only */
        return problem_set(&c->problem, REFUSE_MEDIA_TYPE,
                           "Content-Type must be application/json");
    *ret = json_loadb(request->body, request->body_len, 0, &where);
    if (!*ret)
        return problem_set(&c->problem, REFUSE_BAD_REQUEST,
                           "the body is no JSON: %s at line %d", where.text, where.line);
    return 0;
}

struct slice call_body_text(const struct call *c)
{
    struct slice text = {c->request->body, c->request->body_len};

    return text;
}

const char *call_id(struct call *c, size_t captured)
{
    const char *id = c->route.captured[captured], *wrong = ident_problem(id);

    if (!wrong)
        return id;
    (void)problem_set(&c->problem,
                      c->route.operation->kind == KIND_GROUP ? REFUSE_BAD_GROUP_ID
                                                             : REFUSE_BAD_ID,
                      "the id '%.140s' %s", id, wrong);
    return NULL;
}

/* Write the service's error body. */
void call_error(struct call *c, int status, int code, const char *message)
{
    struct emu_response *response = c->response;
    char when[MOMENT_SIZE];

    text_wipe(&response->body);
    response->status = status;
    response->error_code = code;
    moment_format(c->now_us, when);
    text_addf(&response->body,
              "{\"errorCode\":%d,\"trackingId\":\"%s\",\"message\":", code,
              response->request_id);
    text_add_json(&response->body, message);
    if (*c->problem.detail) {
        text_add(&response->body, ",\"info\":{\"reason\":");
        text_add_json(&response->body, c->problem.detail);
        text_add(&response->body, "}");
    }
    text_addf(&response->body, ",\"timestampUtc\":\"%s\"}", when);
}

/* Turn the problem into an answer. */
void call_refuse(struct call *c)
{
    enum refusal refusal = c->problem.refusal;
    char message[100];

    if (refusal == REFUSE_API_VERSION)
        (void)snprintf(message, sizeof message, "%s %s.", refusal_message(refusal),
                       c->route.api_version);
    else
        (void)snprintf(message, sizeof message, "%s", refusal_message(refusal));
    call_error(c, refusal_status(refusal), refusal_code(refusal), message);
}
