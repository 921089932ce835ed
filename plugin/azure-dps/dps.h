/* The connector for Azure IoT Hub Device Provisioning Service. Invariant: a connection's
 * state changes only in its cached tokens. */
#ifndef BERTH_AZURE_DPS_DPS_H
#define BERTH_AZURE_DPS_DPS_H

#include "sdk/conn.h"
#include "sdk/sas.h"
#include "sdk/unit.h"

struct dps {
    char *host;     /* with its port, as given */
    char *resource; /* the host alone in lower case: what tokens are for */
    char *key_name;
    char *id_scope;        /* null: not given */
    char *device_endpoint; /* null: the service host answers devices, too */
    struct sas_signer signers[2];
    int signer_count;
};

/* What individual enrollments and groups differ in. */
struct noun {
    const char *what;      /* in messages: "enrollment" */
    const char *path;      /* "/enrollments" */
    const char *item_path; /* "/enrollments/{registrationId}" */
    const char *keys_path; /* its attestation mechanism */
    const char *id;        /* "registrationId" */
    const char *list;      /* member of a bulk request: "enrollments" */
    const char *query;     /* the text of the query for all of them */
    const char *query_path;
};

extern const struct noun DPS_ENROLLMENT;
extern const struct noun DPS_GROUP;

int dps_configure(struct berth_conn *conn, const json_t *config, struct berth_error *err);
void dps_release(struct berth_conn *conn);
int dps_credential_count(const struct berth_conn *conn);
int dps_sign(struct berth_conn *conn, int credential, int64_t now_ms,
             struct outgoing *out, struct berth_error *err);

static inline struct dps *op_dps(const struct berth_op *op)
{
    return op->conn->state;
}

static inline const struct noun *op_noun(const struct berth_op *op)
{
    return op->operation->data;
}

#endif
