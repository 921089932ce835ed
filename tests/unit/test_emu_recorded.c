/* Requests recorded from Microsoft's Node SDK, played as they were sent: other case in
 * paths, trailing slashes, raw slashes in sr, a GET with a body, a POST without one. */
#include "tests/unit/emu_fixture.h"

#include <string.h>
#include <strings.h>

#include "emulator/moment.h"
#include "tests/support/recorded.h"

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
static int play(void *ctx, char *text)
{
    struct fixture *f = ctx;
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

static void recorded_requests_are_answered(void **state)
{
    struct fixture *f = *state;

    fixture_now_us = RECORDED_UNTIL * MOMENT_SECOND;
    memcpy(f->emu.keys.policies[0].primary, RECORDED_KEY, sizeof RECORDED_KEY);
    memcpy(f->emu.keys.id_scope, "0ne00111111", sizeof "0ne00111111");
    assert_int_equal(fixture_send(f, "PUT",
                                  "/enrollmentGroups/line?api-version=2021-10-01",
                                  RECORDED_GROUP),
                     200);
    recorded_play(play, f);
}

/* The first request five minutes and a second after it expired. */
static void recorded_requests_expire(void **state)
{
    struct fixture *f = *state;
    struct text t;
    char *request;

    fixture_now_us = (RECORDED_UNTIL + 301) * MOMENT_SECOND;
    memcpy(f->emu.keys.policies[0].primary, RECORDED_KEY, sizeof RECORDED_KEY);
    recorded_load(&t);
    request = strstr(t.data, "PUT /");
    *strstr(request, "\n=== ") = '\0';
    assert_int_equal(play(f, request), 401);
    text_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEST(recorded_requests_are_answered),
        IN_TEST(recorded_requests_expire),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
