/* berth-emulator against raw bytes on its socket: requests recorded from Microsoft's Node
 * SDK, and clients that do everything wrong. After each of these a good client must be
 * served. BERTH_TEST_FULL opens as many idle connections as are claimed. */
#include "tests/wire/wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "emulator/sas.h"
#include "tests/support/cmocka.h"
#include "tests/support/recorded.h"

static const char KEYS[] = "{\"idScope\":\"0ne00111111\",\"policies\":{}}";
static const char CLOCK[] = "1795189000";

/* Signed for dps.example.test with the owner's key until a year after CLOCK. */
static char authorization[400];

#define GET_STATUS "GET /enrollments/nobody?api-version=2021-10-01 HTTP/1.1\r\n"

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void sign(void)
{
    struct text token;

    text_init(&token, sizeof authorization);
    text_add(&token, "Authorization: ");
    sas_add(&token, "dps.example.test", RECORDED_KEY, "provisioningserviceowner",
            1826725000);
    text_add(&token, "\r\n");
    assert_false(text_failed(&token));
    memcpy(authorization, text_str(&token), token.len + 1);
    text_release(&token);
}

static int start(void **state)
{
    static struct wire_server server;
    char keys[100], key[100], policy[200];
    const char *args[] = {"--quota", "off", "--clock", CLOCK, "--policy", policy, NULL};

    if (!wire_folder(&server))
        return -1;
    (void)snprintf(keys, sizeof keys, "%s/keys.json", server.dir);
    (void)snprintf(key, sizeof key, "%s/key", server.dir);
    (void)snprintf(policy, sizeof policy, "provisioningserviceowner:all:@%s", key);
    write_file(keys, KEYS);
    write_file(key, RECORDED_KEY);
    sign();
    *state = &server;
    return wire_start(&server, args) ? 0 : -1;
}

/* A leak that a sanitizer finds is an exit status, too. */
static int stop(void **state)
{
    return wire_stop(*state) == 0 ? 0 : -1;
}

/* Is a good client served? */
static bool serves(const struct wire_server *server)
{
    char request[1000];

    (void)snprintf(request, sizeof request, GET_STATUS "Host: dps.example.test\r\n%s\r\n",
                   authorization);
    return wire_ask(server, request) == 404;
}

/* --- recorded requests --- */

static int put_group(const struct wire_server *server)
{
    char request[1500];

    (void)snprintf(request, sizeof request,
                   "PUT /EnrollmentGroups/line/?api-version=2021-10-01 HTTP/1.1\r\n"
                   "Host: dps.example.test:443\r\n%sContent-Type: application/json\r\n"
                   "Content-Length: %zu\r\n\r\n%s",
                   authorization, sizeof RECORDED_GROUP - 1, RECORDED_GROUP);
    return wire_ask(server, request);
}

/* One recorded request as it went over the wire: lines end in CR LF. */
static void unroll(struct text *out, const char *recorded)
{
    const char *blank = strstr(recorded, "\n\n"), *body = blank ? blank + 2 : "";
    size_t head_len = blank ? (size_t)(blank - recorded) : strlen(recorded), at;
    size_t body_len = strcspn(body, "\n");

    while (head_len && recorded[head_len - 1] == '\n')
        head_len--;
    for (at = 0; at < head_len; at++) {
        text_add(out, recorded[at] == '\n' ? "\r" : "");
        text_add_bytes(out, recorded + at, 1);
    }
    if (body_len && !strstr(text_str(out), "Content-Length: "))
        text_addf(out, "\r\nContent-Length: %zu", body_len);
    text_add(out, "\r\n\r\n");
    text_add_bytes(out, body, body_len);
}

static int send_recorded(void *ctx, char *recorded)
{
    struct wire *wire = ctx;
    struct text request;
    int status;

    text_init(&request, 1 << 16);
    unroll(&request, recorded);
    assert_true(wire_send(wire, text_str(&request), request.len));
    status = wire_answer(wire);
    text_release(&request);
    return status;
}

/* All on one connection that is kept alive. */
static void recorded_requests_are_answered_over_tls(void **state)
{
    const struct wire_server *server = *state;
    struct wire wire;

    assert_int_equal(put_group(server), 200);
    assert_true(wire_open(server, true, &wire));
    recorded_play(send_recorded, &wire);
    wire_close(&wire);
}

static void an_encoded_space_in_a_group_is_400(void **state)
{
    const struct wire_server *server = *state;
    char request[1000];

    (void)snprintf(request, sizeof request,
                   "GET /enrollmentGroups/grp%%20one?api-version=2021-10-01 HTTP/1.1\r\n"
                   "Host: dps.example.test\r\n%s\r\n",
                   authorization);
    assert_int_equal(wire_ask(server, request), 400);
}

static void a_get_may_have_a_body(void **state)
{
    const struct wire_server *server = *state;
    char request[1000];

    (void)snprintf(request, sizeof request,
                   "GET /ENROLLMENTS/nobody/?api-version=2021-10-01 HTTP/1.1\r\n"
                   "Host: dps.example.test:8443\r\n%sContent-Type: application/json\r\n"
                   "Content-Length: 2\r\n\r\n{}",
                   authorization);
    assert_int_equal(wire_ask(server, request), 404);
}

/* --- clients that do it wrong --- */

static void garbage_before_tls_harms_nobody(void **state)
{
    static const char *const GARBAGE[] = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\r\n\r\n\r\n",
        "\x16\x03\x01",
        "\x16\x03\x01\xff\xff\x01\x00\xff\xfc\x03\x03",
        "\x15\x03\x03",
        "SSH-2.0-x\r\n",
    };
    const struct wire_server *server = *state;
    char noise[4096];
    struct wire wire;
    size_t i, n;

    for (i = 0; i < sizeof GARBAGE / sizeof *GARBAGE; i++) {
        assert_true(wire_open(server, false, &wire));
        (void)wire_send(&wire, GARBAGE[i], strlen(GARBAGE[i])); /* it may have hung up */
        wire_close(&wire);
    }
    for (i = 0; i < 20; i++) {
        for (n = 0; n < sizeof noise; n++)
            noise[n] = (char)((n * 2654435761U + i * 40503U) >> 7);
        assert_true(wire_open(server, false, &wire));
        (void)wire_send(&wire, noise, sizeof noise); /* it may have hung up */
        wire_close(&wire);
    }
    assert_true(serves(server));
}

static void a_head_may_come_byte_by_byte(void **state)
{
    const struct wire_server *server = *state;
    char request[1000];
    struct wire wire;
    size_t i;

    (void)snprintf(request, sizeof request, GET_STATUS "Host: dps.example.test\r\n%s\r\n",
                   authorization);
    assert_true(wire_open(server, true, &wire));
    for (i = 0; request[i]; i++)
        assert_true(wire_send(&wire, request + i, 1));
    assert_int_equal(wire_answer(&wire), 404);
    wire_close(&wire);
}

static void unfinished_requests_hold_up_nobody(void **state)
{
    enum { OPEN = 40 };
    static const char PUT[] = "PUT /enrollments/a?api-version=2021-10-01 HTTP/1.1\r\n"
                              "Host: dps.example.test\r\nContent-Length: 999\r\n\r\n{\"a";
    const struct wire_server *server = *state;
    struct wire wires[OPEN];
    size_t i;

    for (i = 0; i < OPEN; i++) {
        assert_true(wire_open(server, true, &wires[i]));
        assert_true(wire_send(&wires[i], PUT, 1 + i * (sizeof PUT - 2) / OPEN));
    }
    assert_true(serves(server));
    for (i = 0; i < OPEN; i++)
        wire_close(&wires[i]);
    assert_true(serves(server));
}

static void giant_heads_are_refused(void **state)
{
    const struct wire_server *server = *state;
    struct wire wire;
    char block[4097];
    int i, status;

    memset(block, 'a', sizeof block - 1);
    block[sizeof block - 1] = '\0';
    assert_true(wire_open(server, true, &wire));
    assert_true(wire_say(&wire, GET_STATUS "Host: x\r\nX-Giant: "));
    for (i = 0; i < 256 && wire_say(&wire, block); i++)
        ;
    status = wire_answer(&wire); /* it may have hung up before it could be read */
    assert_true(status == 431 || status == 0);
    wire_close(&wire);
    assert_true(wire_open(server, true, &wire));
    assert_true(wire_say(&wire, "GET /"));
    for (i = 0; i < 256 && wire_say(&wire, block); i++)
        ;
    status = wire_answer(&wire);
    assert_true((status >= 400 && status < 500) || status == 0);
    wire_close(&wire);
    assert_true(serves(server));
}

/* Many small headers, not one large. */
static void too_many_headers_are_refused(void **state)
{
    const struct wire_server *server = *state;
    struct wire wire;
    int i, status;

    assert_true(wire_open(server, true, &wire));
    assert_true(wire_say(&wire, GET_STATUS "Host: x\r\n"));
    for (i = 0; i < 20000 && wire_say(&wire, "A: b\r\n"); i++)
        ;
    status = wire_answer(&wire);
    assert_true((status >= 400 && status < 500) || status == 0);
    wire_close(&wire);
    assert_true(serves(server));
}

static void giant_bodies_are_not_kept(void **state)
{
    static const char HEAD[] = "PUT /enrollments/a?api-version=2021-10-01 HTTP/1.1\r\n"
                               "Host: dps.example.test\r\n";
    const struct wire_server *server = *state;
    static char chunk[16 * 1024];
    struct wire wire;
    int i;

    assert_true(wire_open(server, true, &wire));
    assert_true(wire_say(&wire, HEAD) &&
                wire_say(&wire, "Content-Length: 99999999999\r\n\r\n"));
    assert_int_equal(wire_answer(&wire), 401); /* before any of it: there is no token */
    wire_close(&wire);
    memset(chunk, ' ', sizeof chunk);
    assert_true(wire_open(server, true, &wire));
    assert_true(wire_say(&wire, HEAD) &&
                wire_say(&wire, "Transfer-Encoding: chunked\r\n\r\n"));
    for (i = 0; i < 2000; i++) /* 32 MB, if it let us */
        if (!wire_say(&wire, "4000\r\n") || !wire_send(&wire, chunk, sizeof chunk) ||
            !wire_say(&wire, "\r\n"))
            break;
    assert_true(i < 2000);
    wire_close(&wire);
    assert_true(serves(server));
    assert_true(WIRE_SANITIZED || wire_memory_kb(server) < 200 * 1024);
}

static void bodies_that_never_end_share_their_memory(void **state)
{
    enum { OPEN = 300, LENGTH = 1000 * 1000 };
    static const char HEAD[] =
        "PUT /enrollments/a?api-version=2021-10-01 HTTP/1.1\r\n"
        "Host: dps.example.test\r\nContent-Length: 1000000\r\n\r\n";
    const struct wire_server *server = *state;
    struct wire wires[OPEN];
    char *body = calloc(1, LENGTH);
    size_t i;

    assert_non_null(body);
    for (i = 0; i < OPEN; i++) {
        assert_true(wire_open(server, true, &wires[i]));
        assert_true(wire_say(&wires[i], HEAD));
        (void)wire_send(&wires[i], body, LENGTH - 1); /* it may have enough of them */
    }
    assert_true(serves(server));
    assert_true(WIRE_SANITIZED || wire_memory_kb(server) < 250 * 1024);
    for (i = 0; i < OPEN; i++)
        wire_close(&wires[i]);
    assert_true(serves(server));
    free(body);
}

static void requests_may_come_in_one_go(void **state)
{
    const struct wire_server *server = *state;
    struct text t;
    struct wire wire;
    int i;

    text_init(&t, 1 << 16);
    for (i = 0; i < 5; i++)
        text_add(&t, "GET /nothing HTTP/1.1\r\nHost: dps.example.test\r\n\r\n");
    text_add(&t, GET_STATUS "Host: dps.example.test\r\n");
    text_add(&t, authorization);
    text_add(&t, "\r\nPOST /enrollments/x/attestationmechanism HTTP/1.1\r\nHost: x\r\n"
                 "Content-Length: 0\r\n\r\n");
    assert_true(wire_open(server, true, &wire));
    assert_true(wire_send(&wire, text_str(&t), t.len));
    for (i = 0; i < 5; i++)
        assert_int_equal(wire_answer(&wire), 404);
    assert_int_equal(wire_answer(&wire), 404);
    assert_int_equal(wire_answer(&wire), 400); /* without api-version */
    wire_close(&wire);
    text_release(&t);
}

static void odd_heads_are_refused(void **state)
{
    static const char *const HEADS[] = {
        "GET\r\n\r\n",
        "GET /enrollments/a\r\n\r\n",
        "GET /enrollments/a HTTP/9.9\r\n\r\n",
        "\x01\x02\x03\r\n\r\n",
        "GET /enrollments/a HTTP/1.1\r\n\r\n",
        "GET /enrollments/a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET /enrollments/a HTTP/1.1\r\nHost: x\r\nContent-Length: "
        "99999999999999999999999\r\n\r\n",
        "PUT /enrollments/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "PUT /enrollments/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "not a number\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "* * HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    const struct wire_server *server = *state;
    size_t i;

    for (i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        int status = wire_ask(server, HEADS[i]);

        if (status != 0 && (status < 400 || status > 505))
            print_error("%s: %d\n", HEADS[i], status);
        assert_true(status == 0 || (status >= 400 && status <= 505));
    }
    assert_true(serves(server));
}

/* As many as files may be open, up to `wanted`. */
static size_t allowed(size_t wanted)
{
    struct rlimit files;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    return files.rlim_cur > wanted + 100 ? wanted : (size_t)files.rlim_cur - 100;
}

static void idle_connections_keep_nobody_out(void **state)
{
    const struct wire_server *server = *state;
    size_t count = allowed(getenv("BERTH_TEST_FULL") ? 5000 : 200), i;
    struct wire *wires = calloc(count, sizeof *wires);

    assert_non_null(wires);
    for (i = 0; i < count; i++)
        assert_true(wire_open(server, i % 10 == 0, &wires[i]));
    assert_true(serves(server));
    for (i = 0; i < count; i++)
        wire_close(&wires[i]);
    assert_true(serves(server));
    free(wires);
    assert_true(WIRE_SANITIZED || wire_memory_kb(server) < 700 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_requests_are_answered_over_tls),
        cmocka_unit_test(an_encoded_space_in_a_group_is_400),
        cmocka_unit_test(a_get_may_have_a_body),
        cmocka_unit_test(garbage_before_tls_harms_nobody),
        cmocka_unit_test(a_head_may_come_byte_by_byte),
        cmocka_unit_test(unfinished_requests_hold_up_nobody),
        cmocka_unit_test(giant_heads_are_refused),
        cmocka_unit_test(too_many_headers_are_refused),
        cmocka_unit_test(giant_bodies_are_not_kept),
        cmocka_unit_test(bodies_that_never_end_share_their_memory),
        cmocka_unit_test(requests_may_come_in_one_go),
        cmocka_unit_test(odd_heads_are_refused),
        cmocka_unit_test(idle_connections_keep_nobody_out),
    };

    (void)sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, start, stop);
}
