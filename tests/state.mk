# Store, secrets, connections, snapshots and polls.
fuzz_targets += page
check_PROGRAMS += tests/fuzz/fuzz_page
tests_fuzz_fuzz_page_SOURCES = tests/fuzz/fuzz_page.c $(fuzz_main)
tests_fuzz_fuzz_page_LDADD = host/libhost.la
tests_fuzz_fuzz_page_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

if HAVE_CMOCKA
check_LTLIBRARIES += tests/state/libfixture.la tests/state/libpoller.la
tests_state_libfixture_la_SOURCES = tests/state/fixture.c tests/state/fixture.h
tests_state_libpoller_la_SOURCES = \
	tests/state/consumer.c tests/state/consumer.h \
	tests/state/fake_session.c tests/state/fake_session.h \
	tests/state/fault_vfs.c tests/state/fault_vfs.h \
	tests/state/poller.c tests/state/poller.h \
	tests/state/world.c tests/state/world.h

STATE_TESTS = tests/state/test_connection \
	tests/state/test_gone tests/state/test_history tests/state/test_memory tests/state/test_poll \
	tests/state/test_roster tests/state/test_rotate tests/state/test_text_hash \
	tests/state/test_secret tests/state/test_snapshot tests/state/test_store
STATE_LDADD = tests/state/libfixture.la host/libhost.la $(CMOCKA_LIBS)
POLLER_LDADD = tests/state/libpoller.la tests/unit/libmanifest.la $(STATE_LDADD)
check_PROGRAMS += $(STATE_TESTS) tests/state/bench_poll
tests_state_bench_poll_LDADD = $(POLLER_LDADD)
TESTS += $(STATE_TESTS)
tests_state_test_connection_LDADD = $(STATE_LDADD)
tests_state_test_gone_LDADD = $(POLLER_LDADD)
tests_state_test_history_LDADD = $(POLLER_LDADD)
tests_state_test_memory_LDADD = $(POLLER_LDADD)
tests_state_test_memory_SOURCES = tests/state/test_memory.c $(lack_sources)
tests_state_test_memory_LDFLAGS = $(lack_ldflags)
tests_state_test_poll_LDADD = $(POLLER_LDADD)
tests_state_test_text_hash_LDADD = $(STATE_LDADD)
tests_state_test_roster_LDADD = $(POLLER_LDADD)
tests_state_test_rotate_LDADD = $(STATE_LDADD)
tests_state_test_secret_LDADD = $(STATE_LDADD)
tests_state_test_snapshot_LDADD = $(POLLER_LDADD)
tests_state_test_store_LDADD = $(STATE_LDADD)
endif
