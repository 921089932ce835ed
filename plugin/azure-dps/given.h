/* An enrollment or group that is to be written, as an input gives it. Invariant: what is
 * written says what enrollment_body_new() would say; mostly the input's text is passed on
 * for that as it stands, with nothing built, and where that will not do it is a tree. */
#ifndef BERTH_AZURE_DPS_GIVEN_H
#define BERTH_AZURE_DPS_GIVEN_H

#include <jansson.h>

#include "sdk/error.h"
#include "sdk/reader.h"
#include "sdk/text.h"

#define GIVEN_MAX_PIECES 4

struct given_rule {
    const char *id_name;
    bool keeps_etag; /* the service is to compare it */
};

/* Begins as zeros. */
struct given {
    struct berth_str id;       /* empty: missing */
    struct berth_str if_match; /* empty: none */

    /* As text: all of it, and the members that are written of it. */
    struct berth_str text;
    struct berth_str pieces[GIVEN_MAX_PIECES];
    size_t piece_count;
    bool lacks_keys;

    /* As a tree; null: it is text. */
    json_t *source;
    json_t *body;
};

/* Read the object at which `r` stands, within `depth` lists and objects, as text, which
 * must stay where it is. False: that will not do, or it is no JSON. */
bool given_scan(struct given *g, const struct given_rule *rule, struct reader *r,
                int depth);

/* Make it of a tree, of which it takes a share; of which `text` is then nothing. */
int given_take(struct given *g, const struct given_rule *rule, json_t *source,
               struct berth_error *err);

/* Read a text that is one object, either way. BERTH_E_INVALID, saying what is wrong. */
int given_read(struct given *g, const struct given_rule *rule, struct berth_str text,
               struct berth_error *err);

/* Make a tree of it where it is text; g->body may then be looked at and changed. */
int given_build(struct given *g, const struct given_rule *rule, struct berth_error *err);

/* Is its attestation a symmetric key, and one of the two not given? */
bool given_lacks_keys(const struct given *g);

/* Append what is written. */
void given_add(const struct given *g, struct text *out);

void given_release(struct given *g);

#endif
