#include "config.h" /* fnmatch() without regard to case is an extension */

#include "emulator/fault.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/problem.h"
#include "emulator/text.h"
#include "emulator/thread.h"

int faults_init(struct faults *faults)
{
    memset(faults, 0, sizeof *faults);
    return pthread_mutex_init(&faults->lock, NULL) == 0 ? 0 : -1;
}

void faults_release(struct faults *faults)
{
    (void)pthread_mutex_destroy(&faults->lock); /* nobody holds it any more */
}

static void rule_init(struct fault_rule *rule)
{
    memset(rule, 0, sizeof *rule);
    rule->probability = 1;
    rule->seed = 1;
    rule->fault.cut = -1;
    rule->fault.retry_after_s = -1;
}

/* A whole number from 0 to `max`. */
static bool to_number(const char *s, unsigned long max, unsigned long *ret)
{
    char *end;

    if (*s < '0' || *s > '9')
        return false;
    *ret = strtoul(s, &end, 10);
    return !*end && *ret <= max;
}

static bool to_int(const char *s, unsigned long max, int *ret)
{
    unsigned long n;

    if (!to_number(s, max, &n))
        return false;
    *ret = (int)n;
    return true;
}

static bool to_flag(const char *s, bool *ret)
{
    *ret = !strcmp(s, "true") || !*s;
    return *ret || !strcmp(s, "false");
}

static bool to_text(const char *s, char *out, size_t size)
{
    return (size_t)snprintf(out, size, "%s", s) < size;
}

static bool to_probability(const char *s, double *ret)
{
    char *end;

    *ret = strtod(s, &end);
    return end != s && !*end && *ret >= 0 && *ret <= 1;
}

static const char *const TOKENS[] = {
    [FAULT_TOKEN_FORGET] = "forget",
    [FAULT_TOKEN_REPEAT] = "repeat",
    [FAULT_TOKEN_EMPTY] = "empty",
};

static bool to_token(const char *s, enum fault_token *ret)
{
    size_t i;

    for (i = FAULT_TOKEN_FORGET; i < sizeof TOKENS / sizeof *TOKENS; i++)
        if (!strcmp(s, TOKENS[i])) {
            *ret = (enum fault_token)i;
            return true;
        }
    return false;
}

/* A whole number from -max to `max`. */
static bool to_shift(const char *s, unsigned long max, int *ret)
{
    bool back = *s == '-';

    if (!to_int(back ? s + 1 : s, max, ret))
        return false;
    if (back)
        *ret = -*ret;
    return *ret != 0;
}

/* The value of a header: visible ASCII and spaces. */
static bool to_header(const char *s, char *out, size_t size)
{
    const char *at;

    for (at = s; *at; at++)
        if (*at < ' ' || *at > '~')
            return false;
    return *s && to_text(s, out, size);
}

static bool set_status(const char *s, int *ret)
{
    return to_int(s, 599, ret) && *ret >= 400;
}

/* Which requests. 1 when the name is known and the value good, 0 when unknown, -1 when
 * bad. */
static int set_match(struct fault_rule *rule, const char *name, const char *value)
{
    unsigned long n = 0;
    bool good;

    if (!strcmp(name, "method"))
        good = to_text(value, rule->method, sizeof rule->method);
    else if (!strcmp(name, "path"))
        good = to_text(value, rule->path, sizeof rule->path);
    else if (!strcmp(name, "operation"))
        good = to_text(value, rule->operation, sizeof rule->operation);
    else if (!strcmp(name, "skip"))
        good = to_number(value, 1000000000, &rule->skip);
    else if (!strcmp(name, "count"))
        good = to_number(value, 1000000000, &rule->count);
    else if (!strcmp(name, "probability"))
        good = to_probability(value, &rule->probability);
    else if (!strcmp(name, "seed")) {
        good = to_number(value, 0xffffffff, &n) && n > 0;
        rule->seed = n;
    } else
        return 0;
    return good ? 1 : -1;
}

/* What happens beyond the answer itself; the same answers as set_match(). */
static int set_condition(struct fault *fault, const char *name, const char *value)
{
    bool good;

    if (!strcmp(name, "tls"))
        good = to_flag(value, &fault->tls);
    else if (!strcmp(name, "staleEtag"))
        good = to_flag(value, &fault->stale_etag);
    else if (!strcmp(name, "lagMs"))
        good = to_int(value, 3600000, &fault->lag_ms);
    else if (!strcmp(name, "lagReads"))
        good = to_int(value, 1000000, &fault->lag_reads);
    else if (!strcmp(name, "clockShift"))
        good = to_shift(value, 1000000000, &fault->clock_shift_s);
    else if (!strcmp(name, "contentType"))
        good = to_header(value, fault->content_type, sizeof fault->content_type);
    else
        return 0;
    return good ? 1 : -1;
}

/* What happens to the answer; the same answers as set_match(). */
static int set_effect(struct fault *fault, const char *name, const char *value)
{
    unsigned long n = 0;
    bool good;

    if (!strcmp(name, "status"))
        good = set_status(value, &fault->status);
    else if (!strcmp(name, "after"))
        good = to_flag(value, &fault->after);
    else if (!strcmp(name, "retryAfter"))
        good = to_int(value, 86400, &fault->retry_after_s);
    else if (!strcmp(name, "delayMs"))
        good = to_int(value, 600000, &fault->delay_ms);
    else if (!strcmp(name, "pauseMs"))
        good = to_int(value, 600000, &fault->pause_ms);
    else if (!strcmp(name, "cut")) {
        good = to_number(value, 1000000000, &n);
        fault->cut = (long)n;
    } else if (!strcmp(name, "reset"))
        good = to_flag(value, &fault->reset);
    else if (!strcmp(name, "malformed"))
        good = to_flag(value, &fault->malformed);
    else if (!strcmp(name, "html"))
        good = to_flag(value, &fault->html);
    else if (!strcmp(name, "token"))
        good = to_token(value, &fault->token);
    else
        return 0;
    return good ? 1 : -1;
}

static int rule_set(struct fault_rule *rule, const char *name, const char *value,
                    struct problem *p)
{
    int known = set_match(rule, name, value);

    if (!known)
        known = set_effect(&rule->fault, name, value);
    if (!known)
        known = set_condition(&rule->fault, name, value);
    if (!known)
        return problem_set(p, REFUSE_BAD_REQUEST, "fault: '%.40s' is not known", name);
    if (known < 0)
        return problem_set(p, REFUSE_BAD_REQUEST, "fault: %s cannot be '%.40s'", name,
                           value);
    return 0;
}

static int rule_check(const struct fault_rule *rule, struct problem *p)
{
    const struct fault *fault = &rule->fault;

    if (fault->tls && (*rule->method || *rule->path || *rule->operation))
        return problem_set(p, REFUSE_BAD_REQUEST,
                           "fault: tls hits connections, which have no method, path or "
                           "operation");
    if (fault->tls || fault->stale_etag || fault->lag_ms || fault->lag_reads ||
        fault->clock_shift_s || *fault->content_type)
        return 0;
    if (fault->status || fault->delay_ms || fault->pause_ms || fault->cut >= 0 ||
        fault->reset || fault->malformed || fault->html || fault->token)
        return 0;
    return problem_set(p, REFUSE_BAD_REQUEST,
                       "fault: it is not said what happens; name one of status, delayMs, "
                       "pauseMs, cut, reset, malformed, html, contentType, token, tls, "
                       "staleEtag, lagMs, lagReads and clockShift");
}

/* Without the blanks around it. */
static char *trim(char *s)
{
    char *end;

    s += strspn(s, " \t\r");
    end = s + strlen(s);
    while (end > s && strchr(" \t\r", end[-1]))
        *--end = '\0';
    return s;
}

int fault_read(struct fault_rule *rule, const char *text, struct problem *p)
{
    char copy[1000], *at = copy;
    int r = 0;

    rule_init(rule);
    if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
        return problem_set(p, REFUSE_BAD_REQUEST, "fault: is too long");
    while (r == 0 && *at) {
        char *end = at + strcspn(at, ","), *value;
        bool last = !*end;

        *end = '\0';
        value = at + strcspn(at, "=");
        if (*value)
            *value++ = '\0';
        r = rule_set(rule, trim(at), trim(value), p);
        at = last ? end : end + 1;
    }
    return r < 0 ? r : rule_check(rule, p);
}

int fault_read_json(struct fault_rule *rule, json_t *json, struct problem *p)
{
    void *at;
    int r = 0;

    rule_init(rule);
    if (!json_is_object(json))
        return problem_set(p, REFUSE_BAD_REQUEST, "fault: must be an object");
    for (at = json_object_iter(json); r == 0 && at;
         at = json_object_iter_next(json, at)) {
        const json_t *value = json_object_iter_value(at);
        char digits[40] = "?";
        const char *s = digits;

        if (json_is_string(value))
            s = json_string_value(value);
        else if (json_is_boolean(value))
            s = json_is_true(value) ? "true" : "false";
        else if (json_is_integer(value))
            (void)snprintf(digits, sizeof digits, "%lld",
                           (long long)json_integer_value(value));
        else if (json_is_real(value))
            (void)snprintf(digits, sizeof digits, "%.15g", json_real_value(value));
        r = rule_set(rule, json_object_iter_key(at), s, p);
    }
    return r < 0 ? r : rule_check(rule, p);
}

int faults_add(struct faults *faults, const struct fault_rule *rule)
{
    int id = -1;

    lock_take(&faults->lock);
    if (faults->count < FAULT_RULES_MAX) {
        faults->rules[faults->count] = *rule;
        id = (int)++faults->last_id;
        faults->rules[faults->count++].id = (unsigned)id;
    }
    lock_give(&faults->lock);
    return id;
}

bool faults_remove(struct faults *faults, unsigned id)
{
    size_t i, kept = 0, before;

    lock_take(&faults->lock);
    before = faults->count;
    for (i = 0; i < before; i++)
        if (faults->rules[i].id != id)
            faults->rules[kept++] = faults->rules[i];
    faults->count = kept;
    lock_give(&faults->lock);
    return kept < before;
}

void faults_clear(struct faults *faults)
{
    lock_take(&faults->lock);
    faults->count = 0;
    lock_give(&faults->lock);
}

static bool pattern_matches(const char *pattern, const char *s)
{
    return !*pattern || fnmatch(pattern, s, FNM_CASEFOLD | FNM_NOESCAPE) == 0;
}

/* A number in [0,1) from the rule's own sequence (xorshift64*). */
static double rule_random(struct fault_rule *rule)
{
    rule->seed ^= rule->seed >> 12;
    rule->seed ^= rule->seed << 25;
    rule->seed ^= rule->seed >> 27;
    return (double)(rule->seed * UINT64_C(2685821657736338717) >> 11) * 0x1p-53;
}

/* Count one that the rule is for, and draw its lot. */
static bool rule_draws(struct fault_rule *rule)
{
    if (rule->matched++ < rule->skip || (rule->count && rule->hit >= rule->count))
        return false;
    if (rule->probability < 1 && rule_random(rule) >= rule->probability)
        return false;
    rule->hit++;
    return true;
}

/* Does the rule hit this request? */
static bool rule_hits(struct fault_rule *rule, const char *method, const char *path,
                      const char *operation)
{
    if (rule->fault.tls || !pattern_matches(rule->method, method) ||
        !pattern_matches(rule->path, path) ||
        !pattern_matches(rule->operation, operation))
        return false;
    return rule_draws(rule);
}

bool faults_take_tls(struct faults *faults)
{
    bool hit = false;
    size_t i;

    lock_take(&faults->lock);
    for (i = 0; i < faults->count && !hit; i++)
        hit = faults->rules[i].fault.tls && rule_draws(&faults->rules[i]);
    lock_give(&faults->lock);
    return hit;
}

unsigned faults_take(struct faults *faults, const char *method, const char *path,
                     const char *operation, struct fault *ret)
{
    unsigned id = 0;
    size_t i;

    lock_take(&faults->lock);
    for (i = 0; i < faults->count && !id; i++)
        if (rule_hits(&faults->rules[i], method, path, operation)) {
            id = faults->rules[i].id;
            *ret = faults->rules[i].fault;
        }
    lock_give(&faults->lock);
    return id;
}

static void add_condition(struct text *t, const struct fault *fault)
{
    if (fault->tls)
        text_add(t, ",\"tls\":true");
    if (fault->stale_etag)
        text_add(t, ",\"staleEtag\":true");
    if (fault->lag_ms)
        text_addf(t, ",\"lagMs\":%d", fault->lag_ms);
    if (fault->lag_reads)
        text_addf(t, ",\"lagReads\":%d", fault->lag_reads);
    if (fault->clock_shift_s)
        text_addf(t, ",\"clockShift\":%d", fault->clock_shift_s);
    if (*fault->content_type) {
        text_add(t, ",\"contentType\":");
        text_add_json(t, fault->content_type);
    }
}

static void add_effect(struct text *t, const struct fault *fault)
{
    if (fault->status)
        text_addf(t, ",\"status\":%d,\"after\":%s", fault->status,
                  fault->after ? "true" : "false");
    if (fault->retry_after_s >= 0)
        text_addf(t, ",\"retryAfter\":%d", fault->retry_after_s);
    if (fault->delay_ms)
        text_addf(t, ",\"delayMs\":%d", fault->delay_ms);
    if (fault->pause_ms)
        text_addf(t, ",\"pauseMs\":%d", fault->pause_ms);
    if (fault->cut >= 0)
        text_addf(t, ",\"cut\":%ld", fault->cut);
    if (fault->reset)
        text_add(t, ",\"reset\":true");
    if (fault->malformed)
        text_add(t, ",\"malformed\":true");
    if (fault->html)
        text_add(t, ",\"html\":true");
    if (fault->token)
        text_addf(t, ",\"token\":\"%s\"", TOKENS[fault->token]);
}

void faults_add_json(struct faults *faults, struct text *t)
{
    size_t i;

    text_add(t, "[");
    lock_take(&faults->lock);
    for (i = 0; i < faults->count; i++) {
        const struct fault_rule *rule = &faults->rules[i];

        text_addf(t, "%s{\"id\":%u,\"method\":", i ? "," : "", rule->id);
        text_add_json(t, rule->method);
        text_add(t, ",\"path\":");
        text_add_json(t, rule->path);
        text_add(t, ",\"operation\":");
        text_add_json(t, rule->operation);
        text_addf(t, ",\"skip\":%lu,\"count\":%lu,\"probability\":%.15g", rule->skip,
                  rule->count, rule->probability);
        add_effect(t, &rule->fault);
        add_condition(t, &rule->fault);
        text_addf(t, ",\"matched\":%lu,\"hit\":%lu}", rule->matched, rule->hit);
    }
    lock_give(&faults->lock);
    text_add(t, "]");
}
