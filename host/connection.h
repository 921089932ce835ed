/* Connections: a connector plus credentials under a name.
 *
 * Invariant: secret fields are encrypted in the store and in clear only in what
 * connection_credentials() gives; reading anything else tells of a secret only whether it
 * is set. */
#ifndef BERTH_HOST_CONNECTION_H
#define BERTH_HOST_CONNECTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"
#include "sdk/text.h"

struct store;

struct connection {
    char *id;   /* random, never reused; what secrets, subscriptions and events hang on */
    char *name; /* what people say: [A-Za-z0-9._-]{1,64}, unique without regard to case */
    char *connector;
    char *kind;       /* of credentials, as in the manifest */
    json_t *fields;   /* the fields that are no secrets */
    char **secrets;   /* names of the secret fields that are set, null at the end */
    char *ca_file;    /* absolute, or null */
    char *proxy;      /* or null */
    int64_t limit;    /* 0: the manifest's; negative: off */
    char *created_at; /* RFC 3339 */
};

void connection_release(struct connection *c);

static inline void cleanup_connection(struct connection *c)
{
    connection_release(c);
}

/* BERTH_E_INVALID unless it is [A-Za-z0-9._-]{1,64}. */
int connection_check_name(const char *name, struct berth_error *err);

/* Writes it anew (id, created_at and secrets are filled in), or changes it (same id).
 * `secrets` (may be null) is a JSON object of secret fields to set; a null member removes
 * one; others stay. BERTH_E_CONFLICT when the name is taken. Fields and secrets are
 * written together or not at all. */
int connection_insert(struct store *s, struct connection *c, const json_t *secrets,
                      struct berth_error *err);
int connection_update(struct store *s, const struct connection *c, const json_t *secrets,
                      struct berth_error *err);

/* Names are compared without regard to case. BERTH_E_NOT_FOUND names the nearest name. */
int connection_find(struct store *s, const char *name, struct connection *ret_connection,
                    struct berth_error *err);

/* Calls each() in the order of names until it answers other than 0, which is returned.
 * each() must not change connections. */
int connection_each(struct store *s, int (*each)(void *ctx, const struct connection *c),
                    void *ctx, struct berth_error *err);

/* With its secrets, subscriptions, snapshots and pending events. */
int connection_remove(struct store *s, const char *name, struct berth_error *err);

/* What the filled form of any credentials fits in. */
#define CREDENTIALS_MAX_BYTES (1024u * 1024)

/* The filled credential form as JSON with `kind`, secrets in clear, into `ret_json` (made
 * by text_init_secret). BERTH_E_AUTH with a sentence when a secret cannot be decrypted
 * (wrong or missing key file): the connection is locked, the others are not. */
int connection_credentials(struct store *s, const struct connection *c,
                           struct text *ret_json, struct berth_error *err);

#endif
