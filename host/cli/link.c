#include "host/cli/link.h"

#include "sdk/cleanup.h"

int link_open(struct link *link, struct app *app, const char *name,
              struct berth_error *err)
{
    const struct connector_path *path = NULL;
    *link = (struct link){.app = app};
    int r = app_store(app, &link->store, err);
    if (r == 0)
        r = connection_find(link->store, name, &link->connection, err);
    if (r == 0)
        r = app_connectors(app, &path, err);
    if (r == 0)
        r = connector_load(path, link->connection.connector, &HOST_SERVICES,
                           &link->connector, err);
    if (r == 0)
        link->manifest = connector_manifest_of(link->connector);
    return r;
}

void link_release(struct link *link)
{
    session_free(link->session);
    if (link->connector)
        connector_free(link->connector);
    connection_release(&link->connection);
    *link = (struct link){0};
}

/* What the session says: warnings always, the rest with --verbose. */
static void log_line(void *ctx, int level, struct berth_str line)
{
    struct app *app = ctx;
    if (level >= BERTH_LOG_WARN)
        talk_warn(&app->talk, "%.*s", (int)line.len, line.ptr);
    else if (app_has(app, OPT_VERBOSE))
        talk_line(&app->talk, line);
}

int link_connect(struct link *link, uint32_t parallel, struct berth_error *err)
{
    cleanup(text) struct text credentials;
    text_init_secret(&credentials, CREDENTIALS_MAX_BYTES);
    int r = connection_credentials(link->store, &link->connection, &credentials, err);
    if (r < 0)
        return r;
    struct session_config config = {
        .connector = link->connector,
        .credentials = text_str(&credentials),
        .ca_file = link->connection.ca_file,
        .proxy = link->connection.proxy,
        .limit = link->connection.limit,
        .parallel = parallel,
        .retry_for_ms = link->retry_for_ms,
        .wire_log = app_has(link->app, OPT_VERBOSE),
        .log = log_line,
        .log_ctx = link->app,
    };
    return session_new(&config, &link->session, err);
}

int link_manifest(struct app *app, const char *connection_name,
                  struct manifest **ret_manifest, struct berth_error *err)
{
    struct store *store = NULL;
    const struct connector_path *path = NULL;
    struct connection connection = {0};
    int r = app_store(app, &store, err);
    if (r == 0)
        r = connection_find(store, connection_name, &connection, err);
    if (r == 0)
        r = app_connectors(app, &path, err);
    if (r == 0)
        r = connector_manifest(path, connection.connector, ret_manifest, err);
    connection_release(&connection);
    return r;
}
