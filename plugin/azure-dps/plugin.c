/* The border: the one exported function and the table behind it. */
#include "azure-dps/dps.h"

static const struct connector DPS = {
    .state_size = sizeof(struct dps),
    .configure = dps_configure,
    .release = dps_release,
    .credential_count = dps_credential_count,
    .sign = dps_sign,
};

static int dps_open(struct berth_call *call, struct berth_str manifest,
                    struct berth_str config, struct berth_conn **ret_conn,
                    struct berth_error *err)
{
    (void)call; /* nothing to log, no clock needed */
    struct conn_source source = {manifest, config};
    return conn_open(&DPS, &source, ret_conn, err);
}

static const void *dps_extension(const char *id)
{
    (void)id; /* there is none yet */
    return NULL;
}

static const struct berth_plugin PLUGIN = {
    .size = sizeof(struct berth_plugin),
    .min_host_minor = 0,
    .id = "azure-dps",
    .version = "1.0.0",
    .open = dps_open,
    .close = conn_close,
    .begin = op_begin,
    .next = op_next,
    .take = op_take,
    .end = op_end,
    .extension = dps_extension,
};

const struct berth_plugin *berth_plugin_v1(const struct berth_host *host,
                                           struct berth_error *err)
{
    (void)host; /* any host of this major version will do */
    (void)err;
    return &PLUGIN;
}
