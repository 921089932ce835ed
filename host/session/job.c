#include <stdio.h>
#include <stdlib.h>

#include "host/clock.h"
#include "host/http/retry_after.h"
#include "host/http/transport.h"
#include "host/manifest.h"
#include "host/session/session_priv.h"
#include "sdk/error.h"
#include "sdk/str.h"

/* What passes sooner is not worth a word. */
#define TROUBLE_ATTEMPTS 4
#define TROUBLE_PAUSE_MS 2000

static int64_t answer_retry_after_ms(const struct session *s, const struct exchange *x)
{
    struct berth_str value = exchange_header(x, STR("retry-after"));
    if (value.len == 0)
        return -1;
    return retry_after_parse(value, exchange_header(x, STR("date")),
                             s->clock ? s->clock(s->clock_ctx) : clock_real_ms());
}

bool session_has_slot(const struct session *s)
{
    return s->in_flight + s->ready_count < s->parallel && s->retrying_count < s->parallel;
}

/* A job with its memory warm, or a new one. */
static struct job *job_alloc(struct session *s)
{
    if (ring_is_empty(&s->free_jobs)) {
        struct job *j = calloc(1, sizeof(*j));
        if (j)
            ring_init(&j->link);
        return j;
    }
    struct job *j = RING_OWNER(s->free_jobs.next, struct job, link);
    ring_remove(&j->link);
    return j;
}

static void make_ready(struct job *j)
{
    struct session *s = j->call->session;
    j->state = JOB_READY;
    s->ready_count++;
    /* What has waited already goes before what is new. */
    ring_add_before(j->retrying ? s->ready.next : &s->ready, &j->link);
}

static void leave_ready(struct job *j)
{
    ring_remove(&j->link);
    j->call->session->ready_count--;
}

/* Into its place by due_at; most waits are as long as the one before, so from the end. */
static void park(struct job *j, int64_t due_at)
{
    struct session *s = j->call->session;
    j->state = JOB_PARKED;
    j->due_at = due_at;
    struct ring *place = &s->parked;
    while (place->prev != &s->parked &&
           RING_OWNER(place->prev, struct job, link)->due_at > due_at)
        place = place->prev;
    ring_add_before(place, &j->link);
}

static int find_limiter(const struct session *s, struct berth_str id, uint32_t *ret_index,
                        struct berth_error *err)
{
    const struct manifest *m = connector_manifest_of(s->connector);
    for (uint32_t i = 0; i < s->limiter_count; i++) {
        if (id.len > 0 && !str_equal(id, str_from(manifest_limit(m, i)->id)))
            continue;
        *ret_index = i;
        return 0;
    }
    return fail(err, BERTH_E_INTERNAL,
                "the connector asked for a request against limit '%.*s', which its "
                "manifest has not",
                (int)(id.len > 60 ? 60 : id.len), id.ptr);
}

static int job_set(struct job *j, const struct berth_request *req,
                   struct berth_error *err)
{
    struct session *s = j->call->session;
    j->kind = req->kind;
    j->x.tag = req->tag;
    if (req->kind == BERTH_TIMER)
        return 0;
    int r = find_limiter(s, req->limit, &j->limiter, err);
    return r < 0 ? r : exchange_set(&j->x, req, err);
}

int job_new(struct call *c, const struct berth_request *req, struct berth_error *err)
{
    struct session *s = c->session;
    struct job *j = job_alloc(s);
    if (!j)
        return fail_no_memory(err);
    int64_t now = clock_mono_ms();
    j->call = c;
    j->retrying = j->uncertain = j->waited = false;
    j->sends = 0;
    j->retry = (struct retry){.flags = req->flags,
                              .built_at = now,
                              .retry_for_ms = s->retry_for_ms,
                              .give_up_at = c->give_up_at};
    int r = job_set(j, req, err);
    if (r < 0) {
        ring_add_before(&s->free_jobs, &j->link);
        return r;
    }
    ring_add_before(&c->jobs, &j->of_call);
    c->open++;
    if (req->kind == BERTH_TIMER || req->delay_ms > 0)
        park(j, now + req->delay_ms);
    else
        make_ready(j);
    return 0;
}

void job_free(struct job *j)
{
    struct session *s = j->call->session;
    if (j->state == JOB_READY) {
        s->ready_count--;
    } else if (j->state == JOB_SENT) {
        transport_abort(s->transport, &j->x);
        s->in_flight--;
        limiter_answered(&s->limiters[j->limiter], clock_mono_ms());
    } else if (j->state == JOB_PARKED && j->retrying) {
        s->retrying_count--;
    }
    ring_remove(&j->link);
    ring_remove(&j->of_call);
    j->call->open--;
    exchange_clear(&j->x);
    ring_add_before(s->free_jobs.next, &j->link);
}

void jobs_release(struct session *s)
{
    while (!ring_is_empty(&s->free_jobs)) {
        struct job *j = RING_OWNER(s->free_jobs.next, struct job, link);
        ring_remove(&j->link);
        exchange_release(&j->x);
        free(j);
    }
}

/* Hand the answer, complete or not, to the operation. */
static void give(struct job *j)
{
    struct session *s = j->call->session;
    const struct exchange *x = &j->x;
    struct berth_response res = {
        .size = sizeof(res),
        .kind = j->kind,
        .tag = x->tag,
        .status = x->status,
        .retry_after_ms = -1,
        .headers = x->pairs,
        .header_count = x->header_count,
        .failure = x->failure,
        .attempts = j->sends,
        .failure_text = str_from(x->failure_text),
    };
    if (x->status >= 0)
        res.body = (struct berth_str){x->answer.data, x->answer.len};
    if (j->kind == BERTH_HTTP)
        res.retry_after_ms = answer_retry_after_ms(s, x);
    if (j->uncertain)
        res.flags |= BERTH_UNCERTAIN;
    call_give(j->call, j, &res);
}

/* It cannot be sent: the operation gets that instead of an answer. */
static void give_failure(struct job *j, int status, const char *sentence)
{
    struct exchange *x = &j->x;
    exchange_reset_answer(x);
    x->status = status;
    x->failure = BERTH_FAILURE_OTHER;
    (void)snprintf(x->failure_text, sizeof(x->failure_text), "%s", sentence);
    give(j);
}

static void job_due(struct job *j)
{
    struct session *s = j->call->session;
    ring_remove(&j->link);
    if (j->retrying)
        s->retrying_count--;
    if (j->kind == BERTH_TIMER) {
        j->state = JOB_ANSWERED;
        give(j);
        return;
    }
    if (!j->retrying)
        j->retry.built_at = j->due_at; /* it was signed for then */
    make_ready(j);
}

void jobs_unpark(struct session *s, int64_t now)
{
    while (!ring_is_empty(&s->parked)) {
        struct job *j = RING_OWNER(s->parked.next, struct job, link);
        if (j->due_at > now)
            return;
        job_due(j);
    }
}

static int job_start(struct job *j, int64_t now, struct berth_error *err)
{
    struct session *s = j->call->session;
    int64_t timeout_ms = j->x.timeout_ms ? j->x.timeout_ms : s->request_timeout_ms;
    int r = transport_send(s->transport, &j->x, timeout_ms, err);
    if (r < 0)
        return r;
    leave_ready(j);
    j->state = JOB_SENT;
    s->in_flight++;
    s->counts.requests++;
    limiter_sent(&s->limiters[j->limiter]);
    if (j->retry.attempts++ == 0)
        j->retry.first_at = now;
    if (now - s->tried_at >= s->reach_for_ms)
        s->trying_since = now;
    s->tried_at = now;
    wire_log_request(&s->wire, &j->x, j->retry.attempts);
    return 0;
}

static void job_send(struct job *j, int64_t now)
{
    struct berth_error err = BERTH_ERROR_INIT;
    int r = job_start(j, now, &err);
    if (r == 0)
        return;
    leave_ready(j);
    j->state = JOB_ANSWERED;
    give_failure(j, r, err.message);
}

static bool is_stale(const struct job *j, int64_t now)
{
    return now - j->retry.built_at >= RETRY_SIGNATURE_MS;
}

void jobs_hasten(struct session *s)
{
    int64_t now = clock_mono_ms();
    struct job *j = RING_OWNER(s->ready.next, struct job, link);
    if (s->ready_count != 1 || s->in_flight >= s->parallel || is_stale(j, now) ||
        limiter_wait_ms(&s->limiters[j->limiter], now) > 0)
        return;
    /* Whatever is wrong shows again in the next turn, which can tell of it. */
    if (job_start(j, now, NULL) == 0)
        (void)transport_perform(s->transport, NULL);
}

void jobs_prolong(struct session *s, int64_t ms)
{
    for (struct ring *r = s->calls.next; r != &s->calls; r = r->next) {
        struct call *c = RING_OWNER(r, struct call, of_all);
        for (struct ring *k = c->jobs.next; k != &c->jobs; k = k->next) {
            struct job *j = RING_OWNER(k, struct job, of_call);
            if (j->retry.attempts > 0)
                j->retry.first_at += ms;
            if (j->state == JOB_SENT)
                transport_prolong(s->transport, &j->x, ms);
        }
    }
}

/* Send the first of the ready ones that may go. False: there is none; *wait_ms is then
 * how long it takes at least until a limiter lets one through. */
static bool send_one(struct session *s, int64_t now, int64_t *wait_ms)
{
    if (s->in_flight >= s->parallel)
        return false;
    for (struct ring *r = s->ready.next; r != &s->ready; r = r->next) {
        struct job *j = RING_OWNER(r, struct job, link);
        int64_t wait = limiter_wait_ms(&s->limiters[j->limiter], now);
        if (is_stale(j, now)) {
            leave_ready(j);
            j->state = JOB_ANSWERED;
            give_failure(j, BERTH_E_THROTTLED,
                         "not sent: the quota left no room for it for five minutes");
            return true;
        }
        if (wait == 0) {
            job_send(j, now);
            return true;
        }
        s->counts.limiter_waits += j->waited ? 0 : 1;
        j->waited = true;
        if (wait < *wait_ms)
            *wait_ms = wait;
    }
    return false;
}

void jobs_send(struct session *s, int64_t now, int64_t *ret_wait_ms)
{
    *ret_wait_ms = INT64_MAX;
    while (send_one(s, now, ret_wait_ms))
        *ret_wait_ms = INT64_MAX;
    if (ring_is_empty(&s->parked))
        return;
    int64_t due_at = RING_OWNER(s->parked.next, struct job, link)->due_at;
    int64_t due_ms = due_at > now ? due_at - now : 0;
    if (due_ms < *ret_wait_ms)
        *ret_wait_ms = due_ms;
}

/* splitmix64: good enough to keep clients from coming back at the same moment. */
static uint64_t next_random(struct session *s)
{
    uint64_t z = (s->random += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* What its limiter learns from an answer. */
static void inform_limiter(struct job *j, const struct attempt *a, int64_t pause_ms,
                           int64_t now)
{
    struct session *s = j->call->session;
    struct limiter *l = &s->limiters[j->limiter];
    limiter_answered(l, now);
    if (a->status == 429) {
        s->counts.throttled++;
        if (!l->apart)
            limiter_pause(l, now, pause_ms);
    } else if (a->status > 0) {
        limiter_passed(l);
    }
}

/* Where a request stands. While nobody has answered and nothing was sent yet there is
 * less time, and one time for all: else each of many lines would wait for a host that is
 * not there. */
static struct retry standing(const struct job *j, const struct attempt *a)
{
    const struct session *s = j->call->session;
    struct retry retry = j->retry;
    if (s->reached || a->status >= 0 || a->sent || retry.retry_for_ms <= s->reach_for_ms)
        return retry;
    retry.retry_for_ms = s->reach_for_ms;
    retry.first_at = s->trying_since;
    return retry;
}

/* Somebody may be waiting in front of a silent terminal: say once why it takes long. */
static void say_trouble(struct job *j, const struct attempt *a, int64_t pause_ms)
{
    struct session *s = j->call->session;
    if (s->told_trouble ||
        (j->retry.attempts < TROUBLE_ATTEMPTS && pause_ms < TROUBLE_PAUSE_MS))
        return;
    long long most_s = (long long)(standing(j, a).retry_for_ms / 1000);
    s->told_trouble = true;
    if (a->status == 429)
        session_log(s, BERTH_LOG_WARN,
                    "the service has had too many requests (HTTP 429): trying again for "
                    "up to %lld s",
                    most_s);
    else if (a->status > 0)
        session_log(s, BERTH_LOG_WARN,
                    "the service answered HTTP %d: trying again for up to %lld s",
                    a->status, most_s);
    else
        session_log(s, BERTH_LOG_WARN, "%s: trying again for up to %lld s",
                    j->x.failure_text, most_s);
}

/* Park it for another attempt, if it may and should have one. */
static bool retry(struct job *j, const struct attempt *a, int64_t pause_ms, int64_t now)
{
    struct session *s = j->call->session;
    struct retry retry = standing(j, a);
    if (!retry_is_allowed(retry.flags, a) || !retry_has_time(&retry, now, pause_ms))
        return false;
    j->uncertain = j->uncertain || attempt_is_uncertain(j->retry.flags, a);
    j->retrying = true;
    s->retrying_count++;
    s->counts.retries++;
    park(j, now + pause_ms);
    if (a->status > 0)
        session_log(s, BERTH_LOG_INFO, "status %d: attempt %u follows in %lld ms",
                    a->status, j->retry.attempts + 1, (long long)pause_ms);
    else
        session_log(s, BERTH_LOG_INFO, "%s: attempt %u follows in %lld ms",
                    j->x.failure_text, j->retry.attempts + 1, (long long)pause_ms);
    say_trouble(j, a, pause_ms);
    return true;
}

void job_answered(struct job *j, int64_t now)
{
    struct session *s = j->call->session;
    const struct exchange *x = &j->x;
    struct attempt a = {.status = x->status,
                        .failure = x->failure,
                        .sent = x->sends > 0,
                        .retry_after_ms = answer_retry_after_ms(s, x)};
    int64_t pause_ms = retry_pause_ms(j->retry.attempts, &a, next_random(s));
    j->state = JOB_ANSWERED;
    j->retrying = false;
    s->in_flight--;
    s->counts.bytes_in += x->head.len + x->answer.len;
    j->sends += x->sends;
    s->reached = s->reached || a.status >= 0;
    if (x->sends > 1 && !(x->flags & BERTH_READ_ONLY))
        j->uncertain = true; /* libcurl has repeated it on a new connection */
    inform_limiter(j, &a, pause_ms, now);
    wire_log_answer(&s->wire, x);
    if (retry(j, &a, pause_ms, now))
        return;
    if (x->status > 0)
        s->told_trouble = false;
    give(j);
}
