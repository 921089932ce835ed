/* service.token: a shared access signature of the connection's key, for another client of
 * the same service. */
#include "azure-dps/operations.h"
#include "sdk/calendar.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"

enum { DEFAULT_MINUTES = 60, MAX_MINUTES = 1440 };

static int token_prepare(struct berth_op *op, struct berth_error *err)
{
    int64_t *minutes = op->state;
    *minutes = DEFAULT_MINUTES;
    int r = json_get_int(op->input, "minutes", JSON_OPTIONAL, minutes, err);
    if (r < 0)
        return r;
    if (*minutes < 1 || *minutes > MAX_MINUTES)
        return fail(err, BERTH_E_INVALID, "minutes: %lld is not in 1 to %d",
                    (long long)*minutes, MAX_MINUTES);
    return 0;
}

static int token_start(struct berth_op *op, struct berth_error *err)
{
    (void)op; /* there is nothing to ask */
    (void)err;
    return 0;
}

static int token_finish(struct berth_op *op, struct berth_error *err)
{
    const int64_t *minutes = op->state;
    const struct sas_signer *signer = &op_dps(op)->signers[0];
    int64_t expires_at = op_now_ms(op) / 1000 + *minutes * 60;
    char room[CALENDAR_TIME_SIZE];
    cleanup(text) struct text token;
    cleanup(json_secret) json_t *result = json_object();
    text_init_secret(&token, SAS_TOKEN_MAX);
    int r = sas_token_add(&token, &signer->key, signer->name, expires_at, err);
    if (r < 0)
        return r;
    if (!result || !json_set_str(result, "authorization", text_str(&token)) ||
        !json_set_str(result, "expiresAt", calendar_time(expires_at, room)))
        return fail_no_memory(err);
    return op_result_value(op, result, err);
}

const struct operation DPS_TOKEN = {
    .id = "service.token",
    .state_size = sizeof(int64_t),
    .prepare = token_prepare,
    .start = token_start,
    .finish = token_finish,
};
