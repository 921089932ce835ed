/* The border: the one exported function and the table behind it. */
#include "azure-dps/operations.h"
#include "azure-dps/write.h"

/* The operations that write one thing, for either noun: those that write what they are
 * given, and those that read what is there and change it. */
#define WRITE(operation_id, operation_noun, operation_verb, as_text, preparing)          \
    &(const struct operation)                                                            \
    {                                                                                    \
        .id = (operation_id),                                                            \
        .data = &(const struct write_operation){&(operation_noun), &(operation_verb)},   \
        .state_size = sizeof(struct write), .reads_text = (as_text),                     \
        .prepare = (preparing), .start = write_start, .finish = write_finish,            \
        .release = write_release                                                         \
    }
#define GIVEN(id, noun, verb) WRITE(id, noun, verb, true, write_prepare_given)
#define CHANGE(id, noun, verb) WRITE(id, noun, verb, false, write_prepare)

static const struct operation *const OPERATIONS[] = {
    GIVEN("enrollment.create", DPS_ENROLLMENT, WRITE_CREATE),
    GIVEN("enrollment.upsert", DPS_ENROLLMENT, WRITE_UPSERT),
    CHANGE("enrollment.update", DPS_ENROLLMENT, WRITE_UPDATE),
    CHANGE("enrollment.enable", DPS_ENROLLMENT, WRITE_ENABLE),
    CHANGE("enrollment.disable", DPS_ENROLLMENT, WRITE_DISABLE),
    CHANGE("enrollment.rotateKeys", DPS_ENROLLMENT, WRITE_ROTATE),
    GIVEN("enrollmentGroup.create", DPS_GROUP, WRITE_CREATE),
    GIVEN("enrollmentGroup.upsert", DPS_GROUP, WRITE_UPSERT),
    CHANGE("enrollmentGroup.update", DPS_GROUP, WRITE_UPDATE),
    CHANGE("enrollmentGroup.enable", DPS_GROUP, WRITE_ENABLE),
    CHANGE("enrollmentGroup.disable", DPS_GROUP, WRITE_DISABLE),
    CHANGE("enrollmentGroup.rotateKeys", DPS_GROUP, WRITE_ROTATE),
    &DPS_ENROLLMENT_LIST,
    &DPS_GROUP_LIST,
    &DPS_ENROLLMENT_BULK,
    &DPS_GROUP_BULK,
    &DPS_REGISTRATION_CHANGED,
    &DPS_REGISTRATION_LIST,
    &DPS_DEVICE_REGISTER,
    &DPS_DEVICE_DERIVE_KEY,
    &DPS_PROBE,
    &DPS_TOKEN,
    NULL,
};

static const struct connector DPS = {
    .operations = OPERATIONS,
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
