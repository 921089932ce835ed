/* Shared access signatures as the emulator reads them; the vectors are published or
 * recorded. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "emulator/moment.h"
#include "emulator/sas.h"
#include "tests/support/cmocka.h"

static const char POLICY_KEY[] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
static const char GROUP_KEY[] = "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/"
                                "+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";
static const char DEVICE[] = "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6";
static const char DEVICE_KEY[] = "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=";

static void recorded_service_token_verifies(void **state)
{
    struct sas sas;

    (void)state;
    assert_null(sas_read("SharedAccessSignature sr=dps1.azure-devices-provisioning.net"
                         "&sig=I1l%2B9Yk3%2Fpe9KUxiVAAfBS%2FluKAz9qH2%2FODRXTokvIs%3D"
                         "&skn=provisioningserviceowner&se=1795189056",
                         &sas));
    assert_string_equal(sas.skn, "provisioningserviceowner");
    assert_true(sas.expires_at == 1795189056);
    assert_true(sas_signed_by(&sas, POLICY_KEY));
    assert_false(sas_signed_by(&sas, GROUP_KEY));
    assert_false(sas_signed_by(&sas, "no key"));
}

static void order_and_case_of_fields_do_not_matter(void **state)
{
    struct sas sas;

    (void)state;
    assert_null(sas_read("sharedaccesssignature  SE=1795189056&SKN=x&later=1"
                         "&SIG=I1l%2b9Yk3%2fpe9KUxiVAAfBS%2fluKAz9qH2%2fODRXTokvIs%3d"
                         "&SR=dps1.azure-devices-provisioning.net",
                         &sas));
    assert_true(sas_signed_by(&sas, POLICY_KEY));
}

static void documented_device_key_is_derived(void **state)
{
    char key[KEY_TEXT_SIZE];

    (void)state;
    assert_true(device_key_derive(GROUP_KEY, DEVICE, key));
    assert_string_equal(key, DEVICE_KEY);
    assert_true(device_key_derive(GROUP_KEY, "SN-007", key));
    assert_string_not_equal(key, DEVICE_KEY);
    assert_false(device_key_derive("?", DEVICE, key));
}

/* The literal text of sr is signed: raw slashes, %2F and %2f have three signatures. */
static void literal_sr_is_verified(void **state)
{
    static const struct {
        const char *slash;
        const char *sig;
    } VECTORS[] = {
        {"/", "x9wR1%2F0V%2Bl2HvP4Hyib1ePbRiLDIzo%2Bcc6oI0A4XMFo%3D"},
        {"%2F", "sHi%2FAX%2FBkWCws4xKrMakkhYWWf8h7uLkSZblZaueP3M%3D"},
        {"%2f", "RoRpX6eOUXj0YtdKE%2BDUrVckucrBQPiDX26yVsrQ32g%3D"},
    };
    char header[600];
    struct sas sas;
    size_t i, j;

    (void)state;
    for (i = 0; i < 3; i++)
        for (j = 0; j < 3; j++) {
            (void)snprintf(header, sizeof header,
                           "SharedAccessSignature sr=0ne00111111%sregistrations%s%s"
                           "&sig=%s&skn=registration&se=1795189061",
                           VECTORS[i].slash, VECTORS[i].slash, DEVICE, VECTORS[j].sig);
            assert_null(sas_read(header, &sas));
            assert_int_equal(sas_signed_by(&sas, DEVICE_KEY), i == j);
        }
}

static void broken_tokens_are_refused(void **state)
{
    static const char *const BROKEN[] = {
        NULL,
        "",
        "Bearer abc",
        "SharedAccessSignature",
        "SharedAccessSignature ",
        "SharedAccessSignaturesr=a&se=1&sig=AAAA",
        "SharedAccessSignature sr=a&se=1",
        "SharedAccessSignature sr=a&sig=AAAA&se=1",
        "SharedAccessSignature sr=a&se=1&sig=I1l%2B9Yk3%2",
        "SharedAccessSignature sr=a&se=x&sig="
        "I1l%2B9Yk3%2Fpe9KUxiVAAfBS%2FluKAz9qH2%2FODRXTokvIs%3D",
        "SharedAccessSignature sr=a&sr=b&se=1&sig="
        "I1l%2B9Yk3%2Fpe9KUxiVAAfBS%2FluKAz9qH2%2FODRXTokvIs%3D",
        "SharedAccessSignature sr&se=1",
    };
    struct sas sas;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++)
        assert_non_null(sas_read(BROKEN[i], &sas));
}

static void five_minutes_of_skew_are_allowed(void **state)
{
    struct sas sas = {.expires_at = 1000};

    (void)state;
    assert_false(sas_expired(&sas, 1300 * MOMENT_SECOND + 999999));
    assert_true(sas_expired(&sas, 1301 * MOMENT_SECOND));
}

static void audience_is_a_prefix_by_segment(void **state)
{
    static const struct {
        const char *sr;
        bool covers;
    } CASES[] = {
        {"host/a/b", true},    {"host", true},       {"HOST%2fA", true},
        {"host/a/", true},     {"host//", true},     {"hos", false},
        {"host/a/b/c", false}, {"host/a/bc", false}, {"host/c", false},
        {"/", false},          {"%2", false},        {"host%00", false},
        {"host/a/b%2F", true},
    };
    struct sas sas;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        memset(&sas, 0, sizeof sas);
        memcpy(sas.sr, CASES[i].sr, strlen(CASES[i].sr));
        assert_int_equal(sas_covers(&sas, "Host/a/b"), CASES[i].covers);
    }
}

static void keys_are_16_to_64_bytes(void **state)
{
    (void)state;
    assert_int_equal(key_length("AAAAAAAAAAAAAAAAAAAAAA=="), 16);
    assert_int_equal(key_length("AAAAAAAAAAAAAAAAAAAA"), -1); /* 15 */
    assert_int_equal(key_length(GROUP_KEY), 64);
    assert_int_equal(key_length("AAAAAAAAAAAAAAAAAAAAAA"), -1);
    assert_int_equal(key_length("AAAAAAAAAAAAAAAAAAAAAB=="), -1); /* stray bits */
    assert_int_equal(key_length("A A="), -1);
    assert_int_equal(key_length(""), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_service_token_verifies),
        cmocka_unit_test(order_and_case_of_fields_do_not_matter),
        cmocka_unit_test(documented_device_key_is_derived),
        cmocka_unit_test(literal_sr_is_verified),
        cmocka_unit_test(broken_tokens_are_refused),
        cmocka_unit_test(five_minutes_of_skew_are_allowed),
        cmocka_unit_test(audience_is_a_prefix_by_segment),
        cmocka_unit_test(keys_are_16_to_64_bytes),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
