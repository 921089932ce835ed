# Tests: unit, cases, compliance, end to end, fuzz, gates. All speak TAP.
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
# The same wherever they run: without what the user's own berth, curl and tools go by.
AM_TESTS_ENVIRONMENT = \
	unset BERTH_HOME BERTH_KEY BERTH_KEY_FILE BERTH_CONNECTOR_PATH CREDENTIALS_DIRECTORY \
		XDG_STATE_HOME SSLKEYLOGFILE NO_COLOR POSIXLY_CORRECT CDPATH CURL_HOME \
		http_proxy https_proxy all_proxy no_proxy HTTPS_PROXY ALL_PROXY NO_PROXY; \
	LC_ALL=C; export LC_ALL; \
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
dist_check_SCRIPTS = tests/gates/format.sh tests/gates/hardening.sh tests/gates/install.sh
TESTS += tests/gates/format.sh tests/gates/hardening.sh tests/gates/install.sh

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
	-Wl,--wrap=strdup -Wl,--wrap=strndup \
	-Wl,--wrap=pcre2_compile_8 -Wl,--wrap=pcre2_match_data_create_8

# What all unit tests begin with.
EXTRA_DIST += tests/support/cmocka.h

# The host as operations see it.
fake_host = tests/support/fake_host.c tests/support/fake_host.h

# --- one fragment an area ---
include tests/schema.mk
include tests/manifest.mk
include tests/kit.mk
include tests/session.mk
include tests/state.mk
include tests/emulator.mk
include tests/cli.mk
