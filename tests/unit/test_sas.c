#include "sdk/sas.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/base64.h"
#include "sdk/cleanup.h"
#include "sdk/str.h"
#include "tests/support/cmocka.h"

#define POLICY_KEY "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
#define GROUP_KEY                                                                        \
    "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqO"  \
    "S9Egw=="
#define OF_65_BYTES                                                                      \
    "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"   \
    "QUFBQUE="
#define DEVICE_ID "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6"
#define DEVICE_KEY "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc="

static void check_token(const char *key_text, struct sas_name name, int64_t expires_at,
                        const char *wanted)
{
    cleanup(sas_key) struct sas_key key;
    cleanup(text) struct text t;
    text_init_secret(&t, SAS_TOKEN_MAX);
    assert_int_equal(sas_key_parse(&key, "key", str_from(key_text), NULL), 0);
    assert_int_equal(sas_token_add(&t, &key, name, expires_at, NULL), 0);
    assert_string_equal(t.data, wanted);
}

static void a_service_token_is_byte_for_byte_the_same(void **state)
{
    (void)state;
    check_token(POLICY_KEY,
                (struct sas_name){STR("dps1.azure-devices-provisioning.net"),
                                  STR("provisioningserviceowner")},
                1795189056,
                "SharedAccessSignature sr=dps1.azure-devices-provisioning.net&sig="
                "I1l%2B9Yk3%2Fpe9KUxiVAAfBS%2FluKAz9qH2%2FODRXTokvIs%3D&se=1795189056"
                "&skn=provisioningserviceowner");
}

/* The signature is over the resource as it is written: three spellings, three of it. */
static void device_tokens_sign_the_literal_resource(void **state)
{
    (void)state;
    check_token(
        DEVICE_KEY,
        (struct sas_name){STR("0ne00111111/registrations/" DEVICE_ID), STR("")},
        1795189061,
        "SharedAccessSignature sr=0ne00111111/registrations/" DEVICE_ID
        "&sig=x9wR1%2F0V%2Bl2HvP4Hyib1ePbRiLDIzo%2Bcc6oI0A4XMFo%3D&se=1795189061");
    check_token(
        DEVICE_KEY,
        (struct sas_name){STR("0ne00111111%2Fregistrations%2F" DEVICE_ID), STR("")},
        1795189061,
        "SharedAccessSignature sr=0ne00111111%2Fregistrations%2F" DEVICE_ID
        "&sig=sHi%2FAX%2FBkWCws4xKrMakkhYWWf8h7uLkSZblZaueP3M%3D&se=1795189061");
    check_token(
        DEVICE_KEY,
        (struct sas_name){STR("0ne00111111%2fregistrations%2f" DEVICE_ID), STR("")},
        1795189061,
        "SharedAccessSignature sr=0ne00111111%2fregistrations%2f" DEVICE_ID
        "&sig=RoRpX6eOUXj0YtdKE%2BDUrVckucrBQPiDX26yVsrQ32g%3D&se=1795189061");
}

static void a_device_key_is_derived_as_documented(void **state)
{
    (void)state;
    cleanup(sas_key) struct sas_key group;
    cleanup(text) struct text t;
    text_init_secret(&t, 100);
    assert_int_equal(sas_key_parse(&group, "key", STR(GROUP_KEY), NULL), 0);
    assert_int_equal(sas_device_key_add(&t, &group, STR(DEVICE_ID), NULL), 0);
    assert_string_equal(t.data, DEVICE_KEY);
}

static void a_key_is_base64_of_16_to_64_bytes(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    struct sas_key key;
    static const char *const BAD[] = {
        "",
        "c2hvcnQ=",
        "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY",
        "!!!!",
        "QUJDREVGR0hJSktMTU5PUB==",
        " MDEyMzQ1Njc4OWFiY2RlZg==",
        "MDEyMzQ1Njc4OWFiY2RlZg==\n",
        OF_65_BYTES,
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        assert_int_equal(sas_key_parse(&key, "altKey", str_from(BAD[i]), &err),
                         BERTH_E_INVALID);
        assert_int_equal(strncmp(err.message, "altKey: ", 8), 0);
        assert_true(strlen(BAD[i]) < 5 || !strstr(err.message, BAD[i]));
    }
    assert_int_equal(sas_key_parse(&key, "key", STR("MDEyMzQ1Njc4OWFiY2RlZg=="), NULL),
                     0);
    assert_int_equal(key.len, 16);
    sas_key_wipe(&key);
    assert_int_equal(key.len, 0);
}

static void a_token_is_kept_and_renewed_in_time(void **state)
{
    (void)state;
    struct sas_signer signer;
    struct berth_str token;
    char first[512];
    const int64_t start = INT64_C(1795185456000);
    sas_signer_init(&signer, (struct sas_name){STR("host"), STR("name")});
    assert_int_equal(sas_key_parse(&signer.key, "key", STR(POLICY_KEY), NULL), 0);
    assert_int_equal(sas_signer_token(&signer, start, &token, NULL), 0);
    (void)snprintf(first, sizeof(first), "%.*s", (int)token.len, token.ptr);
    assert_non_null(strstr(first, "&se=1795189056&"));
    assert_int_equal(sas_signer_token(&signer, start + 3299000, &token, NULL), 0);
    assert_true(str_equal(token, str_from(first)));
    assert_int_equal(sas_signer_token(&signer, start + 3300000, &token, NULL), 0);
    assert_false(str_equal(token, str_from(first)));
    assert_int_equal(sas_signer_token(&signer, start, &token, NULL),
                     0); /* clock set back */
    assert_true(str_equal(token, str_from(first)));
    sas_signer_release(&signer);
}

static void base64_goes_both_ways(void **state)
{
    (void)state;
    static const char *const PAIRS[][2] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"},
    };
    for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++) {
        cleanup(text) struct text t;
        unsigned char bytes[8];
        size_t len;
        text_init(&t, 100);
        text_add(&t, "");
        text_add_base64(&t, (const unsigned char *)PAIRS[i][0], strlen(PAIRS[i][0]));
        assert_string_equal(t.data, PAIRS[i][1]);
        assert_true(base64_decode(str_from(PAIRS[i][1]), bytes, sizeof(bytes), &len));
        assert_int_equal(len, strlen(PAIRS[i][0]));
        assert_memory_equal(bytes, PAIRS[i][0], len);
    }
}

static void base64_has_one_spelling(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm-_", "=Zg="};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        unsigned char bytes[8];
        size_t len;
        assert_false(base64_decode(str_from(BAD[i]), bytes, sizeof(bytes), &len));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_token_is_byte_for_byte_the_same),
        cmocka_unit_test(device_tokens_sign_the_literal_resource),
        cmocka_unit_test(a_device_key_is_derived_as_documented),
        cmocka_unit_test(a_key_is_base64_of_16_to_64_bytes),
        cmocka_unit_test(a_token_is_kept_and_renewed_in_time),
        cmocka_unit_test(base64_goes_both_ways),
        cmocka_unit_test(base64_has_one_spelling),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
