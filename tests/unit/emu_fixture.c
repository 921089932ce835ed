#include "tests/unit/emu_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/file.h"
#include "emulator/moment.h"
#include "emulator/problem.h"
#include "emulator/sas.h"

int64_t fixture_now_us;

static int64_t clock_still(void)
{
    return fixture_now_us;
}

static void forget_answer(struct fixture *f)
{
    emu_response_release(&f->answer);
    json_decref(f->json);
    f->json = NULL;
}

static void start(struct fixture *f, const struct emu_options *options)
{
    struct failure failure;
    struct keys keys;

    assert_int_equal(keys_init(&keys, &failure), 0);
    assert_int_equal(emu_init(&f->emu, options, &keys), 0);
    keys_release(&keys);
    f->emu.now = clock_still;
}

int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct emu_options options;

    assert_non_null(f);
    fixture_now_us = INT64_C(1795189056) * MOMENT_SECOND + 123456;
    emu_options_init(&options);
    start(f, &options);
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    forget_answer(f);
    emu_release(&f->emu);
    free(f);
    return 0;
}

void fixture_restart(struct fixture *f, const struct emu_options *options)
{
    forget_answer(f);
    emu_release(&f->emu);
    start(f, options);
}

static int send_request(struct fixture *f, struct emu_request *request, const char *body)
{
    json_error_t where;

    forget_answer(f);
    request->body = body;
    request->body_len = body ? strlen(body) : 0;
    emu_handle(&f->emu, request, &f->answer);
    if (f->answer.body.len) {
        f->json = json_loadb(text_str(&f->answer.body), f->answer.body.len,
                             JSON_REJECT_DUPLICATES, &where);
        assert_non_null(f->json);
    }
    return f->answer.status;
}

int fixture_ask(struct fixture *f, const char *method, const char *target,
                const char *body, const struct ask *more)
{
    static const struct ask NOTHING = {0};
    struct emu_request request = {.method = method, .target = target};
    const struct policy *policy;
    struct text token;
    int status;

    more = more ? more : &NOTHING;
    policy = keys_policy(&f->emu.keys,
                         more->policy ? more->policy : "provisioningserviceowner");
    assert_non_null(policy);
    text_init(&token, 4096);
    sas_add(&token, "dps.example.net", policy->primary, policy->name,
            fixture_now_us / MOMENT_SECOND + 60);
    request.host = "dps.example.net:8443";
    request.authorization = more->authorization ? more->authorization : text_str(&token);
    request.if_match = more->if_match;
    request.continuation = more->continuation;
    request.max_item_count = more->max_item_count;
    request.content_type =
        more->content_type ? more->content_type : "application/json; charset=utf-8";
    status = send_request(f, &request, body);
    text_release(&token);
    return status;
}

int fixture_send(struct fixture *f, const char *method, const char *target,
                 const char *body)
{
    return fixture_ask(f, method, target, body, NULL);
}

int fixture_device(struct fixture *f, const char *method, const char *target,
                   const char *key)
{
    struct emu_request request = {.method = method, .host = "localhost"};
    struct text token, path;
    int status;

    text_init(&path, 1000);
    text_addf(&path, "/%s/registrations/%s?api-version=2021-10-01", f->emu.keys.id_scope,
              target);
    text_init(&token, 4096);
    sas_add(&token, f->emu.keys.id_scope, key, "registration",
            fixture_now_us / MOMENT_SECOND + 60);
    request.target = text_str(&path);
    request.authorization = text_str(&token);
    request.content_type = "application/json";
    status = send_request(f, &request, "{}");
    text_release(&token);
    text_release(&path);
    return status;
}

int fixture_admin(struct fixture *f, const char *method, const char *call,
                  const char *body)
{
    char target[100], bearer[KEY_TEXT_SIZE + 8];
    struct ask ask = {.authorization = bearer};

    (void)snprintf(target, sizeof target, "/_emulator/%s", call);
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", f->emu.keys.admin_token);
    return fixture_ask(f, method, target, body, &ask);
}

void fixture_fault(struct fixture *f, const char *rule)
{
    struct fault_rule made;
    struct problem p;

    assert_int_equal(fault_read(&made, rule, &p), 0);
    assert_true(faults_add(&f->emu.faults, &made) > 0);
}

const char *fixture_header(const struct fixture *f, const char *name)
{
    size_t i;

    for (i = 0; i < f->answer.header_count; i++)
        if (!strcmp(f->answer.headers[i].name, name))
            return f->answer.headers[i].value;
    return "";
}

static const json_t *find(const struct fixture *f, const char *path)
{
    const json_t *at = f->json;
    char name[64];

    while (*path) {
        size_t len = strcspn(path, ".");

        assert_true(len < sizeof name);
        memcpy(name, path, len);
        name[len] = '\0';
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10))
                               : json_object_get(at, name);
        path += len + (path[len] == '.');
    }
    return at;
}

const char *fixture_string(const struct fixture *f, const char *path)
{
    const char *s = json_string_value(find(f, path));

    return s ? s : "";
}

long long fixture_number(const struct fixture *f, const char *path)
{
    return json_integer_value(find(f, path));
}
