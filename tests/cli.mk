# Tests of the command line.
if HAVE_CMOCKA
CLI_TESTS = \
	tests/unit/test_cli_args \
	tests/unit/test_cli_batch \
	tests/unit/test_cli_csv \
	tests/unit/test_cli_lines \
	tests/unit/test_cli_memory \
	tests/unit/test_cli_output \
	tests/unit/test_cli_resume
check_PROGRAMS += $(CLI_TESTS)
TESTS += $(CLI_TESTS)
CLI_LDADD = host/libhost.la $(CMOCKA_LIBS) $(JANSSON_LIBS)
CLI_FEED = tests/unit/cli_feed.c tests/unit/cli_feed.h
tests_unit_test_cli_args_LDADD = $(CLI_LDADD)
tests_unit_test_cli_batch_LDADD = $(CLI_LDADD)
tests_unit_test_cli_csv_SOURCES = tests/unit/test_cli_csv.c $(CLI_FEED)
tests_unit_test_cli_csv_LDADD = $(CLI_LDADD)
tests_unit_test_cli_lines_SOURCES = tests/unit/test_cli_lines.c $(CLI_FEED)
tests_unit_test_cli_lines_LDADD = $(CLI_LDADD)
tests_unit_test_cli_memory_SOURCES = tests/unit/test_cli_memory.c $(CLI_FEED) \
	$(lack_sources)
tests_unit_test_cli_memory_LDADD = $(RIG_LDADD) $(CLI_LDADD)
tests_unit_test_cli_memory_LDFLAGS = $(lack_ldflags)
tests_unit_test_cli_output_LDADD = $(CLI_LDADD)
tests_unit_test_cli_resume_LDADD = $(CLI_LDADD)
endif

CLI_E2E = \
	tests/e2e/action.sh \
	tests/e2e/connection.sh \
	tests/e2e/each-fault.sh \
	tests/e2e/example.sh \
	tests/e2e/faults.sh \
	tests/e2e/faults-input.sh \
	tests/e2e/faults-kill.sh \
	tests/e2e/faults-trigger.sh \
	tests/e2e/http2.sh \
	tests/e2e/kill.sh \
	tests/e2e/resume.sh \
	tests/e2e/secrets.sh \
	tests/e2e/terminal.sh \
	tests/e2e/recipes.sh \
	tests/e2e/rotate.sh \
	tests/e2e/trigger.sh \
	tests/e2e/usage.sh
TESTS += $(CLI_E2E)
dist_check_SCRIPTS += $(CLI_E2E)
EXTRA_DIST += tests/e2e/cli.sh tests/e2e/faults.inc


# What they cost.
dist_check_SCRIPTS += tests/gates/cost.sh
TESTS += tests/gates/cost.sh

EXTRA_DIST += tests/e2e/cli.sh

fuzz_targets += stream
check_PROGRAMS += tests/fuzz/fuzz_stream
tests_fuzz_fuzz_stream_SOURCES = tests/fuzz/fuzz_stream.c $(fuzz_main)
tests_fuzz_fuzz_stream_LDADD = host/libhost.la
tests_fuzz_fuzz_stream_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
