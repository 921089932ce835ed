#include "tests/state/poller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fixture_manifest.h"

static int deliver(void *ctx, struct berth_str event)
{
    struct poller *p = ctx;
    if ((long)p->delivered == p->sink_fails_at)
        return BERTH_E_UNAVAILABLE;
    p->delivered++;
    text_add_str(&p->lines, event);
    text_add(&p->lines, "\n");
    return 0;
}

static int flush(void *ctx)
{
    (void)ctx;
    return 0;
}

void poller_init(struct poller *p, const char *home)
{
    *p = (struct poller){.sink_fails_at = FAKE_NEVER};
    p->store = open_store(home);
    if (connection_find(p->store, "prod", &p->connection, NULL) < 0)
        p->connection = add_connection(p->store, "prod", "secret");
    text_init(&p->lines, 1 << 28);
    p->sink = (struct event_sink){deliver, flush, p};
    p->options = (struct poll_options){.sink = &p->sink, .wake_fd = -1};
}

void poller_release(struct poller *p)
{
    text_release(&p->lines);
    connection_release(&p->connection);
    store_close(p->store);
}

const struct operation *poller_trigger(void)
{
    static struct manifest *manifest;
    if (!manifest)
        manifest = fixture_manifest(AZURE_DPS);
    return manifest_find(manifest, "enrollment.changed");
}

int poller_run(struct poller *p, struct session *session)
{
    p->err = (struct berth_error)BERTH_ERROR_INIT;
    cleanup(subscription) struct subscription *sub = NULL;
    int r = subscription_open(p->store, &p->connection, poller_trigger(), STR("{}"), &sub,
                              &p->err);
    if (r < 0)
        return r;
    return subscription_poll(sub, session, &p->options, &p->result, &p->err);
}

static void add_short(struct text *t, const json_t *event)
{
    const char *type = json_string_value(json_object_get(event, "type"));
    const json_t *data = json_object_get(event, "data");
    const char *version = json_string_value(json_object_get(data, "etag"));
    if (!version)
        version = json_string_value(json_object_get(data, "version"));
    type += strlen("berth.azure-dps.enrollment.");
    text_add_str(t, (struct berth_str){type, strcspn(type, ".")});
    text_add_format(t, " %s %s|",
                    json_string_value(json_object_get(data, "registrationId")), version);
}

const char *poller_take(struct poller *p)
{
    static char short_form[65536];
    cleanup(text) struct text t;
    text_init(&t, sizeof(short_form) - 1);
    const char *line = p->lines.len ? p->lines.data : "";
    while (*line) {
        size_t len = strcspn(line, "\n");
        json_auto_t *event = json_loadb(line, len, 0, NULL);
        assert_non_null(event);
        add_short(&t, event);
        line += len + 1;
    }
    text_reset(&p->lines);
    (void)snprintf(short_form, sizeof(short_form), "%s", t.data ? t.data : "");
    return short_form;
}

void poller_expect(struct poller *p, struct session *session, const char *events)
{
    if (poller_run(p, session) < 0)
        give_up(p->err.message);
    assert_true(p->result.complete);
    assert_string_equal(poller_take(p), events);
}
