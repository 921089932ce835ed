#include "host/snapshot/page.h"

#include <stdlib.h>

#include "sdk/error.h"
#include "sdk/str.h"

enum tag {
    TAG_KIND = 3u,
    TAG_OLD = 1u << 2,
    TAG_SCOPE = 1u << 5,
    TAG_SCOPE_AT = 1u << 6
};

int page_init(struct page *p, uint32_t number, struct berth_error *err)
{
    *p = (struct page){.number = number, .data = malloc(PAGE_MAX)};
    return p->data ? 0 : fail_no_memory(err);
}

void page_release(struct page *p)
{
    free(p->data);
    *p = (struct page){0};
}

static void put_number(struct page *p, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        p->data[p->len++] = (unsigned char)(value >> (8 * i));
}

static void put_text(struct page *p, struct berth_str text)
{
    put_number(p, text.len, 2);
    if (text.len > 0)
        memcpy(p->data + p->len, text.ptr, text.len);
    p->len += (uint32_t)text.len;
}

static struct berth_str text_at(struct berth_str data, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)data.ptr + at;
    return (struct berth_str){data.ptr + at + 2, (size_t)(bytes[0] | bytes[1] << 8)};
}

static bool is_last_scope(const struct page *p, struct berth_str scope)
{
    struct berth_str data = {(const char *)p->data, p->len};
    return p->scope_at && str_equal(text_at(data, p->scope_at), scope);
}

static unsigned tag_of(const struct page *p, const struct record *record)
{
    unsigned tag = (unsigned)record->kind | record->flags;
    if (record->old.page)
        tag |= TAG_OLD;
    if (record->kind == RECORD_PUT && record->scope.len > 0)
        tag |= is_last_scope(p, record->scope) ? TAG_SCOPE_AT : TAG_SCOPE;
    return tag;
}

uint16_t page_add(struct page *p, const struct record *record)
{
    if (p->len == 0)
        p->len = PAGE_HEADER;
    if (p->len + 1 + 6 + 8 + 3 * 2 + record->key.len + record->version.len +
            record->scope.len >
        PAGE_FULL)
        return 0;
    uint16_t start = (uint16_t)p->len;
    unsigned tag = tag_of(p, record);
    put_number(p, tag, 1);
    if (tag & TAG_OLD) {
        put_number(p, record->old.page, 4);
        put_number(p, record->old.offset, 2);
    }
    p->dirty = true;
    if (record->kind != RECORD_PUT) {
        put_number(p, record->key_hash, 8);
        return start;
    }
    if (tag & TAG_SCOPE) {
        p->scope_at = (uint16_t)p->len;
        put_text(p, record->scope);
    }
    if (tag & TAG_SCOPE_AT)
        put_number(p, p->scope_at, 2);
    put_text(p, record->key);
    put_text(p, record->version);
    return start;
}

/* A reader that remembers whether it ran over the end. */
struct reader {
    struct berth_str data;
    size_t at;
    bool failed;
};

static uint64_t get_number(struct reader *r, unsigned size)
{
    if (r->failed || r->data.len - r->at < size) {
        r->failed = true;
        return 0;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)(unsigned char)r->data.ptr[r->at++] << (8 * i);
    return value;
}

static struct berth_str get_text(struct reader *r)
{
    size_t len = (size_t)get_number(r, 2);
    if (r->failed || len > ITEM_TEXT_MAX || r->data.len - r->at < len) {
        r->failed = true;
        return (struct berth_str){"", 0};
    }
    struct berth_str text = {r->data.ptr + r->at, len};
    r->at += len;
    return text;
}

/* A scope that an earlier record has written. */
static struct berth_str get_text_elsewhere(struct reader *r)
{
    size_t at = (size_t)get_number(r, 2);
    struct reader there = {r->data, at, at < PAGE_HEADER || at >= r->at};
    struct berth_str text = get_text(&there);
    r->failed = r->failed || there.failed;
    return text;
}

bool page_read(struct berth_str data, size_t *at, struct record *ret_record)
{
    struct reader r = {data, *at, *at < PAGE_HEADER || *at >= data.len};
    unsigned tag = (unsigned)get_number(&r, 1);
    struct record record = {.kind = (enum record_kind)(tag & TAG_KIND),
                            .flags = tag & (RECORD_MISSING | RECORD_QUIET),
                            .key = {"", 0},
                            .version = {"", 0},
                            .scope = {"", 0}};
    if (tag & TAG_OLD) {
        record.old.page = (uint32_t)get_number(&r, 4);
        record.old.offset = (uint16_t)get_number(&r, 2);
        r.failed = r.failed || record.old.page == 0;
    }
    if (record.kind != RECORD_PUT) {
        record.key_hash = get_number(&r, 8);
        r.failed = r.failed || record.kind > RECORD_DROP || !(tag & TAG_OLD);
    } else {
        if (tag & TAG_SCOPE)
            record.scope = get_text(&r);
        if (tag & TAG_SCOPE_AT)
            record.scope = get_text_elsewhere(&r);
        record.key = get_text(&r);
        record.version = get_text(&r);
    }
    *at = r.at;
    *ret_record = record;
    return !r.failed;
}

static uint64_t checksum(struct berth_str data, uint32_t number,
                         const struct siphash_key *key)
{
    struct siphash s = siphash_begin(key);
    siphash_word(&s, number);
    siphash_add(&s, (struct berth_str){data.ptr + PAGE_HEADER, data.len - PAGE_HEADER});
    return siphash_end(s);
}

void page_seal(struct page *p, const struct siphash_key *key)
{
    uint64_t sum =
        htole64(checksum((struct berth_str){(char *)p->data, p->len}, p->number, key));
    memcpy(p->data, &sum, sizeof(sum));
}

bool page_is_sound(struct berth_str data, uint32_t number, const struct siphash_key *key)
{
    if (data.len < PAGE_HEADER || data.len > PAGE_MAX)
        return false;
    uint64_t sum;
    memcpy(&sum, data.ptr, sizeof(sum));
    return le64toh(sum) == checksum(data, number, key);
}
