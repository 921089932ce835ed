#include "host/session.h"

#include <jansson.h>
#include <stdlib.h>
#include <sys/random.h>

#include "host/clock.h"
#include "host/http/transport.h"
#include "host/manifest.h"
#include "host/redact.h"
#include "host/session/session_priv.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define DEFAULT_PARALLEL 8u
#define MAX_PARALLEL 1000u
#define DEFAULT_TIMEOUT_MS 30000
#define DEFAULT_RETRY_MS 60000
#define DEFAULT_REACH_MS 10000

static void init_rings(struct session *s)
{
    ring_init(&s->calls);
    ring_init(&s->thirsty);
    ring_init(&s->dry);
    ring_init(&s->over);
    ring_init(&s->ready);
    ring_init(&s->parked);
    ring_init(&s->free_jobs);
}

static int init_numbers(struct session *s, const struct session_config *config,
                        struct berth_error *err)
{
    s->parallel = config->parallel ? config->parallel : DEFAULT_PARALLEL;
    s->request_timeout_ms =
        config->request_timeout_ms ? config->request_timeout_ms : DEFAULT_TIMEOUT_MS;
    s->retry_for_ms = config->retry_for_ms ? config->retry_for_ms : DEFAULT_RETRY_MS;
    s->reach_for_ms = config->reach_for_ms ? config->reach_for_ms : DEFAULT_REACH_MS;
    s->tried_at = -s->reach_for_ms;
    s->log = config->log;
    s->log_ctx = config->log_ctx;
    s->clock = config->now_ms;
    s->clock_ctx = config->now_ctx;
    if (getrandom(&s->random, sizeof(s->random), GRND_NONBLOCK) < 0)
        s->random = (uint64_t)clock_mono_ms(); /* only spreads retries */
    if (s->parallel > MAX_PARALLEL)
        return fail(err, BERTH_E_INVALID,
                    "parallel: %u requests at the same time are too many; %u is the most",
                    s->parallel, MAX_PARALLEL);
    return 0;
}

/* What limiter `i` allows: the connection's own figure replaces that of the first. */
static int64_t limit_of(const struct session_config *config, const struct limit *limit,
                        size_t i)
{
    if (config->limit < 0 || limit->per)
        return 0;
    return i == 0 && config->limit > 0 ? config->limit : limit->requests;
}

static int init_limiters(struct session *s, const struct session_config *config,
                         struct berth_error *err)
{
    const struct manifest *m = connector_manifest_of(s->connector);
    size_t count = manifest_limit_count(m);
    s->limiters = calloc(count, sizeof(*s->limiters));
    if (!s->limiters)
        return fail_no_memory(err);
    s->limiter_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct limit *limit = manifest_limit(m, i);
        int r = limiter_init(&s->limiters[i], limit_of(config, limit, i),
                             limit->seconds * 1000, err);
        if (r < 0)
            return r;
        s->limiters[i].apart = limit->per != NULL;
    }
    return 0;
}

static void cleanup_fields(json_t **fields)
{
    redact_wipe(*fields); /* secrets are among them */
    json_decref(*fields);
}

static int init_origins(struct session *s, struct berth_str credentials,
                        struct berth_error *err)
{
    json_error_t where;
    cleanup(fields) json_t *fields =
        json_loadb(credentials.ptr ? credentials.ptr : "", credentials.len, 0, &where);
    if (!json_is_object(fields))
        return fail(err, BERTH_E_INVALID, "the credentials are not a JSON object");
    struct name_list hosts = manifest_hosts(connector_manifest_of(s->connector));
    for (size_t i = 0; i < hosts.count; i++) {
        cleanup(free) char *origin = NULL;
        int r = manifest_origin_new(hosts.names[i], fields, &origin, err);
        if (r == 0 && origin)
            r = origins_add(&s->origins, str_from(origin), err);
        if (r < 0)
            return r;
    }
    if (s->origins.count == 0)
        return fail(err, BERTH_E_INVALID,
                    "the credentials name no host that this connection could send to");
    return 0;
}

static void init_wire_log(struct session *s, const struct session_config *config)
{
    s->secret_names = manifest_secret_names(connector_manifest_of(s->connector));
    if (config->wire_log && config->log)
        s->wire = (struct wire_log){
            .log = config->log, .ctx = config->log_ctx, .secret_names = s->secret_names};
}

static int init_transport(struct session *s, const struct session_config *config,
                          struct berth_error *err)
{
    struct transport_config transport = {
        .ca_file = config->ca_file, .proxy = config->proxy, .parallel = s->parallel};
    return transport_new(&transport, &s->transport, err);
}

static int open_connection(struct session *s, struct berth_str credentials,
                           struct berth_error *err)
{
    struct opening opening = {.base = {&HOST_SERVICES}, .session = s};
    struct berth_str manifest = manifest_text(connector_manifest_of(s->connector));
    struct berth_error own;
    struct berth_conn *conn = NULL;
    plugin_enter(s, &opening.base, &own);
    int r = s->plugin->open(&opening.base, manifest, credentials, &conn, &own);
    plugin_leave(s);
    r = connector_status(s, r, &own);
    if (r == 0 && !conn)
        r = fail(&own, BERTH_E_INTERNAL, "connector %s: it opened no connection",
                 s->plugin->id);
    if (r < 0 && err)
        *err = own;
    s->conn = r == 0 ? conn : NULL;
    return r;
}

static int session_init(struct session *s, const struct session_config *config,
                        struct berth_error *err)
{
    init_wire_log(s, config);
    int r = init_numbers(s, config, err);
    if (r == 0)
        r = init_limiters(s, config, err);
    if (r == 0)
        r = init_origins(s, config->credentials, err);
    if (r == 0)
        r = init_transport(s, config, err);
    if (r == 0)
        r = open_connection(s, config->credentials, err);
    return r;
}

int session_new(const struct session_config *config, struct session **ret_session,
                struct berth_error *err)
{
    struct session *s = calloc(1, sizeof(*s));
    if (!s)
        return fail_no_memory(err);
    s->connector = config->connector;
    s->plugin = connector_plugin(config->connector);
    init_rings(s);
    int r = session_init(s, config, err);
    if (r < 0) {
        session_free(s);
        return r;
    }
    *ret_session = s;
    return 0;
}

void session_free(struct session *s)
{
    if (!s)
        return;
    s->closing = true;
    while (!ring_is_empty(&s->calls))
        call_fail(RING_OWNER(s->calls.next, struct call, of_all), BERTH_E_CANCELED,
                  "the operation was canceled: the connection is being closed");
    if (s->conn && s->plugin->close)
        s->plugin->close(s->conn);
    jobs_release(s);
    transport_free(s->transport);
    for (size_t i = 0; i < s->limiter_count; i++)
        limiter_release(&s->limiters[i]);
    free(s->limiters);
    origins_release(&s->origins);
    free(s);
}

struct session_counts session_counts(const struct session *s)
{
    return s->counts;
}

/* Those that ended inside begin() get their done() here, where it is expected. */
static void finish_over(struct session *s)
{
    while (!ring_is_empty(&s->over)) {
        struct call *c = RING_OWNER(s->over.next, struct call, link);
        call_finish(c, c->stopped);
    }
}

/* End what is past its deadline; how long until the next one is. */
static int64_t expire(struct session *s, int64_t now)
{
    int64_t next = INT64_MAX;
    struct ring *r = s->calls.next;
    while (r != &s->calls) {
        struct call *c = RING_OWNER(r, struct call, of_all);
        if (c->give_up_at && c->give_up_at <= now) {
            call_expire(c);
            r = s->calls.next; /* done() may have changed anything */
            next = INT64_MAX;
            continue;
        }
        if (c->give_up_at && c->give_up_at - now < next)
            next = c->give_up_at - now;
        r = r->next;
    }
    return next;
}

/* Give every call its turn as long as there are slots. */
static void ask_calls(struct session *s)
{
    while (session_has_slot(s) && !ring_is_empty(&s->thirsty))
        call_ask(RING_OWNER(s->thirsty.next, struct call, link));
}

static bool is_idle(const struct session *s)
{
    return s->in_flight == 0 && s->ready_count == 0 && ring_is_empty(&s->parked) &&
           ring_is_empty(&s->thirsty) && ring_is_empty(&s->over);
}

/* Nothing is under way and nobody has anything to send: it would stay so for ever. */
static void end_stalled(struct session *s)
{
    while (is_idle(s) && !ring_is_empty(&s->dry))
        call_stalled(RING_OWNER(s->dry.next, struct call, link));
}

/* What reads the results may be slow: the time in which nobody looked at the transport is
 * not the service's. Less than this is not worth the trouble. */
#define AWAY_MS 100

static void allow_for_absence(struct session *s, int64_t now)
{
    if (now - s->looked_at >= AWAY_MS)
        jobs_prolong(s, now - s->looked_at);
    s->looked_at = now;
}

/* What has been answered, no more than was under way before: a request may go out and be
 * answered while an answer is taken, and others want their turn. False: there is more. */
static bool take_answers(struct session *s)
{
    struct exchange *x;
    for (uint32_t most = s->in_flight; most > 0; most--) {
        if (!(x = transport_done(s->transport)))
            return true;
        job_answered((struct job *)(void *)x, clock_mono_ms());
    }
    return s->in_flight == 0;
}

/* All that can be done without waiting; then *ret_wait_ms is how long to wait. */
static int turn(struct session *s, int64_t *ret_wait_ms, struct berth_error *err)
{
    int64_t now = clock_mono_ms();
    allow_for_absence(s, now);
    jobs_unpark(s, now);
    ask_calls(s); /* what was begun since the last turn goes out with this one */
    jobs_send(s, now, ret_wait_ms);
    int r = transport_perform(s->transport, err);
    if (r < 0)
        return r;
    s->looked_at = clock_mono_ms();
    bool took_all = take_answers(s);
    finish_over(s);
    now = clock_mono_ms();
    allow_for_absence(s, now);
    jobs_unpark(s, now);
    ask_calls(s);
    uint64_t sent = s->counts.requests;
    jobs_send(s, now, ret_wait_ms);
    int64_t deadline_ms = expire(s, now);
    end_stalled(s);
    if (deadline_ms < *ret_wait_ms)
        *ret_wait_ms = deadline_ms;
    if (!took_all || s->counts.requests != sent || !ring_is_empty(&s->over) ||
        (session_has_slot(s) && !ring_is_empty(&s->thirsty)))
        *ret_wait_ms = 0; /* what was just begun has something to do at once */
    return 0;
}

/* However much there is to do, after so many turns somebody else may want something. */
#define LOOK_UP_AFTER 16

static int bounded_wait(int64_t wait_ms, int64_t until, int64_t now)
{
    if (until >= 0 && wait_ms > until - now)
        wait_ms = until > now ? until - now : 0;
    return wait_ms > 1000 * 1000 ? 1000 * 1000 : (int)wait_ms;
}

int session_wait(struct session *s, int64_t timeout_ms, int wake_fd,
                 struct berth_error *err)
{
    if (s->inside)
        return fail(err, BERTH_E_INTERNAL, "waiting from within an operation's events");
    int64_t until = timeout_ms >= 0 ? clock_mono_ms() + timeout_ms : -1;
    uint64_t ended = s->ended;
    for (unsigned turns = 1;; turns++) {
        int64_t wait_ms;
        int r = turn(s, &wait_ms, err);
        if (r < 0)
            return r;
        if (s->ended != ended || s->call_count == 0)
            return (int)s->call_count;
        bool woken = false;
        int64_t now = clock_mono_ms();
        if (wait_ms > 0 || timeout_ms == 0 || turns % LOOK_UP_AFTER == 0)
            r = transport_wait(s->transport, bounded_wait(wait_ms, until, now), wake_fd,
                               &woken, err);
        if (r < 0)
            return r;
        s->looked_at = clock_mono_ms();
        if (woken || (until >= 0 && clock_mono_ms() >= until))
            return (int)s->call_count;
    }
}
