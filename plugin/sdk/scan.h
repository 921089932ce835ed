/* Finds the items of a JSON list and a few named members of each without building a tree:
 * what has not changed since the last poll need not be parsed. Invariant: what it hands
 * over is well-formed JSON (RFC 8259, UTF-8) all through; a text that is not gives an
 * error instead. It allocates nothing and keeps only slices of the text. */
#ifndef BERTH_SDK_SCAN_H
#define BERTH_SDK_SCAN_H

#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"

#define SCAN_MAX_MEMBERS 8

struct scan {
    const char *at;
    const char *end;
    const char *start;
    const struct berth_str *names; /* top-level members wanted; borrowed */
    size_t name_count;
    bool whole; /* the list is the whole text: what follows it is looked at, too */
    bool begun;
    bool over;
};

struct scan_item {
    struct berth_str text;                      /* the item, as it stands there */
    struct berth_str members[SCAN_MAX_MEMBERS]; /* raw JSON values; empty: not there */
};

/* Check that the text is one JSON value. BERTH_E_PROTOCOL, saying at which byte not. */
int scan_check(struct berth_str text, struct berth_error *err);

/* The raw value at a JSON Pointer through objects; of equal names the last counts, as in
 * jansson. The whole text is checked. 1: found; 0: not there; BERTH_E_PROTOCOL. */
int scan_find(struct berth_str text, const char *pointer, struct berth_str *ret_value,
              struct berth_error *err);

/* Begin with the list at `pointer` ("" for the whole text). Items follow by scan_next().
 * With a pointer the whole text is checked first, else item by item. */
int scan_begin(struct scan *scan, struct berth_str text, const char *pointer,
               struct berth_error *err);

/* Which members scan_next() looks for, at most SCAN_MAX_MEMBERS; `names` is borrowed. */
void scan_want(struct scan *scan, const struct berth_str *names, size_t count);

/* scan_next() in two halves. 1: *ret_rest, which reaches to the end of the text, begins
 * with the next item: pass it by scan_item(), or by scan_skip() when it is known how long
 * it is; 0 and negative as there. */
int scan_more(struct scan *scan, struct berth_str *ret_rest, struct berth_error *err);
int scan_item(struct scan *scan, struct scan_item *item, struct berth_error *err);
void scan_skip(struct scan *scan, size_t len);

/* 1: *item is the next one; 0: the list is over and nothing follows it; negative: not
 * JSON from here on. An item that is no object has no members. */
int scan_next(struct scan *scan, struct scan_item *item, struct berth_error *err);

/* Append what a raw string value says, without quotes and escapes. False: `raw` is no
 * string, or has half a surrogate pair. */
bool text_add_scanned(struct text *t, struct berth_str raw);

/* The same without a copy where there are no escapes: a view of `raw`, else of `t`, to
 * which it is then appended. False as above. */
bool scan_string(struct berth_str raw, struct text *t, struct berth_str *ret);

#endif
