# Tests: unit, cases, compliance, end to end, fuzz, gates. All speak TAP.
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	BERTH_SRCDIR='$(abs_top_srcdir)'; export BERTH_SRCDIR; \
	BERTH_BUILDDIR='$(abs_top_builddir)'; export BERTH_BUILDDIR; \
	BERTH_CC='$(CC)'; export BERTH_CC; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT;

EXTRA_DIST += tests/tap.sh

# Everything, in its long form; make check runs the short ones.
check-all: all
	BERTH_TEST_FULL=1; export BERTH_TEST_FULL; $(MAKE) $(AM_MAKEFLAGS) check
.PHONY: check-all

# --- gates ---
dist_check_SCRIPTS = tests/gates/format.sh
TESTS += tests/gates/format.sh
