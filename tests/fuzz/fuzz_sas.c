/* Keys as people paste them, and configurations from strangers. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "berth_plugin.h"
#include "sdk/base64.h"
#include "sdk/cleanup.h"
#include "sdk/sas.h"
#include "sdk/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is decoded has one spelling: the one it was decoded from. */
static void check_base64(struct berth_str text)
{
    unsigned char bytes[4096];
    size_t len;
    if (!base64_decode(text, bytes, sizeof(bytes), &len))
        return;
    cleanup(text) struct text again;
    text_init(&again, 8192);
    text_add_base64(&again, bytes, len);
    if (!str_equal(text_str(&again), text))
        abort();
}

static void check_token(struct berth_str text)
{
    cleanup(sas_key) struct sas_key key = {0};
    struct berth_error err = BERTH_ERROR_INIT;
    int r = sas_key_parse(&key, "key", text, &err);
    if (r < 0 && (r != BERTH_E_INVALID || !err.message[0]))
        abort();
    if (r < 0)
        return;
    if (key.len < SAS_KEY_MIN || key.len > SAS_KEY_MAX)
        abort();
    cleanup(text) struct text token;
    text_init_secret(&token, SAS_TOKEN_MAX);
    struct sas_name name = {STR("host"), STR("a&b")};
    if (sas_token_add(&token, &key, name, 1, NULL) != 0 || !strstr(token.data, "a%26b"))
        abort();
}

static void check_open(struct berth_str text)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct berth_call call = {NULL};
    struct berth_conn *conn = NULL;
    const struct berth_plugin *plugin = berth_plugin_v1(NULL, &err);
    struct berth_str manifest = STR("{\"rest\":{\"base\":\"https://{host}\"}}");
    int r = plugin->open(&call, manifest, text, &conn, &err);
    if (r < 0 && !err.message[0])
        abort();
    if (r == 0)
        plugin->close(conn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct berth_str text = {(const char *)data, size};
    check_base64(text);
    check_token(text);
    check_open(text);
    return 0;
}
