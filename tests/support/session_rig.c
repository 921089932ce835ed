#include "tests/support/session_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/loader.h"
#include "sdk/error.h"
#include "sdk/str.h"

static void must(int r, const struct berth_error *err)
{
    if (r >= 0)
        return;
    (void)fprintf(stderr, "rig: %s\n", err->message);
    abort();
}

static void on_log(void *ctx, int level, struct berth_str line)
{
    struct rig *rig = ctx;
    (void)level;
    if (rig->log_len + line.len + 2 > sizeof(rig->log))
        return;
    memcpy(rig->log + rig->log_len, line.ptr, line.len);
    rig->log_len += line.len;
    rig->log[rig->log_len++] = '\n';
    rig->log[rig->log_len] = '\0';
}

static void start_server(struct rig *rig, const struct step *steps, size_t count,
                         const struct rig_options *o)
{
    rig->ca = test_ca_new("Test CA");
    test_ca_write(rig->ca, connector_dir_file(&rig->dir, "ca.pem"));
    struct test_ca *issuer = o->other_ca ? test_ca_new(o->other_ca) : rig->ca;
    long lifetime = o->certificate_lifetime_s ? o->certificate_lifetime_s : 86400;
    rig->server = https_server_start(
        test_ca_issue(issuer, o->certificate_name ? o->certificate_name : "localhost",
                      lifetime),
        steps, count);
    if (o->other_ca)
        test_ca_free(issuer);
    (void)snprintf(rig->host, sizeof(rig->host), "localhost:%d",
                   https_server_port(rig->server));
}

static void load_connector(struct rig *rig)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct connector_path path;
    connector_dir_add(&rig->dir, "scripted", "scripted");
    must(connector_path_init(&path, rig->dir.path, &err), &err);
    must(connector_load(&path, "scripted", &HOST_SERVICES, &rig->connector, &err), &err);
    connector_path_release(&path);
}

void rig_start(struct rig *rig, const struct step *steps, size_t count,
               const struct rig_options *options)
{
    static const struct rig_options USUAL;
    const struct rig_options *o = options ? options : &USUAL;
    struct berth_error err = BERTH_ERROR_INIT;
    char credentials[256];
    memset(rig, 0, sizeof(*rig));
    rig->items = json_array();
    connector_dir_make(&rig->dir);
    start_server(rig, steps, count, o);
    load_connector(rig);
    int n =
        snprintf(credentials, sizeof(credentials),
                 "{\"kind\":\"key\",\"host\":\"%s\",\"primaryKey\":\"hush\"}", rig->host);
    struct session_config config = {
        .connector = rig->connector,
        .credentials = {credentials, (size_t)n},
        .ca_file = connector_dir_file(&rig->dir, "ca.pem"),
        .limit = o->limit,
        .parallel = o->parallel,
        .request_timeout_ms = o->request_timeout_ms ? o->request_timeout_ms : 5000,
        .retry_for_ms = o->retry_for_ms,
        .reach_for_ms = o->reach_for_ms,
        .wire_log = o->wire_log,
        .log = on_log,
        .log_ctx = rig,
        .now_ms = o->now_ms,
    };
    must(session_new(&config, &rig->session, &err), &err);
}

void rig_stop(struct rig *rig)
{
    session_free(rig->session);
    connector_free(rig->connector);
    https_server_stop(rig->server);
    test_ca_free(rig->ca);
    connector_dir_remove(&rig->dir);
    json_decref(rig->items);
}

static void take_nap(int ms)
{
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

/* Has the server more requests than there are items? Five seconds are given. */
static bool meets_next(const struct outcome *o)
{
    bool met = false;
    for (int i = 0; i < 500 && !met; i++) {
        met = https_server_count(o->rig->server) > o->item_count;
        take_nap(met ? 0 : 10);
    }
    return met;
}

static int on_item(void *ctx, const struct berth_item *item)
{
    struct outcome *o = ctx;
    char key[64];
    (void)snprintf(key, sizeof(key), "%.*s", (int)item->key.len, item->key.ptr);
    json_t *data = json_loadb(item->data.ptr, item->data.len, JSON_DECODE_ANY, NULL);
    (void)json_object_set_new(o->items, key, data ? data : json_null());
    o->item_count++;
    if (o->naps_ms > 0 && (o->nap == 0 || o->nap == o->item_count))
        take_nap(o->naps_ms);
    if (o->item_count <= o->waits && meets_next(o))
        o->met++;
    if (o->cancels)
        call_cancel(o->cancels->call);
    return o->answer_to_item;
}

static size_t on_known(void *ctx, struct berth_str rest, struct berth_str scope)
{
    (void)scope;
    ((struct outcome *)ctx)->asked++;
    return rest.len;
}

static void on_done(void *ctx, int status, struct berth_str value,
                    const struct berth_error *err)
{
    struct outcome *o = ctx;
    o->done = true;
    o->dones++;
    o->status = status;
    o->call = NULL;
    (void)snprintf(o->value, sizeof(o->value), "%.*s", (int)value.len,
                   value.ptr ? value.ptr : "");
    if (err)
        o->err = *err;
    if (o->next_input && rig_call(o->rig, o->next_input, o->next, 0) < 0)
        abort();
}

static int on_request(void *ctx, const struct berth_request *req)
{
    struct outcome *o = ctx;
    (void)req;
    o->judged++;
    return o->verdict;
}

int rig_call(struct rig *rig, const char *input, struct outcome *o, int64_t deadline_ms)
{
    o->rig = rig;
    o->items = json_object();
    (void)json_array_append_new(rig->items, o->items); /* memory does not run out here */
    o->err = (struct berth_error)BERTH_ERROR_INIT;
    struct call_spec spec = {
        .operation = str_from(o->operation ? o->operation : "test.run"),
        .input = str_from(input),
        .deadline_ms = deadline_ms,
        .events = {.item = on_item,
                   .known = o->knows ? on_known : NULL,
                   .done = on_done,
                   .request = o->judge ? on_request : NULL,
                   .ctx = o},
    };
    return session_call(rig->session, &spec, &o->call, &o->err);
}

int rig_turn(struct rig *rig, int timeout_ms)
{
    struct berth_error err = BERTH_ERROR_INIT;
    int calls = session_wait(rig->session, timeout_ms, -1, &err);
    must(calls, &err);
    return calls;
}

void rig_wait(struct rig *rig, struct outcome *o)
{
    for (int i = 0; i < 100 && !o->done; i++)
        (void)rig_turn(rig, 100);
    if (!o->done) {
        (void)fprintf(stderr, "rig: the call does not end\n%s", rig->log);
        abort();
    }
}

void rig_run(struct rig *rig, const char *input, struct outcome *o)
{
    must(rig_call(rig, input, o, 0), &o->err);
    rig_wait(rig, o);
}

json_int_t outcome_int(const struct outcome *o, const char *key, const char *member)
{
    return json_integer_value(json_object_get(json_object_get(o->items, key), member));
}

const char *outcome_text(const struct outcome *o, const char *key, const char *member)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(o->items, key), member));
    return text ? text : "";
}
