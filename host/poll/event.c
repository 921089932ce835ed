#include "host/poll/event.h"

#include <stdio.h>
#include <string.h>

#include "host/clock.h"
#include "host/poll/digest.h"
#include "sdk/calendar.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/pointer.h"
#include "sdk/scan.h"
#include "sdk/str.h"

enum { SUBJECT_MAX = 16384, MEMBER_MAX = 256 };

/* Length of the character at the start of `s`, or 0 when it is none. */
static size_t character_length(const unsigned char *s, size_t len)
{
    if (s[0] < 0x80)
        return 1;
    size_t need = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || len < need)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool bad = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
               (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f);
    return bad ? 0 : need;
}

bool text_is_utf8(struct berth_str text)
{
    for (size_t at = 0; at < text.len;) {
        size_t n = character_length((const unsigned char *)text.ptr + at, text.len - at);
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

static const char *change_name(unsigned change)
{
    return change == EVENT_CREATED   ? "created"
           : change == EVENT_UPDATED ? "updated"
                                     : "deleted";
}

/* What the trigger is about: "enrollment" of "enrollment.changed". */
static struct berth_str noun_of(const char *id)
{
    return (struct berth_str){id, strcspn(id, ".")};
}

/* As a segment of a path, in which a colon may stand: ids that are MAC addresses stay as
 * they are. */
static void add_segment(struct text *t, struct berth_str key)
{
    const char *colon;
    while (key.len > 0 && (colon = memchr(key.ptr, ':', key.len))) {
        struct berth_str part = {key.ptr, (size_t)(colon - key.ptr)};
        text_add_escaped(t, part);
        text_add(t, ":");
        key = (struct berth_str){colon + 1, key.len - part.len - 1};
    }
    text_add_escaped(t, key);
}

static void add_subject(struct text *t, const char *template, struct berth_str key)
{
    const char *place = strstr(template, "{key}");
    if (!place) {
        text_add(t, template);
        return;
    }
    text_add_str(t, (struct berth_str){template, (size_t)(place - template)});
    add_segment(t, key);
    text_add(t, place + strlen("{key}"));
}

static void fold_text(struct text *t)
{
    for (size_t i = 0; i < t->len; i++)
        if (t->data[i] >= 'A' && t->data[i] <= 'Z')
            t->data[i] = (char)(t->data[i] | 0x20);
}

static int make_id(const struct event *e, char id[DIGEST_HEX], struct berth_error *err)
{
    const struct trigger_info *t = &e->sub->trigger->trigger;
    cleanup(text) struct text subject;
    cleanup(text) struct text polls;
    text_init(&subject, SUBJECT_MAX);
    text_init(&polls, 32);
    add_subject(&subject, t->subject, e->key);
    text_add_int(&polls, e->polls);
    if (text_failed(&subject) || text_failed(&polls))
        return fail_no_memory(err);
    if (t->fold_case)
        fold_text(&subject);
    const struct berth_str parts[] = {str_from(e->sub->id), text_str(&polls),
                                      str_from(change_name(e->change)),
                                      text_str(&subject), e->version};
    return digest_parts(parts, 5, id, err);
}

void event_now(char ret_time[EVENT_TIME_SIZE])
{
    int64_t now_ms = clock_real_ms();
    char room[CALENDAR_TIME_SIZE];
    struct berth_str seconds = calendar_time(now_ms / 1000, room);
    (void)snprintf(ret_time, EVENT_TIME_SIZE, "%.*s.%03dZ", (int)seconds.len - 1,
                   seconds.ptr, (int)(now_ms % 1000));
}

static bool has_shape(const char *text, const char *shape)
{
    for (; *shape; shape++, text++) {
        bool fits = *shape == '0' ? *text >= '0' && *text <= '9' : *text == *shape;
        if (!fits)
            return false;
    }
    return true;
}

/* RFC 3339, and not the year 1, by which some services say "never". */
static bool is_time(const char *text)
{
    if (!has_shape(text, "0000-00-00T00:00:00") || strncmp(text, "0001-", 5) == 0)
        return false;
    text += strlen("0000-00-00T00:00:00");
    if (*text == '.') {
        size_t digits = strspn(text + 1, "0123456789");
        if (digits == 0)
            return false;
        text += 1 + digits;
    }
    if (strcmp(text, "Z") == 0)
        return true;
    return (has_shape(text, "+00:00") || has_shape(text, "-00:00")) && strlen(text) == 6;
}

/* The raw value is a time: take it. */
static void take_time(struct berth_str raw, char ret_time[EVENT_TIME_SIZE])
{
    char text[EVENT_TIME_SIZE];
    if (raw.len < 2 || raw.len - 2 >= sizeof(text) || raw.ptr[0] != '"')
        return;
    memcpy(text, raw.ptr + 1, raw.len - 2);
    text[raw.len - 2] = '\0';
    if (is_time(text))
        memcpy(ret_time, text, raw.len - 1);
}

int event_time(const struct operation *trigger, struct berth_str key,
               struct berth_str data, char ret_time[EVENT_TIME_SIZE],
               struct berth_error *err)
{
    struct berth_error problem = BERTH_ERROR_INIT;
    cleanup(text) struct text pointer;
    struct berth_str raw = {0};
    text_init(&pointer, MEMBER_MAX);
    pointer_add(&pointer,
                trigger->trigger.time_member ? trigger->trigger.time_member : "");
    if (text_failed(&pointer))
        return fail_no_memory(err);
    if (scan_find(data, pointer.data, &raw, &problem) < 0)
        return fail(err, BERTH_E_PROTOCOL,
                    "%s '%.*s': the service sent something that is no JSON (%s)",
                    trigger->id, (int)key.len, key.ptr, problem.message);
    event_now(ret_time);
    take_time(raw, ret_time);
    return 0;
}

/* White space between tokens may hold line ends; in strings there are none. */
static void add_on_one_line(struct text *t, struct berth_str json)
{
    while (json.len > 0) {
        size_t n = 0;
        while (n < json.len && json.ptr[n] != '\n' && json.ptr[n] != '\r')
            n++;
        text_add_str(t, (struct berth_str){json.ptr, n});
        n += n < json.len;
        json = (struct berth_str){json.ptr + n, json.len - n};
    }
}

static void add_data(struct text *t, const struct event *e)
{
    text_add(t, ",\"data\":");
    if (e->change != EVENT_DELETED) {
        add_on_one_line(t, e->data);
        return;
    }
    text_add(t, "{");
    text_add_json(t, str_from(e->sub->trigger->trigger.key));
    text_add(t, ":");
    text_add_json(t, e->key);
    text_add(t, ",\"version\":");
    text_add_json(t, e->version);
    text_add(t, "}");
}

static void add_type(struct text *t, const struct event *e)
{
    text_add(t, ",\"type\":\"berth.");
    text_add(t, manifest_id(e->sub->trigger->manifest));
    text_add(t, ".");
    text_add_str(t, noun_of(e->sub->trigger->id));
    text_add(t, ".");
    text_add(t, change_name(e->change));
    text_add(t, ".v1\"");
}

int event_write(struct text *out, const struct event *event, struct berth_error *err)
{
    char id[DIGEST_HEX];
    int r = make_id(event, id, err);
    if (r < 0)
        return r;
    text_add(out, "{\"specversion\":\"1.0\",\"id\":\"");
    text_add(out, id);
    text_add(out, "\",\"source\":\"/connections/");
    text_add(out, event->sub->connection_name);
    text_add(out, "\"");
    add_type(out, event);
    text_add(out, ",\"subject\":\"");
    add_subject(out, event->sub->trigger->trigger.subject, event->key);
    text_add(out, "\",\"time\":\"");
    text_add(out, event->time);
    text_add(out, "\",\"datacontenttype\":\"application/json\",\"berthsubscription\":\"");
    text_add(out, event->sub->id);
    text_add(out, "\"");
    add_data(out, event);
    text_add(out, "}\n");
    return text_failed(out) ? fail_no_memory(err) : 0;
}
