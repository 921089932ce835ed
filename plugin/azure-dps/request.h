/* The requests that several operations make. Invariant: every one of them states whether
 * it changes something, may be repeated, and holds keys. */
#ifndef BERTH_AZURE_DPS_REQUEST_H
#define BERTH_AZURE_DPS_REQUEST_H

#include "azure-dps/dps.h"

/* Pages are asked for as large as the service may ever allow; it takes 100 today. */
#define DPS_PAGE_SIZE 1000

struct request {
    const char *method;
    const char *path;    /* template with one member, the id */
    const char *id_name; /* of that member; null: the path has none */
    struct berth_str id;
    uint32_t flags; /* enum berth_request_flag */
};

/* Fill method, url, common headers and flags. */
int request_build(struct berth_op *op, const struct request *request,
                  struct outgoing *out, struct berth_error *err);

/* GET of one; POST for its keys. */
int request_get(struct berth_op *op, const struct noun *noun, struct berth_str id,
                struct outgoing *out, struct berth_error *err);
int request_keys(struct berth_op *op, const struct noun *noun, struct berth_str id,
                 struct outgoing *out, struct berth_error *err);

/* One page of a query: the id and the page's token are the unit's. */
struct query {
    const char *path;
    const char *id_name; /* null: the path has none */
    const char *text;
    unsigned page_size;
};

int request_query(struct berth_op *op, const struct query *query, const struct unit *unit,
                  struct outgoing *out, struct berth_error *err);

/* Add the page behind this one, if the answer says that there is one; as
 * unit_add_next(). */
int request_add_next(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err);

/* The answer's JSON object. */
int request_answer(const struct berth_response *res, json_t **ret,
                   struct berth_error *err);

#endif
