/* service.probe: which rights the key has, tried without changing anything. Each right is
 * asked for by one request; a DELETE goes to a random id on a condition that cannot be
 * met, and answers 404 or 412 to whoever may delete. */
#include <openssl/rand.h>
#include <stdio.h>

#include "azure-dps/operations.h"
#include "azure-dps/request.h"
#include "sdk/cleanup.h"
#include "sdk/http_date.h"
#include "sdk/json.h"

/* The service lets clocks differ by five minutes. */
#define MAX_SKEW_SECONDS 240

enum { READ_ENROLLMENTS, WRITE_ENROLLMENTS, READ_STATUS, WRITE_STATUS, CHECK_COUNT };

enum check_state { UNKNOWN, GRANTED, MISSING };

struct check {
    const char *right;
    const char *how; /* how it was tried, for people */
};

static const struct check CHECKS[CHECK_COUNT] = {
    [READ_ENROLLMENTS] = {"EnrollmentRead", "listing one enrollment"},
    [WRITE_ENROLLMENTS] = {"EnrollmentWrite",
                           "deleting an enrollment that does not exist"},
    [READ_STATUS] = {"RegistrationStatusRead",
                     "reading a registration that does not exist"},
    [WRITE_STATUS] = {"RegistrationStatusWrite",
                      "deleting a registration that does not exist"},
};

struct probe {
    char random_id[40];
    enum check_state states[CHECK_COUNT];
    int http_status[CHECK_COUNT];
    unsigned answers;
    unsigned refusals;
    unsigned foreign; /* answers that no DPS gives */
    bool has_skew;
    int64_t skew_seconds;
    int refused_status;
    struct berth_error refused; /* of the last refusal */
    struct berth_error odd; /* of the last answer that tells nothing; no message: none */
};

static const struct unit_kind CHECK;

static int probe_start(struct berth_op *op, struct berth_error *err)
{
    struct probe *probe = op->state;
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return fail(err, BERTH_E_INTERNAL, "there are no random numbers");
    (void)snprintf(probe->random_id, sizeof(probe->random_id), "probe-");
    str_hex(bytes, sizeof(bytes), probe->random_id + strlen("probe-"));
    for (int i = 0; i < CHECK_COUNT; i++) {
        const struct check *check = &CHECKS[i];
        int r = unit_add(op, &CHECK, str_from(check->right), (struct berth_str){0}, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int check_number(const struct unit *unit)
{
    int i = 0;
    while (!str_equal(unit->id, str_from(CHECKS[i].right)))
        i++;
    return i;
}

static int build_query(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                       struct berth_error *err)
{
    (void)unit; /* its id is the right's name, and there is no page behind the first */
    static const struct query QUERY = {"/enrollments/query", NULL,
                                       "SELECT * FROM enrollments", 1};
    const struct unit first = {0};
    return request_query(op, &QUERY, &first, out, err);
}

/* A condition that cannot be met, should the id exist after all. */
static int build_delete(struct berth_op *op, const char *path, struct outgoing *out,
                        struct berth_error *err)
{
    const struct probe *probe = op->state;
    struct berth_str id = str_from(probe->random_id);
    struct request request = {"DELETE", path, "registrationId", id,
                              BERTH_READ_ONLY | BERTH_REPEATABLE};
    int r = request_build(op, &request, out, err);
    return r < 0 ? r : rest_add_if_match(out, id, err);
}

static int check_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                       struct berth_error *err)
{
    const struct probe *probe = op->state;
    struct request get = {"GET", "/registrations/{registrationId}", "registrationId",
                          str_from(probe->random_id), BERTH_READ_ONLY | BERTH_REPEATABLE};
    switch (check_number(unit)) {
    case READ_ENROLLMENTS:
        return build_query(op, unit, out, err);
    case WRITE_ENROLLMENTS:
        return build_delete(op, "/enrollments/{registrationId}", out, err);
    case READ_STATUS:
        return request_build(op, &get, out, err);
    case WRITE_STATUS:
    default:
        return build_delete(op, "/registrations/{registrationId}", out, err);
    }
}

/* --- reading answers --------------------------------------------------------------- */

static void note_clock(struct berth_op *op, const struct berth_response *res)
{
    struct probe *probe = op->state;
    int64_t theirs = http_date_parse(answer_header(res, "date"));
    if (theirs < 0)
        return;
    probe->has_skew = true;
    probe->skew_seconds = op_now_ms(op) / 1000 - theirs;
}

/* A DPS says which request it was, and its refusals have an error code. */
static bool is_of_dps(const struct berth_response *res)
{
    struct berth_str code = {0};
    return answer_header(res, "x-ms-request-id").len > 0 ||
           answer_header(res, "x-ms-error-code").len > 0 ||
           answer_header(res, "x-ms-item-type").len > 0 ||
           scan_find(res->body, "/errorCode", &code, NULL) > 0;
}

static enum check_state judge(int number, const struct berth_response *res)
{
    if (res->status == 401 || res->status == 403)
        return MISSING;
    if (!is_of_dps(res))
        return UNKNOWN;
    bool reads = number == READ_ENROLLMENTS || number == READ_STATUS;
    if (res->status == 404 || (reads ? res->status == 200 : res->status == 412))
        return GRANTED;
    return UNKNOWN;
}

static int fail_unreachable(struct berth_op *op, const struct berth_response *res,
                            struct berth_error *err)
{
    const char *remedy = "try again later";
    bool untrusted = res->failure == BERTH_FAILURE_UNTRUSTED;
    struct berth_str what = res->failure_text;
    const char *host = op_dps(op)->host;
    bool is_named = host[0] && str_contains(what, str_from(host));
    if (res->failure == BERTH_FAILURE_RESOLVE)
        remedy = "check the spelling of host, and this machine's DNS";
    if (res->failure == BERTH_FAILURE_CONNECT)
        remedy = "check host and port, the firewall and the proxy";
    if (res->failure == BERTH_FAILURE_TLS)
        remedy = "what answers there does not speak TLS as the service does: check the "
                 "port and the proxy";
    if (untrusted)
        remedy = "give the connection the CA file of the service, or of the proxy in "
                 "between (--ca-file)";
    error_set_code(err, untrusted ? "untrusted" : "unreachable");
    return fail(err, res->status < 0 ? res->status : BERTH_E_UNAVAILABLE, "%s%s%.*s: %s",
                is_named ? "" : host, is_named || !what.len ? "" : ": ", (int)what.len,
                what.ptr ? what.ptr : "", remedy);
}

static int check_read(struct berth_op *op, const struct unit *unit,
                      const struct berth_response *res, struct berth_error *err)
{
    struct probe *probe = op->state;
    int number = check_number(unit);
    if (res->status < 0)
        return fail_unreachable(op, res, err);
    if (res->status == 429 || res->status >= 500)
        return unit_fail(op, unit, res, err);
    note_clock(op, res);
    probe->answers++;
    probe->states[number] = judge(number, res);
    probe->http_status[number] = res->status;
    if (probe->states[number] == MISSING) {
        probe->refusals++;
        probe->refused = (struct berth_error)BERTH_ERROR_INIT;
        probe->refused_status = unit_fail(op, unit, res, &probe->refused);
    }
    if (!is_of_dps(res)) {
        probe->foreign++;
    } else if (probe->states[number] == UNKNOWN) {
        probe->odd = (struct berth_error)BERTH_ERROR_INIT;
        if (unit_fail(op, unit, res, &probe->odd) == BERTH_E_NO_MEMORY)
            return fail_no_memory(err);
    }
    return 0;
}

/* --- the result -------------------------------------------------------------------- */

static bool add_right(json_t *rights, const char *right, const char *state,
                      const char *reason)
{
    json_t *entry =
        json_pack("{s:s, s:s, s:s}", "right", right, "state", state, "reason", reason);
    return entry && json_array_append_new(rights, entry) == 0;
}

static bool add_check(json_t *rights, const struct probe *probe, int i)
{
    static const char *const STATES[] = {"unknown", "granted", "missing"};
    static const char *const OUTCOMES[] = {"told nothing", "was allowed", "was refused"};
    enum check_state state = probe->states[i];
    char reason[160];
    (void)snprintf(reason, sizeof(reason), "%s %s (HTTP %d)", CHECKS[i].how,
                   OUTCOMES[state], probe->http_status[i]);
    return add_right(rights, CHECKS[i].right, STATES[state], reason);
}

static json_t *rights_new(const struct probe *probe)
{
    json_t *rights = json_array();
    bool good = rights != NULL;
    for (int i = 0; good && i < CHECK_COUNT; i++)
        good = add_check(rights, probe, i);
    good = good &&
           add_right(rights, "ServiceConfig", "unknown",
                     "no operation needs it, so none can show it") &&
           add_right(rights, "DeviceConnect", "unknown",
                     "devices register with keys of their own; nothing here can show it");
    if (good)
        return rights;
    json_decref(rights);
    return NULL;
}

static bool add_finding(json_t *findings, const char *level, const char *problem,
                        const char *remedy)
{
    json_t *finding = json_pack("{s:s, s:s, s:s}", "level", level, "problem", problem,
                                "remedy", remedy);
    return finding && json_array_append_new(findings, finding) == 0;
}

static bool is_iot_hub(const char *host)
{
    char name[256];
    (void)snprintf(name, sizeof(name), "%s", host);
    name[strcspn(name, ":")] = '\0';
    struct berth_str given = str_from(name);
    return str_ends_with_fold(given, STR(".azure-devices.net")) ||
           str_ends_with_fold(given, STR(".azure-devices.cn")) ||
           str_ends_with_fold(given, STR(".azure-devices.us"));
}

static bool is_no_dps(const struct probe *probe)
{
    return probe->foreign == probe->answers;
}

static bool has_wrong_clock(const struct probe *probe)
{
    return probe->has_skew && (probe->skew_seconds > MAX_SKEW_SECONDS ||
                               probe->skew_seconds < -MAX_SKEW_SECONDS);
}

static void say_clock(const struct probe *probe, char *room, size_t size)
{
    bool ahead = probe->skew_seconds > 0;
    long long seconds = ahead ? probe->skew_seconds : -probe->skew_seconds;
    (void)snprintf(room, size, "this machine's clock is %lld seconds %s the service's",
                   seconds, ahead ? "ahead of" : "behind");
}

static const char SET_CLOCK[] =
    "set the clock, best by NTP: signatures are refused from five minutes on";

static bool add_clock_finding(json_t *findings, const struct probe *probe)
{
    char problem[120];
    say_clock(probe, problem, sizeof(problem));
    return add_finding(findings, "warning", problem, SET_CLOCK);
}

static bool was_accepted(const struct probe *probe)
{
    for (int i = 0; i < CHECK_COUNT; i++)
        if (probe->states[i] == GRANTED)
            return true;
    return false;
}

/* Neither accepted nor refused: what the service said instead. */
static bool add_odd_finding(json_t *findings, const struct probe *probe)
{
    char problem[sizeof(probe->odd.message) + 100];
    (void)snprintf(problem, sizeof(problem),
                   "the service says neither that it accepts the key nor that it refuses "
                   "it, but: %s.",
                   probe->odd.message);
    return add_finding(findings, "error", problem,
                       "Try again later; the wire log (--verbose) shows all answers");
}

static json_t *findings_new(const struct berth_op *op)
{
    const struct probe *probe = op->state;
    json_t *findings = json_array();
    bool good = findings != NULL;
    if (good && is_iot_hub(op_dps(op)->host))
        good = add_finding(findings, "warning", "the host is an IoT Hub",
                           "give the host name of a Device Provisioning Service; it "
                           "ends in .azure-devices-provisioning.net");
    if (good && is_no_dps(probe))
        good = add_finding(findings, "error",
                           "the host does not answer like a Device Provisioning Service",
                           "check host and port, and whether a proxy answers instead");
    if (good && probe->odd.message[0] && probe->refusals == 0 && !was_accepted(probe))
        good = add_odd_finding(findings, probe);
    if (good && has_wrong_clock(probe))
        good = add_clock_finding(findings, probe);
    if (good && op->conn->credential != 0)
        good = add_finding(findings, "warning",
                           "the service refuses the key and takes the alternative key",
                           "put a key that is valid in place of the first; until then "
                           "each new connection is refused once");
    if (good)
        return findings;
    json_decref(findings);
    return NULL;
}

/* What may be behind a refusal of everything, and what to do. */
static void say_hint(const struct berth_op *op, char *room, size_t size)
{
    const struct probe *probe = op->state;
    char clock[120];
    if (is_iot_hub(op_dps(op)->host)) {
        (void)snprintf(room, size,
                       "the host is an IoT Hub, not a Device Provisioning Service: give "
                       "the host name of one, which ends in "
                       ".azure-devices-provisioning.net");
    } else if (is_no_dps(probe)) {
        (void)snprintf(room, size,
                       "the host does not answer like a Device Provisioning Service: "
                       "check host and port, and whether a proxy answers instead");
    } else if (has_wrong_clock(probe)) {
        say_clock(probe, clock, sizeof(clock));
        (void)snprintf(room, size, "%s; %s", clock, SET_CLOCK);
    } else {
        (void)snprintf(room, size,
                       "check that keyName and key are of one policy of this service, "
                       "and that the key was not renewed since it was copied");
    }
}

/* Nothing was allowed: as a failure, with what may be behind it. */
static int fail_refused(const struct berth_op *op, struct berth_error *err)
{
    const struct probe *probe = op->state;
    bool both = dps_credential_count(op->conn) > 1;
    char hint[256];
    say_hint(op, hint, sizeof(hint));
    struct berth_str code = str_from(probe->refused.code);
    error_set_code(err, code.len > 0 ? code.ptr : "unauthorized");
    if (err) {
        err->http_status = probe->refused.http_status;
        memcpy(err->service_code, probe->refused.service_code, sizeof(err->service_code));
        memcpy(err->request_id, probe->refused.request_id, sizeof(err->request_id));
    }
    return fail(err, BERTH_E_AUTH, "%s refused for everything (HTTP %d): %s",
                both ? "the key and the alternative key were both" : "the key was",
                (int)probe->refused.http_status, hint);
}

static int probe_finish(struct berth_op *op, struct berth_error *err)
{
    const struct probe *probe = op->state;
    if (probe->refusals == probe->answers)
        return fail_refused(op, err);
    json_t *skew = probe->has_skew ? json_integer(probe->skew_seconds) : json_null();
    cleanup(json) json_t *result = json_pack(
        "{s:b, s:o, s:o, s:o}", "accepted", was_accepted(probe), "rights",
        rights_new(probe), "clockSkewSeconds", skew, "findings", findings_new(op));
    return result ? op_result_value(op, result, err) : fail_no_memory(err);
}

static const struct unit_kind CHECK = {
    .name = "check",
    .build = check_build,
    .read = check_read,
};

const struct operation DPS_PROBE = {
    .id = "service.probe",
    .state_size = sizeof(struct probe),
    .start = probe_start,
    .finish = probe_finish,
};
