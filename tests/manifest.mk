# Manifest, credential form, secrets by schema.
EXTRA_DIST += tests/data/manifests

check_PROGRAMS += tests/docs/operations_table
tests_docs_operations_table_SOURCES = tests/docs/operations_table.c
tests_docs_operations_table_LDADD = host/libhost.la
dist_check_SCRIPTS += tests/gates/operations.sh
TESTS += tests/gates/operations.sh

fuzz_targets += manifest paste
check_PROGRAMS += tests/fuzz/fuzz_manifest tests/fuzz/fuzz_paste
tests_fuzz_fuzz_manifest_SOURCES = tests/fuzz/fuzz_manifest.c $(fuzz_main)
tests_fuzz_fuzz_manifest_LDADD = host/libhost.la
tests_fuzz_fuzz_manifest_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_paste_SOURCES = tests/fuzz/fuzz_paste.c $(fuzz_main)
tests_fuzz_fuzz_paste_LDADD = host/libhost.la
tests_fuzz_fuzz_paste_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

if HAVE_CMOCKA
check_LTLIBRARIES += tests/unit/libmanifest.la
tests_unit_libmanifest_la_SOURCES = \
	tests/unit/fixture_manifest.c tests/unit/fixture_manifest.h tests/unit/redact_once.h
tests_unit_libmanifest_la_LIBADD = host/libhost.la $(CMOCKA_LIBS)

MANIFEST_TESTS = tests/unit/test_azure_dps_cases tests/unit/test_azure_dps_input \
	tests/unit/test_file tests/unit/test_form \
	tests/unit/test_manifest tests/unit/test_manifest_memory tests/unit/test_redact \
	tests/unit/test_redact_plan
MANIFEST_LDADD = tests/unit/libmanifest.la host/libhost.la $(CMOCKA_LIBS)
check_PROGRAMS += $(MANIFEST_TESTS)
TESTS += $(MANIFEST_TESTS)
tests_unit_test_azure_dps_cases_LDADD = $(MANIFEST_LDADD)
tests_unit_test_azure_dps_input_LDADD = $(MANIFEST_LDADD)
tests_unit_test_file_LDADD = $(MANIFEST_LDADD)
tests_unit_test_form_LDADD = $(MANIFEST_LDADD)
tests_unit_test_manifest_LDADD = $(MANIFEST_LDADD)
tests_unit_test_manifest_memory_SOURCES = tests/unit/test_manifest_memory.c $(lack_sources)
tests_unit_test_manifest_memory_LDADD = $(MANIFEST_LDADD)
tests_unit_test_manifest_memory_LDFLAGS = $(lack_ldflags)
tests_unit_test_redact_LDADD = $(MANIFEST_LDADD)
tests_unit_test_redact_plan_LDADD = $(MANIFEST_LDADD)
endif
