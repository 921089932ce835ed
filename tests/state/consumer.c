#include "tests/state/consumer.h"

#include <string.h>

#include "tests/state/fixture.h"

void consumer_init(struct consumer *c)
{
    *c = (struct consumer){json_object(), json_object(), json_object()};
}

void consumer_release(struct consumer *c)
{
    json_decref(c->known);
    json_decref(c->lines);
    json_decref(c->facts);
}

static void complain(const char *what, const char *line)
{
    print_message("# %s: %s\n", what, line);
    _fail(__FILE__, __LINE__);
}

static void apply(struct consumer *c, const char *change, const char *key,
                  const char *version, const char *line)
{
    const char *known = json_string_value(json_object_get(c->known, key));
    if ((strcmp(change, "created") == 0) != !known)
        complain("this makes no sense", line);
    if (strcmp(change, "updated") == 0 && strcmp(known, version) == 0)
        complain("nothing was updated", line);
    if (strcmp(change, "deleted") == 0 && strcmp(known, version) != 0)
        complain("this is not the last version", line);
    if (strcmp(change, "deleted") == 0)
        (void)json_object_del(c->known, key);
    else
        (void)json_object_set_new(c->known, key, json_string(version));
}

static void read_line(struct consumer *c, const char *line)
{
    json_auto_t *event = json_loads(line, 0, NULL);
    const char *id = json_string_value(json_object_get(event, "id"));
    const char *type = json_string_value(json_object_get(event, "type"));
    const json_t *data = json_object_get(event, "data");
    const char *key = json_string_value(json_object_get(data, "registrationId"));
    const char *version = json_string_value(json_object_get(data, "etag"));
    if (!version)
        version = json_string_value(json_object_get(data, "version"));
    if (!id || !type || !key || !version) {
        complain("this is no event", line);
        return;
    }
    const char *before = json_string_value(json_object_get(c->lines, id));
    if (before && strcmp(before, line) != 0)
        complain("the id is another event's", line);
    if (before)
        return;
    (void)json_object_set_new(c->lines, id, json_string(line));

    char change[16] = "";
    memcpy(change, type + strlen("berth.azure-dps.enrollment."), 7);
    cleanup(text) struct text fact;
    text_init(&fact, 10000);
    text_add_format(&fact, "%s %s %s", change, key, version);
    if (json_object_get(c->facts, fact.data))
        complain("it came under two ids", line);
    (void)json_object_set_new(c->facts, fact.data, json_string(id));
    apply(c, change, key, version, line);
}

void consumer_read(struct consumer *c, struct berth_str lines)
{
    while (lines.len > 0) {
        const char *end = memchr(lines.ptr, '\n', lines.len);
        assert_non_null(end);
        size_t len = (size_t)(end - lines.ptr);
        cleanup(free) char *line = strndup(lines.ptr, len);
        read_line(c, line);
        lines = (struct berth_str){end + 1, lines.len - len - 1};
    }
}

void consumer_expect(const struct consumer *c, const struct fake_item *items,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *known = json_string_value(json_object_get(c->known, items[i].key));
        if (!known || strcmp(known, items[i].version) != 0)
            complain("it is not known", items[i].key);
    }
    assert_int_equal(json_object_size(c->known), count);
}
