/* A page of the snapshot's log: records one after the other, about 8 KB of them:
 * many, so that the log is read fast from end to end, but not too many for reading one.
 *
 * A record tells of one item: PUT, what it is now (instead of the record at `old`, if
 * there was one); MARK, that the flags of the record at `old` are others; DROP, that it
 * is gone. The scope is written once where neighbours share it.
 *
 * Invariant: whatever the bytes of a page are, reading them stays inside the page; a page
 * whose checksum is wrong is refused. */
#ifndef BERTH_SNAPSHOT_PAGE_H
#define BERTH_SNAPSHOT_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"
#include "host/snapshot/siphash.h"

enum {
    PAGE_MAX = 65528,    /* a longer one is not read */
    PAGE_FULL = 8184,    /* none is written that is longer */
    PAGE_HEADER = 8,     /* the checksum */
    ITEM_TEXT_MAX = 2048 /* longest key, version or scope */
};

/* Where a record is. Pages are numbered from 1. */
struct position {
    uint32_t page; /* 0: nowhere */
    uint16_t offset;
};

/* One number that orders positions. */
static inline uint64_t position_order(struct position p)
{
    return (uint64_t)p.page << 16 | p.offset;
}

enum record_kind { RECORD_PUT = 0, RECORD_MARK = 1, RECORD_DROP = 2 };

enum record_flag {
    RECORD_MISSING = 1u << 3, /* a complete listing lacked it */
    RECORD_QUIET = 1u << 4    /* outside the input's filter */
};

struct record {
    enum record_kind kind;
    unsigned flags;                       /* enum record_flag */
    struct position old;                  /* nowhere: a new item */
    uint64_t key_hash;                    /* MARK and DROP only */
    struct berth_str key, version, scope; /* PUT only; borrowed from the page */
};

struct page {
    uint32_t number;
    uint32_t len;      /* 0: empty, not even a header yet */
    uint16_t scope_at; /* where the last scope is written; 0: none */
    bool dirty;
    unsigned char *data; /* PAGE_MAX bytes */
};

int page_init(struct page *p, uint32_t number, struct berth_error *err);
void page_release(struct page *p);

/* Write a record at the end: its offset, or 0 when there is no room. The texts are at
 * most ITEM_TEXT_MAX long. */
uint16_t page_add(struct page *p, const struct record *record);

/* Read the record at *at and move *at behind it. False: there is no sound record. */
bool page_read(struct berth_str data, size_t *at, struct record *ret_record);

/* The checksum goes into the header, and is looked at. */
void page_seal(struct page *p, const struct siphash_key *key);
bool page_is_sound(struct berth_str data, uint32_t number, const struct siphash_key *key);

#endif
