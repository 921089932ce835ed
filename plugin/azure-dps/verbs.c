/* What each of the writing operations makes of its input and of what was read. */
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "azure-dps/enrollment.h"
#include "azure-dps/write.h"
#include "sdk/base64.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"

#define NEW_KEY_SIZE 64

/* --- create and upsert ------------------------------------------------------------- */

static int create_start(struct berth_op *op, struct berth_error *err)
{
    return write_put_given(op, (struct berth_str){0}, err);
}

/* Where keys must be kept it is read first; else it is written at once. */
static int upsert_start(struct berth_op *op, struct berth_error *err)
{
    const struct write *write = op->state;
    if (!given_lacks_keys(&write->given))
        return write_put_given(op, write->condition, err);
    return write_read(op, err);
}

/* The body to write, with the keys that it does not give from what was read; null: out of
 * memory. */
static json_t *body_with_keys_new(const struct berth_op *op, const json_t *source)
{
    const struct write *write = op->state;
    json_t *body = enrollment_body_new(source);
    const json_t *kept = json_object_get(write->current, "attestation");
    if (!body || !enrollment_has_keys(body) || enrollment_fill_keys(body, kept))
        return body;
    json_wipe(body);
    return NULL;
}

static int upsert_revise(struct berth_op *op, struct berth_error *err)
{
    const struct write *write = op->state;
    int r = write_build_given(op, err);
    if (r < 0)
        return r;
    return write_set_body(op, body_with_keys_new(op, write->given.body), err);
}

/* --- update, enable, disable ------------------------------------------------------- */

static int read_first(struct berth_op *op, struct berth_error *err)
{
    return write_read(op, err);
}

/* The patch merged into what was read; keys that it does not give stay. */
static int revise_with(struct berth_op *op, const json_t *patch, struct berth_error *err)
{
    const struct write *write = op->state;
    cleanup(json_secret) json_t *merged = json_merge_patch_new(write->current, patch);
    return write_set_body(op, merged ? body_with_keys_new(op, merged) : NULL, err);
}

/* The input is the patch, but for its condition; its id is the address. */
static int update_revise(struct berth_op *op, struct berth_error *err)
{
    cleanup(json_secret) json_t *patch = json_clone_new(op->input);
    if (!patch)
        return fail_no_memory(err);
    (void)json_object_del(patch, "etag"); /* may not be there */
    (void)json_object_del(patch, write_operation(op)->noun->id);
    return revise_with(op, patch, err);
}

static int status_revise(struct berth_op *op, struct berth_error *err)
{
    const char *status = write_operation(op)->verb->enables ? "enabled" : "disabled";
    json_t *attestation = json_object_get(op->input, "attestation");
    cleanup(json_secret) json_t *patch = json_pack("{s:s}", "provisioningStatus", status);
    if (!patch ||
        (attestation && json_object_set(patch, "attestation", attestation) != 0))
        return fail_no_memory(err);
    return revise_with(op, patch, err);
}

/* --- rotateKeys -------------------------------------------------------------------- */

static int set_new_key(json_t *keys, const char *name, struct berth_error *err)
{
    unsigned char bytes[NEW_KEY_SIZE];
    cleanup(text) struct text key;
    text_init_secret(&key, 128);
    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return fail(err, BERTH_E_INTERNAL, "there are no random numbers");
    text_add_base64(&key, bytes, sizeof(bytes));
    OPENSSL_cleanse(bytes, sizeof(bytes));
    if (text_failed(&key) || !json_set_str(keys, name, text_str(&key)))
        return fail_no_memory(err);
    return 0;
}

static int swap_keys(json_t *keys, struct berth_error *err)
{
    json_t *primary = json_incref(json_object_get(keys, "primaryKey"));
    json_t *secondary = json_object_get(keys, "secondaryKey");
    int r = json_object_set(keys, "primaryKey", secondary);
    if (r == 0)
        r = json_object_set(keys, "secondaryKey", primary);
    json_decref(primary);
    return r == 0 ? 0 : fail_no_memory(err);
}

static int rotate_start(struct berth_op *op, struct berth_error *err)
{
    struct berth_str key = json_str(op->input, "key");
    if (!str_equal(key, STR("primary")) && !str_equal(key, STR("secondary")) &&
        !str_equal(key, STR("swap")))
        return fail(err, BERTH_E_INVALID, "key: must be primary, secondary or swap");
    return write_read(op, err);
}

static int rotate_revise(struct berth_op *op, struct berth_error *err)
{
    const struct write *write = op->state;
    const struct noun *noun = write_operation(op)->noun;
    if (!enrollment_has_keys(write->current))
        return fail(err, BERTH_E_INVALID, "%s: this %s has no symmetric keys to rotate",
                    noun->id, noun->what);
    json_t *body = enrollment_body_new(write->current);
    json_t *keys = json_object_get(json_object_get(body, "attestation"), "symmetricKey");
    struct berth_str key = json_str(op->input, "key");
    int r = !body                            ? fail_no_memory(err)
            : str_equal(key, STR("swap"))    ? swap_keys(keys, err)
            : str_equal(key, STR("primary")) ? set_new_key(keys, "primaryKey", err)
                                             : set_new_key(keys, "secondaryKey", err);
    if (r < 0) {
        json_wipe(body);
        return r;
    }
    return write_set_body(op, body, err);
}

const struct write_verb WRITE_CREATE = {
    .start = create_start,
    .revise = upsert_revise,
    .only_new = true,
};

const struct write_verb WRITE_UPSERT = {
    .start = upsert_start,
    .revise = upsert_revise,
    .creates = true,
};

const struct write_verb WRITE_UPDATE = {.start = read_first, .revise = update_revise};

const struct write_verb WRITE_ENABLE = {
    .start = read_first,
    .revise = status_revise,
    .enables = true,
};

const struct write_verb WRITE_DISABLE = {.start = read_first, .revise = status_revise};

const struct write_verb WRITE_ROTATE = {.start = rotate_start, .revise = rotate_revise};
