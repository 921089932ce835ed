#include "emulator/emu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "emulator/access.h"
#include "emulator/call.h"
#include "emulator/ident.h"
#include "emulator/moment.h"

enum { RESPONSE_MAX = 256 * 1024 * 1024 };

void emu_options_init(struct emu_options *options)
{
    memset(options, 0, sizeof *options);
    options->host_name = "localhost";
    options->page_size = CHOICE_PAGE_SIZE;
    options->retry_after_s = 3;
    options->assign_after_ms = 500;
    options->hubs[0] = "hub-one.azure-devices.net";
    options->hubs[1] = "hub-two.azure-devices.net";
    options->hub_count = 2;
}

int emu_init(struct emu *emu, const struct emu_options *options, const struct keys *keys)
{
    emu->options = *options;
    emu->keys = *keys;
    emu->now = moment_now;
    if (store_init(&emu->store) < 0)
        return -1;
    if (quota_init(&emu->operations, options->quota) == 0) {
        if (quota_init(&emu->registrations, options->quota) == 0)
            return 0;
        quota_release(&emu->operations);
    }
    store_release(&emu->store);
    return -1;
}

void emu_release(struct emu *emu)
{
    store_release(&emu->store);
    quota_release(&emu->operations);
    quota_release(&emu->registrations);
    keys_release(&emu->keys);
}

void emu_response_release(struct emu_response *response)
{
    size_t i;

    for (i = 0; i < response->header_count; i++)
        free(response->headers[i].value);
    response->header_count = 0;
    text_wipe(&response->body);
}

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
    if (!is_json(request->content_type))
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

enum refusal kind_missing(enum kind kind)
{
    if (kind == KIND_ENROLLMENT)
        return REFUSE_NO_ENROLLMENT;
    return kind == KIND_GROUP ? REFUSE_NO_GROUP : REFUSE_NO_REGISTRATION;
}

static int check_version(struct call *c)
{
    static const char *const VERSIONS[] = {API_VERSIONS};
    size_t i;

    for (i = 0; i < sizeof VERSIONS / sizeof *VERSIONS; i++)
        if (!strcmp(VERSIONS[i], c->route.api_version))
            return 0;
    if (!*c->route.api_version)
        return problem_set(&c->problem, REFUSE_API_VERSION, "api-version is missing");
    return problem_set(&c->problem, REFUSE_API_VERSION, "api-version is not known");
}

static int take_quota(struct call *c, struct quota *quota)
{
    int wait_s = quota_take(quota, c->now_us);

    if (!wait_s)
        return 0;
    call_header_int(c, "Retry-After", wait_s);
    return problem_set(&c->problem, REFUSE_THROTTLED,
                       "more than %zu operations in 60 seconds", quota->limit);
}

static int call_run(struct call *c)
{
    const struct operation *operation;
    int r;

    r = route_find(&c->route, c->request->method, c->request->target, &c->problem);
    if (r < 0) {
        if (*c->route.allow)
            call_header(c, "Allow", c->route.allow);
        return r;
    }
    if ((r = check_version(c)) < 0)
        return r;
    operation = c->route.operation;
    if (operation->right &&
        ((r = access_service(c)) < 0 || (r = take_quota(c, &c->emu->operations)) < 0))
        return r;
    if (operation->run == device_register &&
        (r = take_quota(c, &c->emu->registrations)) < 0)
        return r;
    return operation->run(c);
}

/* Turn the problem into the service's error body. */
static void call_refuse(struct call *c)
{
    struct emu_response *response = c->response;
    enum refusal refusal = c->problem.refusal;
    char when[MOMENT_SIZE];

    text_wipe(&response->body);
    response->status = refusal_status(refusal);
    response->error_code = refusal_code(refusal);
    moment_format(c->now_us, when);
    text_addf(&response->body, "{\"errorCode\":%d,\"trackingId\":\"%s\",\"message\":",
              response->error_code, response->request_id);
    if (refusal == REFUSE_API_VERSION) {
        struct text message;

        text_init(&message, 100);
        text_addf(&message, "%s %s.", refusal_message(refusal), c->route.api_version);
        text_add_json(&response->body, text_str(&message));
        text_release(&message);
    } else {
        text_add_json(&response->body, refusal_message(refusal));
    }
    if (*c->problem.detail) {
        text_add(&response->body, ",\"info\":{\"reason\":");
        text_add_json(&response->body, c->problem.detail);
        text_add(&response->body, "}");
    }
    text_addf(&response->body, ",\"timestampUtc\":\"%s\"}", when);
}

void emu_handle(struct emu *emu, const struct emu_request *request,
                struct emu_response *response)
{
    struct call c = {.emu = emu, .request = request, .response = response};
    unsigned char id[16];
    int r;

    memset(response, 0, sizeof *response);
    text_init(&response->body, RESPONSE_MAX);
    c.now_us = emu->now();
    if (!random_fill(id, sizeof id))
        memset(id, 0, sizeof id);
    guid_format(id, response->request_id);
    response->status = 200;
    r = call_run(&c);
    if (r == 0 && text_failed(&response->body))
        r = problem_set(&c.problem, REFUSE_INTERNAL, "out of memory");
    if (r < 0)
        call_refuse(&c);
}
