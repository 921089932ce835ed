/* Requests recorded from Microsoft's Node SDK, played as they were sent: other case in
 * paths, trailing slashes, raw slashes in sr, a GET with a body, a POST without one. */
#include "tests/unit/emu_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "emulator/file.h"
#include "emulator/moment.h"

static const char POLICY_KEY[] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

static const char GROUP[] =
    "{\"enrollmentGroupId\":\"line\",\"attestation\":{\"type\":\"symmetricKey\","
    "\"symmetricKey\":{\"primaryKey\":\"8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/"
    "+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==\"}}}";

/* Cut the next line off; NULL at the end. */
static char *next_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');

    if (!*line)
        return NULL;
    *at = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    return line;
}

/* Keep a header that the emulator looks at. */
static void take_header(struct emu_request *request, char *line)
{
    static const struct {
        const char *name;
        size_t offset;
    } NAMES[] = {
        {"Host", offsetof(struct emu_request, host)},
        {"Authorization", offsetof(struct emu_request, authorization)},
        {"If-Match", offsetof(struct emu_request, if_match)},
        {"Content-Type", offsetof(struct emu_request, content_type)},
        {"x-ms-max-item-count", offsetof(struct emu_request, max_item_count)},
        {"x-ms-continuation", offsetof(struct emu_request, continuation)},
    };
    char *colon = strstr(line, ": ");
    const char *value = colon + 2;
    size_t i;

    assert_non_null(colon);
    *colon = '\0';
    for (i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (!strcasecmp(line, NAMES[i].name))
            memcpy((char *)request + NAMES[i].offset, &value, sizeof value);
}

static void check_json(const struct text *body)
{
    json_t *json = json_loadb(text_str(body), body->len, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(json);
    json_decref(json);
}

/* Play one request, whose text is cut up; gives the status. */
static int play(struct fixture *f, char *text)
{
    struct emu_request request = {.method = text};
    struct emu_response answer;
    char *line = next_line(&text), *space;
    int status;

    space = strchr(line, ' ');
    assert_non_null(space);
    *space = '\0';
    request.target = space + 1;
    *strrchr(space + 1, ' ') = '\0';
    while ((line = next_line(&text)) && *line)
        take_header(&request, line);
    request.body = text;
    request.body_len = strcspn(text, "\n");
    emu_handle(&f->emu, &request, &answer);
    status = answer.status;
    if (status != 204)
        check_json(&answer.body);
    emu_response_release(&answer);
    return status;
}

static void load(struct text *t)
{
    const char *srcdir = getenv("BERTH_SRCDIR");
    char path[FILE_PATH_MAX];
    struct failure f;

    text_init(t, 1 << 20);
    (void)snprintf(path, sizeof path, "%s/tests/data/emulator/recorded.http",
                   srcdir ? srcdir : ".");
    assert_int_equal(file_read(path, t, &f), 0);
}

static void recorded_requests_are_answered(void **state)
{
    struct fixture *f = *state;
    struct text t;
    char *at, *next;
    int count = 0;

    fixture_now_us = INT64_C(1795189056) * MOMENT_SECOND;
    memcpy(f->emu.keys.policies[0].primary, POLICY_KEY, sizeof POLICY_KEY);
    memcpy(f->emu.keys.id_scope, "0ne00111111", sizeof "0ne00111111");
    assert_int_equal(
        fixture_send(f, "PUT", "/enrollmentGroups/line?api-version=2021-10-01", GROUP),
        200);
    load(&t);
    for (at = strstr(t.data, "=== "); at; at = next) {
        char *title = at + 4;
        long wanted = strtol(title, NULL, 10);

        next = strstr(title, "\n=== ");
        if (next)
            *next++ = '\0';
        char *body = strchr(title, '\n');
        *body++ = '\0';
        int status = play(f, body);
        if (status != wanted)
            print_error("%s: %d\n", title, status);
        assert_int_equal(status, wanted);
        count++;
    }
    assert_int_equal(count, 37);
    text_release(&t);
}

/* The first request five minutes and a second after it expired. */
static void recorded_requests_expire(void **state)
{
    struct fixture *f = *state;
    struct text t;
    char *request;

    fixture_now_us = (INT64_C(1795189056) + 301) * MOMENT_SECOND;
    memcpy(f->emu.keys.policies[0].primary, POLICY_KEY, sizeof POLICY_KEY);
    load(&t);
    request = strstr(t.data, "PUT /");
    *strstr(request, "\n=== ") = '\0';
    assert_int_equal(play(f, request), 401);
    text_release(&t);
}

#define IN_TEST(name)                                                                    \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEST(recorded_requests_are_answered),
        IN_TEST(recorded_requests_expire),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
