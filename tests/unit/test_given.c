/* What of an input is passed on as it stands, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "azure-dps/bulk_input.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"

/* Last: it has a macro called fail. */
#include <cmocka.h>

#define KEYS "\"symmetricKey\":{\"primaryKey\":\"cA==\",\"secondaryKey\":\"cw==\"}"
#define KEYED "\"attestation\":{\"type\":\"symmetricKey\"," KEYS "}"

static const struct given_rule RULE = {.id_name = "registrationId"};

static void check(const struct given *g, bool is_text, const char *written)
{
    cleanup(text) struct text text;
    text_init(&text, 10000);
    given_add(g, &text);
    assert_string_equal(text.data, written);
    assert_int_equal(g->body == NULL, is_text);
}

static void check_one(const char *input, bool is_text, const char *written)
{
    struct given g = {0};
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(given_read(&g, &RULE, str_from(input), &err), 0);
    check(&g, is_text, written);
    given_release(&g);
}

static void what_needs_no_change_goes_out_as_it_stands(void **state)
{
    (void)state;
    check_one(" { \"registrationId\" : \"a\", " KEYED ", \"n\": 1.50 } ", true,
              "{\"registrationId\" : \"a\", " KEYED ", \"n\": 1.50}");
    check_one("{\"attestation\":{\"tpm\":{\"endorsementKey\":\"x\"},\"type\":\"tpm\"}}",
              true,
              "{\"attestation\":{\"tpm\":{\"endorsementKey\":\"x\"},\"type\":\"tpm\"}}");
    check_one("{\"t\":{\"a\":\"\\u00e9\\\"\",\"b\":null}}", true,
              "{\"t\":{\"a\":\"\\u00e9\\\"\",\"b\":null}}");
    check_one("{}", true, "{}");
}

static void what_is_not_the_writers_is_left_out(void **state)
{
    (void)state;
    check_one("{\"etag\":\"\\\"e\\\"\",\"registrationId\":\"a\",\"deviceId\":null," KEYED
              ",\"ifMatch\":\"*\",\"createdDateTimeUtc\":\"t\",\"x\":1,"
              "\"registrationState\":{\"status\":null}}",
              true, "{\"registrationId\":\"a\"," KEYED ",\"x\":1}");
}

static void what_needs_a_closer_look_is_a_tree(void **state)
{
    static const char *const ODD[][2] = {
        {"{\"attestation\":{\"type\":\"tpm\",\"tpm\":{\"endorsementKey\":null}}}",
         "{\"attestation\":{\"type\":\"tpm\",\"tpm\":{}}}"},
        {"{\"attestation\":{\"type\":\"symmetricKey\"," KEYS ",\"tpm\":{\"a\":1}}}",
         "{\"attestation\":{\"type\":\"symmetricKey\"," KEYS "}}"},
        {"{\"attestation\":{\"type\":\"x509\",\"x509\":{\"clientCertificates\":{"
         "\"primary\":{\"certificate\":\"c\",\"info\":{}}}}}}",
         "{\"attestation\":{\"type\":\"x509\",\"x509\":{\"clientCertificates\":{"
         "\"primary\":{\"certificate\":\"c\"}}}}}"},
        {"{\"\\u0065tag\":\"e\",\"a\":1}", "{\"a\":1}"},
        {"{\"registrationId\":\"\\u0061\"}", "{\"registrationId\":\"a\"}"},
        {"{\"attestation\":{\"type\":\"symmetricKey\",\"symmetricKey\":{"
         "\"primaryKey\":\"c\\/A=\",\"secondaryKey\":\"\\u0063w==\"}}}",
         "{\"attestation\":{\"type\":\"symmetricKey\",\"symmetricKey\":{"
         "\"primaryKey\":\"c/A=\",\"secondaryKey\":\"cw==\"}}}"},
        {"{\"attestation\":{\"tpm\":{\"endorsementKey\":\"a\\/b\"},\"type\":\"tpm\"}}",
         "{\"attestation\":{\"tpm\":{\"endorsementKey\":\"a/b\"},\"type\":\"tpm\"}}"},
        {"{\"n\":1234567890123456}", "{\"n\":1234567890123456}"},
        {"{\"a\":1,\"etag\":0,\"b\":1,\"ifMatch\":0,\"c\":1,\"d\":null,\"e\":1,\"f\":"
         "null,\"g\":1}",
         "{\"a\":1,\"b\":1,\"c\":1,\"e\":1,\"g\":1}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(ODD) / sizeof(ODD[0]); i++)
        check_one(ODD[i][0], false, ODD[i][1]);
}

static void check_refused(const char *input, const char *part)
{
    struct given g = {0};
    struct berth_error err = BERTH_ERROR_INIT;
    int r = given_read(&g, &RULE, str_from(input), &err);
    given_release(&g);
    assert_int_equal(r, BERTH_E_INVALID);
    assert_non_null(strstr(err.message, part));
}

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    check_refused("{\"a\":1,\"a\":2}", "twice");
    check_refused("{\"t\":{\"a\":1,\"a\":2}}", "twice");
    check_refused("{\"t\":\"\\u0000\"}", "zero");
    check_refused("{\"t\":1e999}", "too large");
    check_refused("{\"t\":1} x", "not JSON");
    check_refused("[]", "must be an object");
    check_refused("", "got nothing");
}

static void check_keys(const char *input, bool lacks, const char *if_match)
{
    struct given g = {0};
    assert_int_equal(given_read(&g, &RULE, str_from(input), NULL), 0);
    assert_null(g.body);
    assert_int_equal(given_lacks_keys(&g), lacks);
    assert_int_equal(given_build(&g, &RULE, NULL), 0);
    assert_non_null(g.body);
    assert_int_equal(given_lacks_keys(&g), lacks);
    assert_true(str_equal(g.if_match, str_from(if_match)));
    assert_true(str_equal(g.id, STR("a")));
    given_release(&g);
}

static void missing_keys_are_seen_either_way(void **state)
{
    (void)state;
    check_keys("{\"registrationId\":\"a\"," KEYED ",\"ifMatch\":\"*\"}", false, "*");
    check_keys("{\"registrationId\":\"a\",\"attestation\":{\"type\":\"symmetricKey\"}}",
               true, "");
    check_keys("{\"registrationId\":\"a\",\"attestation\":{\"symmetricKey\":{"
               "\"primaryKey\":\"cA==\",\"secondaryKey\":\"\"},\"type\":"
               "\"symmetricKey\"}}",
               true, "");
    check_keys("{\"registrationId\":\"a\",\"attestation\":{\"type\":\"tpm\"}}", false,
               "");
}

static void of_a_bulk_only_odd_elements_are_trees(void **state)
{
    struct bulk_input in = {0};
    (void)state;
    assert_int_equal(
        bulk_input_read(&in, &DPS_ENROLLMENT,
                        STR("{\"mode\":\"create\",\"enrollments\":[{\"registrationId\":"
                            "\"a\",\"etag\":\"e\"},{\"registrationId\":\"\\u0062\"}]}"),
                        NULL),
        0);
    assert_null(in.tree);
    assert_int_equal(in.count, 2);
    check(&in.elements[0], true, "{\"registrationId\":\"a\"}");
    check(&in.elements[1], false, "{\"registrationId\":\"b\"}");
    bulk_input_release(&in);
}

static void a_bulk_by_etag_keeps_them_wherever_the_mode_stands(void **state)
{
    const struct berth_str inputs[] = {
        STR("{\"mode\":\"updateIfMatchETag\",\"enrollments\":[{\"registrationId\":"
            "\"a\",\"etag\":\"e\"}]}"),
        STR("{\"enrollments\":[{\"registrationId\":\"a\",\"etag\":\"e\"}],\"mode\":"
            "\"updateIfMatchETag\"}"),
    };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bulk_input in = {0};
        assert_int_equal(bulk_input_read(&in, &DPS_ENROLLMENT, inputs[i], NULL), 0);
        assert_int_equal(in.tree == NULL, i == 0);
        check(&in.elements[0], i == 0, "{\"registrationId\":\"a\",\"etag\":\"e\"}");
        bulk_input_release(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_needs_no_change_goes_out_as_it_stands),
        cmocka_unit_test(what_is_not_the_writers_is_left_out),
        cmocka_unit_test(what_needs_a_closer_look_is_a_tree),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(missing_keys_are_seen_either_way),
        cmocka_unit_test(of_a_bulk_only_odd_elements_are_trees),
        cmocka_unit_test(a_bulk_by_etag_keeps_them_wherever_the_mode_stands),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
