/* The request path of the emulator, without a socket. The input is lines: method, target,
 * how to sign ("owner", "device", "admin", or the Authorization header itself; after
 * "certificate" the rest is a client's certificate), If-Match, x-ms-continuation,
 * x-ms-max-item-count; the rest is the body. What is answered as JSON must be JSON. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "emulator/emu.h"
#include "emulator/file.h"
#include "emulator/generate.h"
#include "emulator/moment.h"
#include "emulator/sas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES = 6, RECORDS_MAX = 500 };

static const int64_t NEVER = 9999999999;
static const char KEY[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

static int64_t clock_still(void)
{
    return INT64_C(1795189056) * MOMENT_SECOND;
}

static void start(struct emu *emu)
{
    struct emu_options options;
    struct failure failure;
    struct keys keys;

    emu_options_init(&options);
    options.page_size = 2;
    options.journal_bodies = true;
    if (keys_init(&keys, &failure) < 0)
        abort();
    memcpy(keys.id_scope, "0ne00000000", sizeof "0ne00000000");
    memcpy(keys.policies[0].primary, KEY, sizeof KEY);
    memcpy(keys.token_key, KEY, sizeof KEY);
    memcpy(keys.admin_token, KEY, sizeof KEY);
    if (emu_init(emu, &options, &keys) < 0 || generate_enrollments(emu, 3) < 0 ||
        generate_groups(emu, 2, 3) < 0)
        abort();
    emu->now = clock_still;
}

/* What signs the request: `how` is as above, or null. A signature is good for every
 * service call, or for every device of the scope. */
static void sign(struct text *t, const char *how)
{
    if (!how)
        return;
    if (!strcmp(how, "owner"))
        sas_add(t, "localhost", KEY, "provisioningserviceowner", NEVER);
    else if (!strcmp(how, "device"))
        sas_add(t, "0ne00000000", KEY, "registration", NEVER);
    else if (!strcmp(how, "admin"))
        text_addf(t, "Bearer %s", KEY);
    else
        text_add(t, how);
}

/* Cut the next line off, NUL-terminated; NULL when it is empty. */
static const char *next_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');

    if (end)
        *end = '\0';
    *at = end ? end + 1 : line + strlen(line);
    return *line ? line : NULL;
}

/* A fresh one now and then, so that it does not grow without end. */
static struct emu *emulator(void)
{
    static struct emu emu;
    static bool started;

    if (started &&
        emu.store.enrollments[0].count + emu.store.registrations.count > RECORDS_MAX) {
        emu_release(&emu);
        started = false;
    }
    if (!started)
        start(&emu);
    started = true;
    return &emu;
}

/* The body is the client's certificate, and there is no other. */
static void show_certificate(struct emu_request *request)
{
    request->authorization = NULL;
    request->certificates[0].p = (const unsigned char *)request->body;
    request->certificates[0].len = (unsigned)request->body_len;
    request->certificate_count = 1;
    request->body = "{}";
    request->body_len = 2;
}

/* Is it an answer at all, and its body JSON if it says so? A fault may spoil it. */
static void check(const struct emu *emu, const struct emu_response *answer)
{
    static const char JSON[] = "application/json";
    json_t *json;

    if (answer->status < 200 || answer->status > 599)
        abort();
    if (emu->faults.count || !answer->body.len ||
        strncmp(answer->content_type, JSON, strlen(JSON)) != 0)
        return;
    json = json_loadb(answer->body.data, answer->body.len, 0, NULL);
    if (!json)
        abort();
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct emu *emu = emulator();
    struct emu_request request = {.host = "localhost"};
    struct emu_response answer;
    char *copy = malloc(size + 1), *at = copy;
    const char *lines[LINES];
    struct text token;
    int i;

    if (!copy)
        return 0;
    memcpy(copy, data, size);
    copy[size] = '\0';
    for (i = 0; i < LINES; i++)
        lines[i] = next_line(&at);
    text_init(&token, 1000);
    sign(&token, lines[2]);
    request.method = lines[0] ? lines[0] : "GET";
    request.target = lines[1] ? lines[1] : "/";
    request.authorization = token.len ? text_str(&token) : NULL;
    request.if_match = lines[3];
    request.continuation = lines[4];
    request.max_item_count = lines[5];
    request.content_type = "application/json";
    request.body = at;
    request.body_len = (size_t)(copy + size - at);
    if (lines[2] && !strcmp(lines[2], "certificate"))
        show_certificate(&request);
    if (strstr(request.target, "generate"))
        request.body_len = 0; /* it may be asked for ten million */
    emu_handle(emu, &request, &answer);
    check(emu, &answer);
    emu_response_release(&answer);
    text_release(&token);
    free(copy);
    return 0;
}
