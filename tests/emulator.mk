# Tests of the emulator: unit, end to end, fuzz, and the outside judge.
EXTRA_DIST += tests/e2e/dps.sh tests/sdk/package.json tests/sdk/dps.js \
	tests/sdk/berth.js tests/sdk/packages.sh tests/sdk/sdk.js tests/sdk/tap.js \
	tests/sdk/x509.js tests/data/emulator/recorded.http
dist_check_SCRIPTS += tests/e2e/emulator.sh tests/e2e/emulator-faults.sh \
	tests/sdk/run.sh tests/sdk/berth.sh
dist_check_SCRIPTS += tests/docs/recipes.sh
TESTS += tests/docs/recipes.sh
TESTS += tests/e2e/emulator.sh tests/e2e/emulator-faults.sh tests/sdk/run.sh tests/sdk/berth.sh

emu_fixture = tests/unit/emu_fixture.c tests/unit/emu_fixture.h
recorded = tests/support/recorded.c tests/support/recorded.h
emu_libs = libemulator.la $(CMOCKA_LIBS) $(JANSSON_LIBS)
emu_tests = \
	tests/unit/test_emu_device \
	tests/unit/test_emu_enrollment \
	tests/unit/test_emu_fault \
	tests/unit/test_emu_files \
	tests/unit/test_emu_lag \
	tests/unit/test_emu_memory \
	tests/unit/test_emu_query \
	tests/unit/test_emu_recorded \
	tests/unit/test_emu_sas \
	tests/unit/test_emu_state \
	tests/unit/test_emu_store
tests_unit_test_emu_device_SOURCES = tests/unit/test_emu_device.c $(emu_fixture)
tests_unit_test_emu_device_LDADD = $(emu_libs)
tests_unit_test_emu_enrollment_SOURCES = tests/unit/test_emu_enrollment.c $(emu_fixture)
tests_unit_test_emu_enrollment_LDADD = $(emu_libs)
tests_unit_test_emu_fault_SOURCES = tests/unit/test_emu_fault.c $(emu_fixture)
tests_unit_test_emu_fault_LDADD = $(emu_libs)
tests_unit_test_emu_files_SOURCES = tests/unit/test_emu_files.c
tests_unit_test_emu_files_LDADD = $(emu_libs) $(GNUTLS_LIBS)
tests_unit_test_emu_lag_SOURCES = tests/unit/test_emu_lag.c $(emu_fixture)
tests_unit_test_emu_lag_LDADD = $(emu_libs)
tests_unit_test_emu_memory_SOURCES = tests/unit/test_emu_memory.c $(emu_fixture) \
	$(lack_sources)
tests_unit_test_emu_memory_LDADD = $(emu_libs) $(PCRE2_LIBS)
tests_unit_test_emu_memory_LDFLAGS = $(lack_ldflags)
tests_unit_test_emu_query_SOURCES = tests/unit/test_emu_query.c $(emu_fixture)
tests_unit_test_emu_query_LDADD = $(emu_libs)
tests_unit_test_emu_recorded_SOURCES = tests/unit/test_emu_recorded.c $(emu_fixture) \
	$(recorded)
tests_unit_test_emu_recorded_LDADD = $(emu_libs)
tests_unit_test_emu_sas_SOURCES = tests/unit/test_emu_sas.c
tests_unit_test_emu_sas_LDADD = $(emu_libs)
tests_unit_test_emu_state_SOURCES = tests/unit/test_emu_state.c $(emu_fixture)
tests_unit_test_emu_state_LDADD = $(emu_libs)
tests_unit_test_emu_store_SOURCES = tests/unit/test_emu_store.c
tests_unit_test_emu_store_LDADD = $(emu_libs)
# Judges the emulator's journal by the published definitions.
check_PROGRAMS += tests/e2e/judge
tests_e2e_judge_SOURCES = tests/e2e/judge.c
tests_e2e_judge_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/plugin
tests_e2e_judge_LDADD = host/libhost.la plugin/libsdk.la $(JANSSON_LIBS)

# Raw bytes to the program itself.
emu_tests += tests/wire/test_emu_wire
tests_wire_test_emu_wire_SOURCES = tests/wire/test_emu_wire.c tests/wire/wire.c \
	tests/wire/wire.h $(recorded)
tests_wire_test_emu_wire_LDADD = $(emu_libs) $(GNUTLS_LIBS)
if HAVE_CMOCKA
check_PROGRAMS += $(emu_tests)
TESTS += $(emu_tests)
endif

fuzz_targets += emu
check_PROGRAMS += tests/fuzz/fuzz_emu
tests_fuzz_fuzz_emu_SOURCES = tests/fuzz/fuzz_emu.c $(fuzz_main)
tests_fuzz_fuzz_emu_LDADD = libemulator.la
tests_fuzz_fuzz_emu_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

fuzz_targets += emu_state
check_PROGRAMS += tests/fuzz/fuzz_emu_state
tests_fuzz_fuzz_emu_state_SOURCES = tests/fuzz/fuzz_emu_state.c $(fuzz_main)
tests_fuzz_fuzz_emu_state_LDADD = libemulator.la
tests_fuzz_fuzz_emu_state_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
