# Tests: unit, cases, compliance, end to end, fuzz, gates. All speak TAP.
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	BERTH_SRCDIR='$(abs_top_srcdir)'; export BERTH_SRCDIR; \
	BERTH_BUILDDIR='$(abs_top_builddir)'; export BERTH_BUILDDIR; \
	BERTH_CC='$(CC)'; export BERTH_CC; \
	BERTH_FUZZ_TARGETS='$(fuzz_targets)'; export BERTH_FUZZ_TARGETS; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT;

EXTRA_DIST += tests/tap.sh

# Everything, in its long form; make check runs the short ones.
check-all: all
	BERTH_TEST_FULL=1; export BERTH_TEST_FULL; $(MAKE) $(AM_MAKEFLAGS) check
.PHONY: check-all

# --- gates ---
dist_check_SCRIPTS = tests/gates/format.sh
TESTS += tests/gates/format.sh

# --- fuzz targets ---
# A target is tests/fuzz/fuzz_NOUN.c with its corpus in tests/fuzz/corpus/NOUN/. It is built
# with replay.c, whose main() plays the corpus in make check, or with --enable-fuzzers as a
# libFuzzer program: tests/fuzz/fuzz_NOUN -max_total_time=60 tests/fuzz/corpus/NOUN.
# To add one: its noun to fuzz_targets, its program to check_PROGRAMS, and three lines as
# below.
fuzz_targets =
fuzz_ldflags =
fuzz_main =
if FUZZERS
fuzz_ldflags += -fsanitize=fuzzer
else
fuzz_main += tests/fuzz/replay.c
endif
TESTS += tests/fuzz/replay.sh
dist_check_SCRIPTS += tests/fuzz/replay.sh
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/replay.c

# Programs in which memory runs out at a chosen allocation.
lack_sources = tests/unit/lack.c tests/unit/lack.h
lack_ldflags = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc \
	-Wl,--wrap=pcre2_compile_8 -Wl,--wrap=pcre2_match_data_create_8

# --- JSON Schema ---
check_PROGRAMS += tests/compliance/json_schema
TESTS += tests/compliance/json_schema
EXTRA_DIST += tests/compliance/json-schema-unclaimed.txt tests/fuzz/schema.dict
tests_compliance_json_schema_SOURCES = tests/compliance/json_schema.c
tests_compliance_json_schema_LDADD = host/libhost.la

fuzz_targets += schema
check_PROGRAMS += tests/fuzz/fuzz_schema
tests_fuzz_fuzz_schema_SOURCES = tests/fuzz/fuzz_schema.c $(fuzz_main)
tests_fuzz_fuzz_schema_LDADD = host/libhost.la
tests_fuzz_fuzz_schema_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

if HAVE_CMOCKA
schema_tests = \
	tests/unit/test_schema \
	tests/unit/test_schema_bounds \
	tests/unit/test_schema_compile \
	tests/unit/test_schema_find \
	tests/unit/test_schema_format \
	tests/unit/test_schema_keyword \
	tests/unit/test_schema_memory \
	tests/unit/test_schema_number \
	tests/unit/test_schema_pattern \
	tests/unit/test_suggest
check_PROGRAMS += $(schema_tests)
TESTS += $(schema_tests)
schema_ldadd = host/libhost.la $(CMOCKA_LIBS)
tests_unit_test_schema_SOURCES = tests/unit/test_schema.c tests/unit/schema_help.h
tests_unit_test_schema_LDADD = $(schema_ldadd)
tests_unit_test_schema_bounds_SOURCES = tests/unit/test_schema_bounds.c
tests_unit_test_schema_bounds_LDADD = $(schema_ldadd)
tests_unit_test_schema_compile_SOURCES = tests/unit/test_schema_compile.c
tests_unit_test_schema_compile_LDADD = $(schema_ldadd)
tests_unit_test_schema_find_SOURCES = tests/unit/test_schema_find.c
tests_unit_test_schema_find_LDADD = $(schema_ldadd)
tests_unit_test_schema_format_SOURCES = tests/unit/test_schema_format.c
tests_unit_test_schema_format_LDADD = $(schema_ldadd)
tests_unit_test_schema_keyword_SOURCES = tests/unit/test_schema_keyword.c
tests_unit_test_schema_keyword_LDADD = $(schema_ldadd)
tests_unit_test_schema_memory_SOURCES = tests/unit/test_schema_memory.c $(lack_sources)
tests_unit_test_schema_memory_LDADD = $(schema_ldadd)
tests_unit_test_schema_memory_LDFLAGS = $(lack_ldflags)
tests_unit_test_schema_number_SOURCES = tests/unit/test_schema_number.c
tests_unit_test_schema_number_LDADD = $(schema_ldadd)
tests_unit_test_schema_pattern_SOURCES = tests/unit/test_schema_pattern.c
tests_unit_test_schema_pattern_LDADD = $(schema_ldadd)
tests_unit_test_suggest_SOURCES = tests/unit/test_suggest.c
tests_unit_test_suggest_LDADD = $(schema_ldadd)
endif

# --- manifest, credential form, secrets by schema ---
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
	tests/unit/fixture_manifest.c tests/unit/fixture_manifest.h
tests_unit_libmanifest_la_LIBADD = host/libhost.la $(CMOCKA_LIBS)

MANIFEST_TESTS = tests/unit/test_azure_dps_input tests/unit/test_form \
	tests/unit/test_manifest tests/unit/test_manifest_memory tests/unit/test_redact
MANIFEST_LDADD = tests/unit/libmanifest.la host/libhost.la $(CMOCKA_LIBS)
check_PROGRAMS += $(MANIFEST_TESTS)
TESTS += $(MANIFEST_TESTS)
tests_unit_test_azure_dps_input_LDADD = $(MANIFEST_LDADD)
tests_unit_test_form_LDADD = $(MANIFEST_LDADD)
tests_unit_test_manifest_LDADD = $(MANIFEST_LDADD)
tests_unit_test_manifest_memory_SOURCES = tests/unit/test_manifest_memory.c $(lack_sources)
tests_unit_test_manifest_memory_LDADD = $(MANIFEST_LDADD)
tests_unit_test_manifest_memory_LDFLAGS = $(lack_ldflags)
tests_unit_test_redact_LDADD = $(MANIFEST_LDADD)
endif

# --- case files ---
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

# --- the kit and the azure-dps connector ---
dist_check_SCRIPTS += tests/gates/connector-symbols.sh
TESTS += tests/gates/connector-symbols.sh

fuzz_targets += dps_page error_body sas scan
kit_fuzzers = tests/fuzz/fuzz_dps_page tests/fuzz/fuzz_error_body tests/fuzz/fuzz_sas \
	tests/fuzz/fuzz_scan
check_PROGRAMS += $(kit_fuzzers)
tests_fuzz_fuzz_dps_page_SOURCES = tests/fuzz/fuzz_dps_page.c $(fuzz_main)
tests_fuzz_fuzz_dps_page_LDADD = plugin/libdps.la
tests_fuzz_fuzz_dps_page_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_error_body_SOURCES = tests/fuzz/fuzz_error_body.c $(fuzz_main)
tests_fuzz_fuzz_error_body_LDADD = plugin/libsdk.la
tests_fuzz_fuzz_error_body_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
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
tests_unit_test_crawl_SOURCES = tests/unit/test_crawl.c
tests_unit_test_crawl_LDADD = $(kit_ldadd)
tests_unit_test_error_SOURCES = tests/unit/test_error.c
tests_unit_test_error_LDADD = $(kit_ldadd)
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
tests_unit_test_unit_SOURCES = tests/unit/test_unit.c
tests_unit_test_unit_LDADD = $(kit_ldadd)
tests_unit_test_when_SOURCES = tests/unit/test_when.c
tests_unit_test_when_LDADD = plugin/libdps.la $(CMOCKA_LIBS)

# --- loader, transport, session ---
TEST_MODULE_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
check_LTLIBRARIES += tests/connectors/scripted.la
tests_connectors_scripted_la_SOURCES = tests/connectors/scripted.c
tests_connectors_scripted_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_scripted_la_LIBADD = $(JANSSON_LIBS)

# One source, one way of being odd each.
ODD_MODULES = \
	tests/connectors/odd_older.la \
	tests/connectors/odd_newer.la \
	tests/connectors/odd_too_new.la \
	tests/connectors/odd_next_major.la \
	tests/connectors/odd_no_symbol.la \
	tests/connectors/odd_other_id.la \
	tests/connectors/odd_other_version.la \
	tests/connectors/odd_refuses.la \
	tests/connectors/odd_silent.la \
	tests/connectors/odd_size_zero.la \
	tests/connectors/odd_size_four.la \
	tests/connectors/odd_size_huge.la \
	tests/connectors/odd_no_id.la \
	tests/connectors/odd_no_begin.la \
	tests/connectors/odd_opens_nothing.la \
	tests/connectors/odd_unresolved.la
check_LTLIBRARIES += $(ODD_MODULES)
tests_connectors_odd_older_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_older_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_OLDER
tests_connectors_odd_older_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_newer_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_newer_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_NEWER
tests_connectors_odd_newer_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_too_new_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_too_new_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_TOO_NEW
tests_connectors_odd_too_new_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_next_major_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_next_major_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_NEXT_MAJOR
tests_connectors_odd_next_major_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_no_symbol_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_no_symbol_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_NO_SYMBOL
tests_connectors_odd_no_symbol_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_other_id_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_other_id_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_OTHER_ID
tests_connectors_odd_other_id_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_other_version_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_other_version_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_OTHER_VERSION
tests_connectors_odd_other_version_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_refuses_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_refuses_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_REFUSES
tests_connectors_odd_refuses_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_silent_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_silent_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_SILENT
tests_connectors_odd_silent_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_size_zero_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_size_zero_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_SIZE_ZERO
tests_connectors_odd_size_zero_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_size_four_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_size_four_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_SIZE_FOUR
tests_connectors_odd_size_four_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_size_huge_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_size_huge_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_SIZE_HUGE
tests_connectors_odd_size_huge_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_no_id_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_no_id_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_NO_ID
tests_connectors_odd_no_id_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_no_begin_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_no_begin_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_NO_BEGIN
tests_connectors_odd_no_begin_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_opens_nothing_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_opens_nothing_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_OPENS_NOTHING
tests_connectors_odd_opens_nothing_la_LDFLAGS = $(TEST_MODULE_LDFLAGS)
tests_connectors_odd_unresolved_la_SOURCES = tests/connectors/odd.c
tests_connectors_odd_unresolved_la_CPPFLAGS = $(AM_CPPFLAGS) -DODD=ODD_UNRESOLVED
tests_connectors_odd_unresolved_la_LDFLAGS = $(TEST_MODULE_LDFLAGS) -Wl,-z,lazy

fuzz_targets += mask retry_after
check_PROGRAMS += tests/fuzz/fuzz_mask tests/fuzz/fuzz_retry_after
tests_fuzz_fuzz_mask_SOURCES = tests/fuzz/fuzz_mask.c $(fuzz_main)
tests_fuzz_fuzz_mask_LDADD = host/libhost.la
tests_fuzz_fuzz_mask_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
tests_fuzz_fuzz_retry_after_SOURCES = tests/fuzz/fuzz_retry_after.c $(fuzz_main)
tests_fuzz_fuzz_retry_after_LDADD = host/libhost.la
tests_fuzz_fuzz_retry_after_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

TESTS += tests/abi/header.sh
dist_check_SCRIPTS += tests/abi/header.sh
EXTRA_DIST += tests/abi/layout.c

if HAVE_CMOCKA
check_LTLIBRARIES += tests/support/librig.la
tests_support_librig_la_SOURCES = \
	tests/support/connector_dir.c tests/support/connector_dir.h \
	tests/support/https_server.c tests/support/https_server.h \
	tests/support/session_rig.c tests/support/session_rig.h \
	tests/support/test_ca.c tests/support/test_ca.h
tests_support_librig_la_LIBADD = host/libhost.la $(CMOCKA_LIBS) $(GNUTLS_LIBS) \
	$(JANSSON_LIBS) -lpthread

SESSION_TESTS = \
	tests/unit/test_http_policy \
	tests/unit/test_loader \
	tests/unit/test_session \
	tests/unit/test_session_faults \
	tests/unit/test_session_memory \
	tests/unit/test_session_misuse
check_PROGRAMS += $(SESSION_TESTS)
TESTS += $(SESSION_TESTS)
RIG_LDADD = tests/support/librig.la
tests_unit_test_http_policy_LDADD = host/libhost.la $(CMOCKA_LIBS)
tests_unit_test_loader_LDADD = $(RIG_LDADD)
tests_unit_test_session_LDADD = $(RIG_LDADD)
tests_unit_test_session_faults_LDADD = $(RIG_LDADD)
tests_unit_test_session_memory_LDADD = $(RIG_LDADD)
tests_unit_test_session_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc \
	-Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=strdup -Wl,--wrap=strndup
tests_unit_test_session_misuse_LDADD = $(RIG_LDADD)
endif
