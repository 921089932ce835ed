/* Credential forms: filled by hand or from pasted text, checked, warned of. */
#include <stdlib.h>
#include <string.h>

#include "host/form.h"
#include "host/redact.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"
#include "tests/unit/fixture_manifest.h"

#define KEY "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
#define HOST "contoso.azure-devices-provisioning.net"
#define OWNER "provisioningserviceowner"
#define PORT_HELP "; a port behind a colon is 1 to 65535."

struct fixture {
    struct manifest *manifest;
    struct form *form;
    struct berth_error err;
};

static void open_form(struct fixture *f, const char *file, const char *kind)
{
    const struct credential *c = NULL;
    *f = (struct fixture){.manifest = fixture_manifest(file), .err = BERTH_ERROR_INIT};
    assert_int_equal(manifest_credential_by_kind(f->manifest, kind, &c, &f->err), 0);
    assert_int_equal(form_new(c, &f->form, &f->err), 0);
}

static void close_form(struct fixture *f)
{
    form_free(f->form);
    manifest_free(f->manifest);
}

/* What is filled in, as compact JSON with sorted names; secrets follow a bar. */
static void check_values(const struct fixture *f, const char *expect)
{
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *fields = NULL;
    json_t *secrets = NULL;
    assert_int_equal(form_values(f->form, &fields, &secrets, &err), 0);
    char *open = json_dumps(fields, JSON_COMPACT | JSON_SORT_KEYS);
    char *hidden = json_dumps(secrets, JSON_COMPACT | JSON_SORT_KEYS);
    struct text both;
    text_init(&both, 4096);
    text_add(&both, open);
    text_add(&both, "|");
    text_add(&both, hidden);
    for (char *c = both.data; *c; c++)
        if (*c == '"')
            *c = '\'';
    assert_string_equal(both.data, expect);
    text_release(&both);
    free(open);
    free(hidden);
    json_decref(fields);
    json_decref(secrets);
}

static void fields_come_in_their_order(void **state)
{
    static const char *const NAMES[] = {"host",   "token", "port",
                                        "mirror", "note",  "eager"};
    struct fixture f;

    (void)state;
    open_form(&f, DEPOT, "token");
    assert_int_equal(form_field_count(f.form), 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(form_field(f.form, i)->name, NAMES[i]);
    assert_null(form_field(f.form, 6));
    close_form(&f);
}

static void field_says_how_it_is_shown(void **state)
{
    struct fixture f;

    (void)state;
    open_form(&f, DEPOT, "token");
    const struct form_field *host = form_field(f.form, 0);
    assert_string_equal(host->title, "Host");
    assert_string_equal(host->description, "Name of the depot's server.");
    assert_string_equal(host->placeholder, "a.depot.example");
    assert_string_equal(host->group, "Server");
    assert_string_equal(host->widget, "text");
    assert_true(host->required);
    assert_false(host->secret || host->advanced);
    assert_null(host->fallback);
    const struct form_field *token = form_field(f.form, 1);
    assert_true(token->secret && token->required);
    assert_string_equal(token->widget, "password");
    assert_string_equal(form_field(f.form, 2)->widget, "number");
    assert_int_equal(json_integer_value(form_field(f.form, 2)->fallback), 443);
    assert_true(form_field(f.form, 3)->advanced);
    assert_string_equal(form_field(f.form, 4)->widget, "multiline");
    assert_string_equal(form_field(f.form, 5)->widget, "toggle");
    assert_false(form_field(f.form, 5)->required);
    close_form(&f);
}

static void unknown_field_is_told_with_the_nearest(void **state)
{
    struct fixture f;

    (void)state;
    open_form(&f, AZURE_DPS, NULL);
    assert_int_equal(form_set(f.form, "keyname", STR("x"), &f.err), BERTH_E_INVALID);
    assert_string_equal(f.err.message,
                        "the credentials have no field 'keyname'; did you mean "
                        "'keyName'?");
    assert_int_equal(form_set(f.form, "zzzzzzz", STR("x"), &f.err), BERTH_E_INVALID);
    assert_string_equal(f.err.message,
                        "the credentials have no field 'zzzzzzz'; they have: host, "
                        "keyName, key, altKey, idScope, deviceEndpoint");
    close_form(&f);
}

static void text_becomes_what_the_field_asks_for(void **state)
{
    struct fixture f;

    (void)state;
    open_form(&f, DEPOT, "token");
    assert_int_equal(form_set(f.form, "host", STR(" \ta.b\r\n"), &f.err), 0);
    assert_int_equal(form_set(f.form, "token", STR("abcdefgh\n"), &f.err), 0);
    assert_int_equal(form_set(f.form, "port", STR("8443"), &f.err), 0);
    assert_int_equal(form_set(f.form, "eager", STR("Yes"), &f.err), 0);
    check_values(&f, "{'eager':true,'host':'a.b','port':8443}|{'token':'abcdefgh'}");
    assert_int_equal(form_set(f.form, "eager", STR("off"), &f.err), 0);
    assert_int_equal(form_set(f.form, "host", STR("  "), &f.err), 0);
    assert_false(form_is_set(f.form, "host"));
    assert_true(form_is_set(f.form, "eager"));
    close_form(&f);
}

static void wrong_type_is_told(void **state)
{
    struct fixture f;

    (void)state;
    open_form(&f, DEPOT, "token");
    assert_int_equal(form_set(f.form, "port", STR("http"), &f.err), BERTH_E_INVALID);
    assert_string_equal(f.err.message, "port: 'http' is no number");
    assert_int_equal(form_set(f.form, "port", STR("\"1\""), &f.err), BERTH_E_INVALID);
    assert_int_equal(form_set(f.form, "eager", STR("maybe"), &f.err), BERTH_E_INVALID);
    assert_string_equal(f.err.message, "eager: 'maybe' is no yes or no (true, false)");
    assert_int_equal(form_set(f.form, "token", STR("\xff\xfe"), &f.err), BERTH_E_INVALID);
    assert_string_equal(f.err.message, "token: what was given is no UTF-8 text");
    close_form(&f);
}

static void connection_string_fills_the_form(void **state)
{
    struct fixture f;

    (void)state;
    open_form(&f, AZURE_DPS, NULL);
    assert_int_equal(form_paste(f.form,
                                STR("HostName=" HOST ";SharedAccessKeyName=" OWNER
                                    ";SharedAccessKey=" KEY),
                                &f.err),
                     0);
    assert_int_equal(form_finish(f.form, &f.err), 0);
    check_values(&f, "{'host':'" HOST "','keyName':'" OWNER "'}|{'key':'" KEY "'}");
    close_form(&f);
}

static void pasted_text_may_be_untidy(void **state)
{
    static const char *const TEXTS[] = {
        "\n  HostName=localhost:8443 ; sharedaccesskeyname = " OWNER
        ";SHAREDACCESSKEY=" KEY ";\r\n",
        "\"SharedAccessKey=" KEY ";SharedAccessKeyName=" OWNER
        ";HostName=localhost:8443\"",
        "'HostName=localhost:8443;;SharedAccessKeyName=" OWNER ";SharedAccessKey=" KEY
        "'\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        struct fixture f;
        open_form(&f, AZURE_DPS, NULL);
        assert_int_equal(form_paste(f.form, str_from(TEXTS[i]), &f.err), 0);
        assert_int_equal(form_finish(f.form, &f.err), 0);
        check_values(&f,
                     "{'host':'localhost:8443','keyName':'" OWNER "'}|{'key':'" KEY "'}");
        close_form(&f);
    }
}

static void check_paste_refused(const char *text, const char *sentence)
{
    struct fixture f;
    open_form(&f, AZURE_DPS, NULL);
    assert_int_equal(form_set(f.form, "idScope", STR("0ne1"), &f.err), 0);
    assert_int_equal(form_paste(f.form, str_from(text), &f.err), BERTH_E_INVALID);
    assert_string_equal(f.err.message, sentence);
    check_values(&f, "{'idScope':'0ne1'}|{}");
    close_form(&f);
}

static void bad_paste_changes_nothing_and_names_the_part(void **state)
{
    (void)state;
    check_paste_refused("HostName=a;SharedAccessSignature=sr",
                        "pasted text: part 2, 'SharedAccessSignature', does not belong "
                        "here; expected are HostName, SharedAccessKeyName, "
                        "SharedAccessKey");
    check_paste_refused("HostName=a;hostname=b",
                        "pasted text: 'hostname' is there twice");
    check_paste_refused("HostName=a;SharedAccessKey=",
                        "pasted text: 'SharedAccessKey' has no value");
    check_paste_refused("HostName=a;oops",
                        "pasted text: part 2 has no '='; parts look like NAME=VALUE and "
                        "are separated by ';'");
    check_paste_refused(" ; ;\n", "pasted text: there is nothing in it");
    check_paste_refused("", "pasted text: there is nothing in it");
}

static void bare_key_is_not_shown(void **state)
{
    static const char *const TEXTS[] = {KEY, ("HostName=a;" KEY),
                                        "abcdefghijklmnopqrstuv==", "geheim:=wort"};

    (void)state;
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        struct fixture f;
        open_form(&f, AZURE_DPS, NULL);
        assert_int_equal(form_paste(f.form, str_from(TEXTS[i]), &f.err), BERTH_E_INVALID);
        assert_null(strstr(f.err.message, "MDEy"));
        assert_null(strstr(f.err.message, "abcd"));
        assert_null(strstr(f.err.message, "wort"));
        assert_non_null(strstr(f.err.message, "has no name that is known here"));
        close_form(&f);
    }
}

static void known_parts_may_be_ignored(void **state)
{
    struct fixture f;

    (void)state;
    open_form(&f, DEPOT, "token");
    assert_int_equal(form_paste(f.form, STR("server=a.b;version=2;port=1"), &f.err), 0);
    check_values(&f, "{'host':'a.b','port':1}|{}");
    assert_int_equal(form_paste(f.form, STR("server=c.d;port=x"), &f.err),
                     BERTH_E_INVALID);
    check_values(&f, "{'host':'a.b','port':1}|{}");
    close_form(&f);
}

static void credentials_without_paste_say_so(void **state)
{
    struct fixture f;

    (void)state;
    open_form(&f, DEPOT, "open");
    assert_int_equal(form_paste(f.form, STR("server=a"), &f.err), BERTH_E_UNSUPPORTED);
    assert_string_equal(f.err.message,
                        "the credentials 'open' cannot be filled from pasted text");
    close_form(&f);
}

static void defaults_are_filled_in(void **state)
{
    struct fixture f;

    (void)state;
    open_form(&f, DEPOT, "token");
    assert_int_equal(form_set(f.form, "host", STR("a.b"), &f.err), 0);
    assert_int_equal(form_set(f.form, "token", STR("abcdefgh"), &f.err), 0);
    assert_int_equal(form_finish(f.form, &f.err), 0);
    check_values(&f, "{'host':'a.b','port':443}|{'token':'abcdefgh'}");
    close_form(&f);
}

static void check_finish(const char *host, const char *key, const char *sentence)
{
    struct fixture f;
    open_form(&f, AZURE_DPS, NULL);
    assert_int_equal(form_set(f.form, "host", str_from(host), &f.err), 0);
    assert_int_equal(form_set(f.form, "keyName", STR(OWNER), &f.err), 0);
    assert_int_equal(form_set(f.form, "key", str_from(key), &f.err), 0);
    int r = form_finish(f.form, &f.err);
    assert_int_equal(r, sentence ? BERTH_E_INVALID : 0);
    assert_string_equal(f.err.message, sentence ? sentence : "");
    close_form(&f);
}

static void wrong_fields_are_told_with_the_remedy(void **state)
{
    (void)state;
    check_finish("", KEY,
                 "host (Service host name) is missing: Give the host name alone, without "
                 "https:// and without a path, for example " HOST PORT_HELP);
    check_finish("https://" HOST "/", KEY,
                 "host: 'https://" HOST "/' cannot be right. Give the host name alone, "
                 "without https:// and without a path, for example " HOST PORT_HELP);
    check_finish(HOST, "short",
                 "key: what was given cannot be right. Copy the whole key from the "
                 "policy's page: base64, 24 to 88 characters, usually with = at its "
                 "end.");
}

static void hosts_of_all_clouds_and_ports_will_do(void **state)
{
    (void)state;
    check_finish("contoso.azure-devices-provisioning.cn", KEY, NULL);
    check_finish("contoso.azure-devices-provisioning.us", KEY, NULL);
    check_finish("localhost:8443", KEY, NULL);
    check_finish("127.0.0.1:1", KEY, NULL);
    check_finish("[::1]:8443", KEY, NULL);
    check_finish("localhost:65535", KEY, NULL);
}

static void ports_that_there_are_not_are_refused(void **state)
{
    static const char *const HOSTS[] = {"h:0",     "h:080",   "h:65536", "h:65540",
                                        "h:65600", "h:66000", "h:70000", "h:99999"};
    (void)state;
    for (size_t i = 0; i < sizeof(HOSTS) / sizeof(HOSTS[0]); i++) {
        struct text sentence;
        text_init(&sentence, 1000);
        text_add_format(&sentence,
                        "host: '%s' cannot be right. Give the host name alone, without "
                        "https:// and without a path, for example " HOST PORT_HELP,
                        HOSTS[i]);
        check_finish(HOSTS[i], KEY, sentence.data);
        text_release(&sentence);
    }
}

static void check_key(const char *key, bool good)
{
    struct fixture f;
    open_form(&f, AZURE_DPS, NULL);
    assert_int_equal(form_set(f.form, "host", STR(HOST), &f.err), 0);
    assert_int_equal(form_set(f.form, "keyName", STR(OWNER), &f.err), 0);
    assert_int_equal(form_set(f.form, "key", str_from(key), &f.err), 0);
    assert_int_equal(form_finish(f.form, &f.err), good ? 0 : BERTH_E_INVALID);
    close_form(&f);
}

static void keys_are_base64_of_16_to_64_bytes(void **state)
{
    static const char A20[] = "AAAAAAAAAAAAAAAAAAAA";
    struct text key;

    (void)state;
    check_key("AAAAAAAAAAAAAAAAAAAAAA==", true);  /* 16 */
    check_key("AAAAAAAAAAAAAAAAAAAA", false);     /* 15 */
    check_key("AAAAAAAAAAAAAAAAAAAAAA", false);   /* no padding */
    check_key("AAAAAAAAAAAAAAAAAAAA*A==", false); /* not base64 */
    check_key("AAAAAAAAAAAAAAAAAAAAAB==", false); /* bits of no byte */
    check_key("AAAAAAAAAAAAAAAAAAAAAw==", true);
    check_key("AAAAAAAAAAAAAAAAAAAAAAB=", false);
    check_key("AAAAAAAAAAAAAAAAAAAAAA8=", true);
    text_init(&key, 100);
    for (int i = 0; i < 4; i++)
        text_add(&key, A20);
    text_add(&key, "AAAAAA==");
    check_key(key.data, true); /* 64 */
    text_reset(&key);
    for (int i = 0; i < 4; i++)
        text_add(&key, A20);
    text_add(&key, "AAAAAAA=");
    check_key(key.data, false); /* 65 */
    text_release(&key);
}

static void remember_warning(void *ctx, const char *field, const char *sentence)
{
    struct text *all = ctx;
    text_add_format(all, "%s: %s\n", field, sentence);
}

static void check_warnings(const char *field, const char *value, const char *expect)
{
    struct fixture f;
    struct text all;
    text_init(&all, 4096);
    open_form(&f, AZURE_DPS, NULL);
    assert_int_equal(form_set(f.form, field, str_from(value), &f.err), 0);
    form_each_warning(f.form, remember_warning, &all);
    assert_string_equal(all.data ? all.data : "", expect);
    text_release(&all);
    close_form(&f);
}

static void likely_mistakes_are_warned_of(void **state)
{
    static const char HUB[] =
        "host: this is an IoT Hub, not a Device Provisioning Service: the host name of a "
        "DPS ends in .azure-devices-provisioning.net\n";

    (void)state;
    check_warnings("host", "contoso.azure-devices.net", HUB);
    check_warnings("host", "Contoso.Azure-Devices.NET:443", HUB);
    check_warnings("host", "contoso.azure-devices.cn", HUB);
    check_warnings("host", HOST, "");
    check_warnings("host", "localhost:8443", "");
    check_warnings("host", "global.azure-devices-provisioning.net",
                   "host: this is the endpoint that devices use: give the service's own "
                   "host name here, and this one as the device endpoint\n");
    check_warnings("keyName", "iothubowner",
                   "keyName: iothubowner is a policy of an IoT Hub; that of a Device "
                   "Provisioning Service is usually provisioningserviceowner\n");
    check_warnings("idScope", "12345",
                   "idScope: an ID scope begins with 0ne (0cn in China)\n");
    check_warnings("idScope", "0ne00123456", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_come_in_their_order),
        cmocka_unit_test(field_says_how_it_is_shown),
        cmocka_unit_test(unknown_field_is_told_with_the_nearest),
        cmocka_unit_test(text_becomes_what_the_field_asks_for),
        cmocka_unit_test(wrong_type_is_told),
        cmocka_unit_test(connection_string_fills_the_form),
        cmocka_unit_test(pasted_text_may_be_untidy),
        cmocka_unit_test(bad_paste_changes_nothing_and_names_the_part),
        cmocka_unit_test(bare_key_is_not_shown),
        cmocka_unit_test(known_parts_may_be_ignored),
        cmocka_unit_test(credentials_without_paste_say_so),
        cmocka_unit_test(defaults_are_filled_in),
        cmocka_unit_test(wrong_fields_are_told_with_the_remedy),
        cmocka_unit_test(hosts_of_all_clouds_and_ports_will_do),
        cmocka_unit_test(ports_that_there_are_not_are_refused),
        cmocka_unit_test(keys_are_base64_of_16_to_64_bytes),
        cmocka_unit_test(likely_mistakes_are_warned_of),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
