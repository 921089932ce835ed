#include "emulator/emu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/access.h"
#include "emulator/admin.h"
#include "emulator/call.h"
#include "emulator/mask.h"
#include "emulator/moment.h"
#include "emulator/spoil.h"

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
    if (quota_init(&emu->operations, emu->options.quota_operations) < 0)
        goto no_operations;
    if (quota_init(&emu->registrations, emu->options.quota_registrations) < 0)
        goto no_registrations;
    if (polls_init(&emu->polls, emu->options.quota_polls) < 0)
        goto no_polls;
    if (faults_init(&emu->faults) < 0)
        goto no_faults;
    if (lag_init(&emu->lag) < 0)
        goto no_lag;
    if (journal_init(&emu->journal) < 0)
        goto no_journal;
    if (pthread_mutex_init(&emu->saving, NULL) == 0)
        return 0;
    journal_release(&emu->journal);
no_journal:
    lag_release(&emu->lag);
no_lag:
    faults_release(&emu->faults);
no_faults:
    polls_release(&emu->polls);
no_polls:
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
    polls_release(&emu->polls);
    faults_release(&emu->faults);
    lag_release(&emu->lag);
    journal_release(&emu->journal);
    (void)pthread_mutex_destroy(&emu->saving); /* nobody holds it any more */
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

static int take_quota(struct call *c, struct quota *quota, const char *what)
{
    int wait_s = quota_take(quota, c->now_us);

    if (!wait_s)
        return 0;
    call_header_int(c, "Retry-After", wait_s);
    return problem_set(&c->problem, REFUSE_THROTTLED, "more than %zu %s in 60 seconds",
                       quota->limit, what);
}

/* A device that asks too often after its operation. */
static int take_poll(struct call *c)
{
    int wait_s = polls_take(&c->emu->polls, c->route.captured[1], c->now_us);

    if (!wait_s)
        return 0;
    call_header_int(c, "Retry-After", wait_s);
    return problem_set(&c->problem, REFUSE_THROTTLED,
                       "more than %zu polls of this device in 10 seconds",
                       c->emu->polls.limit);
}

static int call_run(struct call *c)
{
    const struct operation *operation = c->route.operation;
    int r = check_version(c);

    if (r < 0)
        return r;
    if (operation->right && ((r = access_service(c)) < 0 ||
                             (r = take_quota(c, &c->emu->operations, "operations")) < 0))
        return r;
    if (operation->run == device_register &&
        (r = take_quota(c, &c->emu->registrations, "registrations")) < 0)
        return r;
    if (operation->run == device_operation && (r = take_poll(c)) < 0)
        return r;
    return operation->run(c);
}

/* Turn what went wrong (`r` is what the call came to) into the answer. */
static void call_finish(struct call *c, int r)
{
    if (r == 0 && text_failed(&c->response->body))
        r = problem_set(&c->problem, REFUSE_INTERNAL, "out of memory");
    if (r < 0)
        call_refuse(c);
}

/* Do what the request asks. */
static void call_answer(struct call *c)
{
    call_finish(c, c->route.operation ? call_run(c) : -1);
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
    c->fault = &fault;
    c->now_us += fault.clock_shift_s * MOMENT_SECOND;
    if (!fault.status || fault.after)
        call_answer(c);
    if (fault.status)
        spoil_refuse(c, &fault);
    spoil_answer(c, &fault);
    c->fault = NULL;
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

/* A body for the journal; NULL when it is too long, or no JSON. */
static char *keep_body(const char *p, size_t len)
{
    return len <= JOURNAL_BODY_MAX ? mask_json(p, len) : NULL;
}

static void call_note(const struct call *c, unsigned fault)
{
    struct journal_entry entry = {.at_us = c->now_us, .fault = fault};

    copy(entry.policy, sizeof entry.policy, c->policy);
    if (c->route.operation)
        entry.operation = c->route.operation->id;
    entry.status = c->response->status;
    entry.error_code = c->response->error_code;
    entry.request_bytes = c->request->body_len;
    entry.response_bytes = c->response->body.len;
    copy(entry.method, sizeof entry.method, c->request->method);
    copy(entry.target, sizeof entry.target, c->request->target);
    if (c->emu->options.journal_bodies) {
        entry.request = keep_body(c->request->body, c->request->body_len);
        entry.response = keep_body(text_str(&c->response->body), c->response->body.len);
    }
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
    id[6] = (unsigned char)((id[6] & 0x0f) | 0x40); /* RFC 9562: random, */
    id[8] = (unsigned char)((id[8] & 0x3f) | 0x80); /* of the usual kind */
    guid_format(id, response->request_id);
}

void emu_handle(struct emu *emu, const struct emu_request *request,
                struct emu_response *response)
{
    struct call c = {.emu = emu, .request = request, .response = response};

    response_init(response);
    c.now_us = emu_now(emu);
    if (admin_is(request->target)) {
        call_finish(&c, admin_run(&c));
        response->at_us = c.now_us;
        return;
    }
    if (route_find(&c.route, request->method, request->target, &c.problem) < 0 &&
        *c.route.allow)
        call_header(&c, "Allow", c.route.allow);
    call_note(&c, call_answer_or_fail(&c));
    response->at_us = c.now_us;
    response->delay_ms += emu->options.latency_ms;
}
