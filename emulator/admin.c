#include "emulator/admin.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "emulator/call.h"
#include "emulator/file.h"
#include "emulator/generate.h"
#include "emulator/ident.h"
#include "emulator/moment.h"
#include "emulator/state.h"

static const char PREFIX[] = "/_emulator/";

bool admin_is(const char *target)
{
    return !strncmp(target, PREFIX, strlen(PREFIX));
}

static int status_get(struct call *c)
{
    struct store *store = &c->emu->store;
    char now[MOMENT_SIZE];

    moment_format(c->now_us, now);
    store_lock_read(store);
    text_addf(&c->response->body,
              "{\"now\":\"%s\",\"enrollments\":%zu,\"enrollmentGroups\":%zu,"
              "\"registrations\":%zu}",
              now, store->enrollments[KIND_ENROLLMENT].count,
              store->enrollments[KIND_GROUP].count, store->registrations.count);
    store_unlock(store);
    return 0;
}

static int counters_get(struct call *c)
{
    journal_add_counts(&c->emu->journal, &c->response->body);
    return 0;
}

/* Read a query parameter that is a whole number. 1 with the number, 0 without the
 * parameter, -1 with the problem set. */
static int parameter(struct call *c, const char *name, uint64_t *ret)
{
    const char *at = strchr(c->request->target, '?');
    size_t len = strlen(name), digits;

    for (; at; at = strchr(at + 1, '&')) {
        if (strncmp(at + 1, name, len) != 0 || at[len + 1] != '=')
            continue;
        at += len + 2;
        digits = strspn(at, "0123456789");
        if (!digits || (at[digits] && at[digits] != '&'))
            return problem_set(&c->problem, REFUSE_BAD_REQUEST,
                               "%s: must be a whole number", name);
        *ret = strtoull(at, NULL, 10); /* the largest in place of one too large */
        return 1;
    }
    return 0;
}

static int journal_get(struct call *c)
{
    uint64_t after = 0;

    if (parameter(c, "after", &after) < 0)
        return -1;
    journal_add_lines(&c->emu->journal, after, &c->response->body);
    c->response->content_type = "application/x-ndjson";
    return 0;
}

static int journal_delete(struct call *c)
{
    journal_clear(&c->emu->journal);
    c->response->status = 204;
    return 0;
}

static int faults_get(struct call *c)
{
    faults_add_json(&c->emu->faults, &c->response->body);
    return 0;
}

static int faults_post(struct call *c)
{
    struct fault_rule rule;
    json_t *json;
    int r;

    r = call_body(c, false, &json);
    if (r < 0)
        return r;
    r = fault_read_json(&rule, json, &c->problem);
    json_decref(json);
    if (r < 0)
        return r;
    r = faults_add(&c->emu->faults, &rule);
    if (r < 0)
        return problem_set(&c->problem, REFUSE_BAD_REQUEST,
                           "there are %d faults already; delete some", FAULT_RULES_MAX);
    text_addf(&c->response->body, "{\"id\":%d}", r);
    return 0;
}

static int faults_delete(struct call *c)
{
    uint64_t id = 0;
    int r = parameter(c, "id", &id);

    if (r < 0)
        return r;
    if (r == 0)
        faults_clear(&c->emu->faults);
    else if (id > UINT_MAX || !faults_remove(&c->emu->faults, (unsigned)id))
        return problem_set(&c->problem, REFUSE_UNKNOWN_PATH, "there is no fault %" PRIu64,
                           id);
    c->response->status = 204;
    return 0;
}

static int clock_put(struct call *c)
{
    const int64_t most = INT64_C(100) * 365 * 86400;
    json_t *json;
    const json_t *offset;
    int64_t seconds;
    int r;

    r = call_body(c, false, &json);
    if (r < 0)
        return r;
    offset = json_object_get(json, "offsetSeconds");
    seconds = json_integer_value(offset);
    if (!json_is_integer(offset) || seconds > most || seconds < -most)
        r = problem_set(&c->problem, REFUSE_BAD_REQUEST,
                        "offsetSeconds: must be a whole number, 100 years at most");
    else
        c->emu->clock_offset_us = seconds * MOMENT_SECOND;
    json_decref(json);
    c->now_us = emu_now(c->emu);
    return r < 0 ? r : status_get(c);
}

static int reset_post(struct call *c)
{
    store_lock_write(&c->emu->store);
    store_clear(&c->emu->store);
    store_unlock(&c->emu->store);
    lag_clear(&c->emu->lag);
    c->response->status = 204;
    return 0;
}

/* Save to the file: no answer, or a 500, since what fails is the disk. */
static int save(struct call *c, const char *path)
{
    struct failure f;

    if (state_save(c->emu, path, &f) < 0)
        return problem_set(&c->problem, REFUSE_INTERNAL, "%.250s", f.text);
    c->response->status = 204;
    return 0;
}

/* Write what --state FILE would be at the end. */
static int save_post(struct call *c)
{
    if (!c->emu->options.state)
        return problem_set(&c->problem, REFUSE_BAD_REQUEST,
                           "there is no --state FILE to save to");
    return save(c, c->emu->options.state);
}

/* The file of the snapshot that the body names: {"name":"before"}. */
static int snapshot_path(struct call *c, char out[FILE_PATH_MAX])
{
    char file[IDENT_MAX + 40];
    const char *name, *wrong;
    struct failure f;
    json_t *json;
    int r;

    r = call_body(c, false, &json);
    if (r < 0)
        return r;
    name = json_string_value(json_object_get(json, "name"));
    wrong = name ? ident_problem(name) : "is missing or no string";
    if (wrong)
        r = problem_set(&c->problem, REFUSE_BAD_REQUEST, "name: %s", wrong);
    else if (!c->emu->options.dir)
        r = problem_set(&c->problem, REFUSE_BAD_REQUEST, "there is no folder");
    else {
        (void)snprintf(file, sizeof file, "snapshot-%s.state", name);
        if (file_path(out, c->emu->options.dir, file, &f) < 0)
            r = problem_set(&c->problem, REFUSE_BAD_REQUEST, "%.250s", f.text);
    }
    json_decref(json);
    return r;
}

static int snapshot_post(struct call *c)
{
    char path[FILE_PATH_MAX];

    return snapshot_path(c, path) < 0 ? -1 : save(c, path);
}

static int restore_post(struct call *c)
{
    char path[FILE_PATH_MAX];
    struct failure f;

    if (snapshot_path(c, path) < 0)
        return -1;
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return problem_set(&c->problem, REFUSE_UNKNOWN_PATH,
                           "there is no snapshot of that name");
    if (state_load(c->emu, path, &f) < 0)
        return problem_set(&c->problem, REFUSE_INTERNAL, "%.250s", f.text);
    lag_clear(&c->emu->lag);
    return status_get(c);
}

/* A count of at most ten million; 0 when the member is missing. */
static int read_count(struct call *c, const json_t *json, const char *name, size_t *ret)
{
    const json_t *value = json_object_get(json, name);
    json_int_t n = json_integer_value(value);

    if ((value && !json_is_integer(value)) || n < 0 || n > 10000000)
        return problem_set(&c->problem, REFUSE_BAD_REQUEST,
                           "%s: must be a number from 0 to 10000000", name);
    *ret = (size_t)n;
    return 0;
}

static int generate_post(struct call *c)
{
    size_t enrollments, groups, devices;
    json_t *json;
    int r;

    r = call_body(c, false, &json);
    if (r < 0)
        return r;
    if ((r = read_count(c, json, "enrollments", &enrollments)) == 0 &&
        (r = read_count(c, json, "groups", &groups)) == 0 &&
        (r = read_count(c, json, "devicesPerGroup", &devices)) == 0 &&
        (generate_enrollments(c->emu, enrollments) < 0 ||
         generate_groups(c->emu, groups, devices) < 0))
        r = problem_set(&c->problem, REFUSE_INTERNAL, "out of memory");
    json_decref(json);
    return r < 0 ? r : status_get(c);
}

static const struct {
    const char *method;
    const char *name;
    int (*run)(struct call *c);
} TABLE[] = {
    {"GET", "status", status_get},       {"GET", "counters", counters_get},
    {"GET", "journal", journal_get},     {"DELETE", "journal", journal_delete},
    {"GET", "faults", faults_get},       {"POST", "faults", faults_post},
    {"DELETE", "faults", faults_delete}, {"PUT", "clock", clock_put},
    {"POST", "reset", reset_post},       {"POST", "generate", generate_post},
    {"POST", "save", save_post},         {"POST", "snapshot", snapshot_post},
    {"POST", "restore", restore_post},
};

static bool token_good(const struct call *c)
{
    static const char BEARER[] = "Bearer ";
    const char *sent = c->request->authorization;
    const char *token = c->emu->keys.admin_token;

    return sent && !strncasecmp(sent, BEARER, strlen(BEARER)) &&
           strlen(sent + strlen(BEARER)) == strlen(token) &&
           bytes_equal(sent + strlen(BEARER), token, strlen(token));
}

int admin_run(struct call *c)
{
    const char *name = c->request->target + strlen(PREFIX);
    size_t len = strcspn(name, "?"), i;
    bool known = false;

    if (!token_good(c))
        return problem_set(&c->problem, REFUSE_UNAUTHORIZED,
                           "the emulator's own API takes 'Authorization: Bearer TOKEN' "
                           "with the token in the file admin-token");
    for (i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
        if (strlen(TABLE[i].name) != len || strncmp(TABLE[i].name, name, len) != 0)
            continue;
        if (!strcmp(TABLE[i].method, c->request->method))
            return TABLE[i].run(c);
        known = true;
    }
    return problem_set(&c->problem, known ? REFUSE_METHOD : REFUSE_UNKNOWN_PATH,
                       "there is no such call of the emulator's own API");
}
