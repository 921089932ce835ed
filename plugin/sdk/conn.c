#include "sdk/conn.h"

#include <stdlib.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"

static int conn_init(struct berth_conn *conn, const struct conn_source *source,
                     struct berth_error *err)
{
    cleanup(json_secret) json_t *config = NULL;
    int r = json_parse(source->config, JSON_OURS, &config, err);
    if (r < 0)
        return r;
    if (!json_is_object(config))
        return fail(err, BERTH_E_INVALID, "the connection's configuration is no object");
    r = rest_open(&conn->rest, source->manifest, config, err);
    if (r < 0 || !conn->connector->configure)
        return r;
    return conn->connector->configure(conn, config, err);
}

int conn_open(const struct connector *connector, const struct conn_source *source,
              struct berth_conn **ret_conn, struct berth_error *err)
{
    struct berth_conn *conn = calloc(1, sizeof(*conn));
    if (!conn)
        return fail_no_memory(err);
    conn->connector = connector;
    conn->state = calloc(1, connector->state_size ? connector->state_size : 1);
    int r = conn->state ? conn_init(conn, source, err) : fail_no_memory(err);
    if (r < 0) {
        conn_close(conn);
        return r;
    }
    *ret_conn = conn;
    return 0;
}

void conn_close(struct berth_conn *conn)
{
    if (!conn)
        return;
    if (conn->state && conn->connector->release)
        conn->connector->release(conn);
    rest_close(&conn->rest);
    free(conn->state);
    free(conn);
}
