#include "emulator/emu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "emulator/access.h"
#include "emulator/admin.h"
#include "emulator/call.h"
#include "emulator/ident.h"
#include "emulator/moment.h"
#include "emulator/sas.h"

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

static int parts_init(struct emu *emu)
{
    if (store_init(&emu->store) < 0)
        return -1;
    if (quota_init(&emu->operations, emu->options.quota) < 0)
        goto no_operations;
    if (quota_init(&emu->registrations, emu->options.quota) < 0)
        goto no_registrations;
    if (faults_init(&emu->faults) < 0)
        goto no_faults;
    if (journal_init(&emu->journal) == 0)
        return 0;
    faults_release(&emu->faults);
no_faults:
    quota_release(&emu->registrations);
no_registrations:
    quota_release(&emu->operations);
no_operations:
    store_release(&emu->store);
    return -1;
}

int emu_init(struct emu *emu, const struct emu_options *options, const struct keys *keys)
{
    emu->options = *options;
    emu->keys = *keys;
    emu->now = moment_now;
    emu->clock_offset_us = 0;
    return parts_init(emu);
}

void emu_release(struct emu *emu)
{
    store_release(&emu->store);
    quota_release(&emu->operations);
    quota_release(&emu->registrations);
    faults_release(&emu->faults);
    journal_release(&emu->journal);
    keys_release(&emu->keys);
}

int64_t emu_now(const struct emu *emu)
{
    return emu->now() + emu->clock_offset_us;
}

static void headers_release(struct emu_response *response)
{
    size_t i;

    for (i = 0; i < response->header_count; i++)
        free(response->headers[i].value);
    response->header_count = 0;
}

void emu_response_release(struct emu_response *response)
{
    headers_release(response);
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
    const struct operation *operation = c->route.operation;
    int r = check_version(c);

    if (r < 0)
        return r;
    if (operation->right &&
        ((r = access_service(c)) < 0 || (r = take_quota(c, &c->emu->operations)) < 0))
        return r;
    if (operation->run == device_register &&
        (r = take_quota(c, &c->emu->registrations)) < 0)
        return r;
    return operation->run(c);
}

/* Write the service's error body. */
static void error_write(struct call *c, int status, int code, const char *message)
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
static void call_refuse(struct call *c)
{
    enum refusal refusal = c->problem.refusal;
    char message[100];

    if (refusal == REFUSE_API_VERSION)
        (void)snprintf(message, sizeof message, "%s %s.", refusal_message(refusal),
                       c->route.api_version);
    else
        (void)snprintf(message, sizeof message, "%s", refusal_message(refusal));
    error_write(c, refusal_status(refusal), refusal_code(refusal), message);
}

/* The answer that a fault gives in place of the right one. */
static void fault_refuse(struct call *c, const struct fault *fault)
{
    headers_release(c->response);
    (void)problem_set(&c->problem, REFUSE_INTERNAL, "a fault that was asked for");
    if (fault->retry_after_s >= 0)
        call_header_int(c, "Retry-After", fault->retry_after_s);
    error_write(c, fault->status, fault->status * 1000 + 1, "Injected fault");
}

/* Forget the continuation token, or give the one again that was sent. */
static void fault_token(struct call *c, enum fault_token token)
{
    struct emu_response *response = c->response;
    const char *sent = c->request->continuation;
    size_t i;

    for (i = 0; i < response->header_count; i++) {
        struct emu_header *header = &response->headers[i];

        if (strcmp(header->name, "x-ms-continuation") != 0)
            continue;
        if (token == FAULT_TOKEN_REPEAT && !sent)
            return;
        free(header->value);
        *header = response->headers[--response->header_count];
        break;
    }
    if (token == FAULT_TOKEN_REPEAT && sent && i <= response->header_count)
        call_header(c, "x-ms-continuation", sent);
}

static void fault_spoil(struct call *c, const struct fault *fault)
{
    struct emu_response *response = c->response;

    if (fault->token)
        fault_token(c, fault->token);
    if (fault->malformed && response->body.len)
        response->body.data[response->body.len /= 2] = '\0';
    if (fault->html) {
        text_wipe(&response->body);
        text_add(&response->body, "<html><body>This is not JSON.</body></html>");
        response->content_type = "text/html";
    }
    response->delay_ms = fault->delay_ms;
    response->pause_ms = fault->pause_ms;
    response->cut = fault->cut;
    response->reset = fault->reset;
}

/* Do what the request asks, or turn what is wrong with it into the answer. */
static void call_answer(struct call *c)
{
    int r = c->route.operation ? call_run(c) : -1;

    if (r == 0 && text_failed(&c->response->body))
        r = problem_set(&c->problem, REFUSE_INTERNAL, "out of memory");
    if (r < 0)
        call_refuse(c);
}

/* The answer, with the fault that hits this request; gives the fault's id. */
static unsigned call_answer_or_fail(struct call *c)
{
    char path[ROUTE_PATH_MAX + 2];
    struct fault fault;
    unsigned id;

    (void)snprintf(path, sizeof path, "/%s", c->route.path);
    id = faults_take(&c->emu->faults, c->request->method, path,
                     c->route.operation ? c->route.operation->id : "", &fault);
    if (!id) {
        call_answer(c);
        return id;
    }
    if (!fault.status || fault.after)
        call_answer(c);
    if (fault.status)
        fault_refuse(c, &fault);
    fault_spoil(c, &fault);
    return id;
}

static void copy(char *out, size_t size, const char *s)
{
    size_t len = strlen(s);

    if (len >= size)
        len = size - 1; /* what is too long is cut */
    memcpy(out, s, len);
    out[len] = '\0';
}

static void call_note(const struct call *c, unsigned fault)
{
    struct journal_entry entry = {.at_us = c->now_us, .fault = fault};
    struct sas sas;

    if (!sas_read(c->request->authorization, &sas))
        copy(entry.policy, sizeof entry.policy, sas.skn);
    if (c->route.operation)
        entry.operation = c->route.operation->id;
    entry.status = c->response->status;
    entry.error_code = c->response->error_code;
    entry.request_bytes = c->request->body_len;
    entry.response_bytes = c->response->body.len;
    copy(entry.method, sizeof entry.method, c->request->method);
    copy(entry.target, sizeof entry.target, c->request->target);
    copy(entry.request_id, sizeof entry.request_id, c->response->request_id);
    journal_add(&c->emu->journal, &entry);
}

static void response_init(struct emu_response *response)
{
    unsigned char id[16];

    memset(response, 0, sizeof *response);
    text_init(&response->body, RESPONSE_MAX);
    response->status = 200;
    response->cut = -1;
    response->content_type = "application/json; charset=utf-8";
    if (!random_fill(id, sizeof id))
        memset(id, 0, sizeof id);
    guid_format(id, response->request_id);
}

void emu_handle(struct emu *emu, const struct emu_request *request,
                struct emu_response *response)
{
    struct call c = {.emu = emu, .request = request, .response = response};

    response_init(response);
    c.now_us = emu_now(emu);
    if (admin_is(request->target)) {
        if (admin_run(&c) < 0)
            call_refuse(&c);
        return;
    }
    if (route_find(&c.route, request->method, request->target, &c.problem) < 0 &&
        *c.route.allow)
        call_header(&c, "Allow", c.route.allow);
    call_note(&c, call_answer_or_fail(&c));
}
