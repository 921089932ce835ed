/* What the emulator keeps in its folder: keys, certificates, emulator.json. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gnutls/x509.h>
#include <jansson.h>

#include "emulator/authority.h"
#include "emulator/certificate.h"
#include "emulator/emu.h"
#include "emulator/file.h"
#include "emulator/ready.h"
#include "emulator/rights.h"
#include "tests/support/cmocka.h"

static char dir[] = "/tmp/berth-test-emu.XXXXXX";

static const char *in_dir(const char *name)
{
    static char path[100];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void write_file(const char *name, const char *content)
{
    FILE *file = fopen(in_dir(name), "we");

    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int mode_of(const char *name)
{
    struct stat st;

    return stat(in_dir(name), &st) < 0 ? -1 : (int)(st.st_mode & 0777);
}

static int make_dir(void **state)
{
    (void)state;
    memcpy(dir + strlen(dir) - 6, "XXXXXX", 6);
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    static const char *const FILES[] = {"keys.json",  "ca.pem",         "ca-key.pem",
                                        "server.pem", "server-key.pem", "emulator.json",
                                        "admin-token"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof FILES / sizeof *FILES; i++)
        (void)unlink(in_dir(FILES[i])); /* not every test makes every file */
    return rmdir(dir);
}

static void keys_are_made_once(void **state)
{
    struct keys first, again;
    struct failure f;

    (void)state;
    assert_int_equal(keys_load(&first, dir, &f), 0);
    assert_int_equal(mode_of("keys.json"), 0600);
    assert_int_equal(keys_load(&again, dir, &f), 0);
    assert_memory_equal(&first, &again, sizeof first);
    assert_string_not_equal(first.policies[0].primary, first.policies[0].secondary);
    assert_int_equal(first.policies[0].rights, RIGHT_ALL);
    assert_ptr_equal(keys_policy(&first, "ACTIONS"), &first.policies[POLICY_COUNT - 1]);
    assert_null(keys_policy(&first, "nobody"));
}

static void missing_policies_are_added(void **state)
{
    struct keys first, again;
    struct failure f;

    (void)state;
    write_file("keys.json", "{\"idScope\":\"0ne0000AAAA\",\"policies\":{}}");
    assert_int_equal(keys_load(&first, dir, &f), 0);
    assert_string_equal(first.id_scope, "0ne0000AAAA");
    assert_int_equal(keys_load(&again, dir, &f), 0);
    assert_memory_equal(&first, &again, sizeof first);
}

static void damaged_keys_are_refused(void **state)
{
    static const char *const BAD[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"policies\":{},\"idScope\":\"much-too-long-for-one\"}",
        "{\"policies\":{},\"idScope\":\"0ne\\\"\"}",
        "{\"policies\":{\"actions\":{\"primaryKey\":\"short\"}}}",
    };
    struct keys keys;
    struct failure f;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        write_file("keys.json", BAD[i]);
        assert_int_equal(keys_load(&keys, dir, &f), -1);
        assert_non_null(strstr(f.text, "keys.json"));
    }
}

/* Is the first certificate of the chain good for this host? */
static bool names(const struct authority *a, const char *host)
{
    gnutls_datum_t pem = {(unsigned char *)a->chain.data, (unsigned)a->chain.len};
    gnutls_x509_crt_t crt;
    bool good;

    assert_int_equal(gnutls_x509_crt_init(&crt), 0);
    assert_int_equal(gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM), 0);
    good = gnutls_x509_crt_check_hostname(crt, host) != 0;
    gnutls_x509_crt_deinit(crt);
    return good;
}

static void certificates_are_kept(void **state)
{
    struct authority first, again;
    struct failure f;

    (void)state;
    assert_int_equal(authority_load(&first, dir, "dps.example.net", &f), 0);
    assert_int_equal(mode_of("ca-key.pem"), 0600);
    assert_int_equal(mode_of("server-key.pem"), 0600);
    assert_int_equal(mode_of("ca.pem"), 0644);
    assert_int_equal(authority_load(&again, dir, "dps.example.net", &f), 0);
    assert_string_equal(text_str(&first.chain), text_str(&again.chain));
    assert_true(names(&first, "localhost") && names(&first, "127.0.0.1"));
    assert_true(names(&first, "::1") && names(&first, "dps.example.net"));
    assert_false(names(&first, "other.example.net"));
    authority_release(&first);
    authority_release(&again);
}

static void another_name_makes_another_certificate(void **state)
{
    struct authority first, again;
    struct failure f;
    const char *ca;

    (void)state;
    assert_int_equal(authority_load(&first, dir, "localhost", &f), 0);
    assert_int_equal(authority_load(&again, dir, "other.example.net", &f), 0);
    assert_string_not_equal(text_str(&first.chain), text_str(&again.chain));
    assert_true(names(&again, "other.example.net") && names(&again, "localhost"));
    ca = strstr(strstr(text_str(&first.chain), "-----END"), "-----BEGIN");
    assert_non_null(strstr(text_str(&again.chain), ca));
    authority_release(&first);
    authority_release(&again);
}

static void damaged_certificates_are_made_anew(void **state)
{
    struct authority a;
    struct failure f;

    (void)state;
    write_file("ca.pem", "nonsense");
    write_file("ca-key.pem", "nonsense");
    write_file("server.pem", "");
    write_file("server-key.pem", "");
    assert_int_equal(authority_load(&a, dir, "localhost", &f), 0);
    assert_true(names(&a, "localhost"));
    authority_release(&a);
    assert_int_equal(authority_load(&a, "/dev/null", "localhost", &f), -1);
    authority_release(&a);
}

static void a_key_of_another_certificate_is_not_used(void **state)
{
    struct authority first, again;
    struct failure f;
    const char *ca;

    (void)state;
    assert_int_equal(authority_load(&first, dir, "localhost", &f), 0);
    write_file("ca-key.pem", text_str(&first.key)); /* the server's */
    assert_int_equal(authority_load(&again, dir, "localhost", &f), 0);
    ca = strstr(strstr(text_str(&first.chain), "-----END"), "-----BEGIN");
    assert_null(strstr(text_str(&again.chain), ca));
    authority_release(&first);
    authority_release(&again);
}

static void certificate_info_is_read(void **state)
{
    struct authority a;
    struct failure f;
    struct text info;
    json_t *json;

    (void)state;
    assert_int_equal(authority_load(&a, dir, "localhost", &f), 0);
    text_init(&info, 10000);
    assert_null(certificate_add_info(&info, text_str(&a.chain)));
    json = json_loads(text_str(&info), 0, NULL);
    assert_string_equal(json_string_value(json_object_get(json, "subjectName")),
                        "CN=berth-emulator");
    assert_int_equal(strlen(json_string_value(json_object_get(json, "sha256Thumbprint"))),
                     64);
    assert_int_equal(json_integer_value(json_object_get(json, "version")), 3);
    json_decref(json);
    assert_non_null(certificate_add_info(&info, "AAAA"));
    assert_non_null(certificate_add_info(&info, "-----BEGIN CERTIFICATE-----\nAA"));
    text_release(&info);
    authority_release(&a);
}

static void ready_file_is_complete_and_private(void **state)
{
    static const char *const MEMBERS[] = {
        "port",    "caFile",         "hostName", "connectionString",
        "idScope", "deviceEndpoint", "policies"};
    struct emu_options options;
    struct keys keys;
    struct emu emu;
    struct failure f;
    json_t *json;
    size_t i;

    (void)state;
    emu_options_init(&options);
    assert_int_equal(keys_load(&keys, dir, &f), 0);
    assert_int_equal(emu_init(&emu, &options, &keys), 0);
    write_file("emulator.json", "old");
    write_file("ca.pem", "");
    assert_int_equal(ready_clear(dir, &f), 0);
    assert_int_equal(mode_of("emulator.json"), -1);
    assert_int_equal(ready_write(dir, &emu, 4711, &f), 0);
    assert_int_equal(mode_of("emulator.json"), 0600);
    json = json_load_file(in_dir("emulator.json"), JSON_REJECT_DUPLICATES, NULL);
    for (i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        assert_non_null(json_object_get(json, MEMBERS[i]));
    assert_int_equal(json_integer_value(json_object_get(json, "port")), 4711);
    assert_int_equal(json_array_size(json_object_get(json, "policies")), POLICY_COUNT);
    json_decref(json);
    emu_release(&emu);
}

static void folder_must_be_one(void **state)
{
    struct failure f;

    (void)state;
    assert_int_equal(file_folder(dir, &f), 0);
    write_file("keys.json", "");
    assert_int_equal(file_folder(in_dir("keys.json"), &f), -1);
    assert_int_equal(file_folder(in_dir("a/b"), &f), -1);
    assert_int_equal(file_remove(in_dir("none"), &f), 0);
}

#define IN_DIR(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIR(keys_are_made_once),
        IN_DIR(missing_policies_are_added),
        IN_DIR(damaged_keys_are_refused),
        IN_DIR(certificates_are_kept),
        IN_DIR(another_name_makes_another_certificate),
        IN_DIR(damaged_certificates_are_made_anew),
        IN_DIR(a_key_of_another_certificate_is_not_used),
        IN_DIR(certificate_info_is_read),
        IN_DIR(ready_file_is_complete_and_private),
        IN_DIR(folder_must_be_one),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
