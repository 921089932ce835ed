# Case files.
check_PROGRAMS += tests/run_case
tests_run_case_SOURCES = \
	tests/cases/case_file.c tests/cases/case_file.h \
	tests/cases/exchange.c \
	tests/cases/host.c \
	tests/cases/match.c tests/cases/match.h \
	tests/cases/memory.c tests/cases/memory.h \
	tests/cases/play.c tests/cases/play.h \
	tests/cases/run_case.c
tests_run_case_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir)/tests
tests_run_case_LDADD = plugin/libsdk.la
EXTRA_DIST += tests/cases/README.md tests/cases/azure-dps
dist_check_SCRIPTS += tests/cases/azure-dps.sh
TESTS += tests/cases/azure-dps.sh
# The kit and the azure-dps connector.
dist_check_SCRIPTS += tests/gates/connector-symbols.sh
TESTS += tests/gates/connector-symbols.sh

fuzz_targets += dps_page error_body given sas scan
kit_fuzzers = tests/fuzz/fuzz_dps_page tests/fuzz/fuzz_error_body tests/fuzz/fuzz_given \
	tests/fuzz/fuzz_sas tests/fuzz/fuzz_scan
check_PROGRAMS += $(kit_fuzzers)
tests_fuzz_fuzz_dps_page_SOURCES = tests/fuzz/fuzz_dps_page.c $(fake_host) $(fuzz_main)
tests_fuzz_fuzz_dps_page_LDADD = plugin/libdps.la
tests_fuzz_fuzz_dps_page_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_error_body_SOURCES = tests/fuzz/fuzz_error_body.c $(fuzz_main)
tests_fuzz_fuzz_error_body_LDADD = plugin/libsdk.la
tests_fuzz_fuzz_error_body_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_given_SOURCES = tests/fuzz/fuzz_given.c $(fuzz_main)
tests_fuzz_fuzz_given_LDADD = plugin/libdps.la
tests_fuzz_fuzz_given_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_sas_SOURCES = tests/fuzz/fuzz_sas.c $(fuzz_main)
tests_fuzz_fuzz_sas_LDADD = plugin/libdps.la
tests_fuzz_fuzz_sas_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_scan_SOURCES = tests/fuzz/fuzz_scan.c $(fuzz_main)
tests_fuzz_fuzz_scan_LDADD = plugin/libsdk.la
tests_fuzz_fuzz_scan_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

if HAVE_CMOCKA
kit_tests = \
	tests/unit/test_crawl \
	tests/unit/test_error \
	tests/unit/test_call \
	tests/unit/test_given \
	tests/unit/test_json \
	tests/unit/test_rest \
	tests/unit/test_sas \
	tests/unit/test_scan \
	tests/unit/test_text \
	tests/unit/test_unit \
	tests/unit/test_when
check_PROGRAMS += $(kit_tests)
TESTS += $(kit_tests)
kit_ldadd = plugin/libsdk.la $(CMOCKA_LIBS)
tests_unit_test_crawl_SOURCES = tests/unit/test_crawl.c $(fake_host)
tests_unit_test_crawl_LDADD = $(kit_ldadd)
tests_unit_test_error_SOURCES = tests/unit/test_error.c
tests_unit_test_error_LDADD = $(kit_ldadd)
tests_unit_test_given_SOURCES = tests/unit/test_given.c
tests_unit_test_given_LDADD = plugin/libdps.la $(CMOCKA_LIBS)
tests_unit_test_call_SOURCES = tests/unit/test_call.c $(fake_host)
tests_unit_test_call_LDADD = $(kit_ldadd)
tests_unit_test_json_SOURCES = tests/unit/test_json.c
tests_unit_test_json_LDADD = $(kit_ldadd)
tests_unit_test_rest_SOURCES = tests/unit/test_rest.c
tests_unit_test_rest_LDADD = $(kit_ldadd)
tests_unit_test_sas_SOURCES = tests/unit/test_sas.c
tests_unit_test_sas_LDADD = $(kit_ldadd)
tests_unit_test_scan_SOURCES = tests/unit/test_scan.c
tests_unit_test_scan_LDADD = $(kit_ldadd)
tests_unit_test_text_SOURCES = tests/unit/test_text.c
tests_unit_test_text_LDADD = $(kit_ldadd)
tests_unit_test_unit_SOURCES = tests/unit/test_unit.c $(fake_host)
tests_unit_test_unit_LDADD = $(kit_ldadd)
tests_unit_test_when_SOURCES = tests/unit/test_when.c
tests_unit_test_when_LDADD = plugin/libdps.la $(CMOCKA_LIBS)

endif
