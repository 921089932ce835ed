# Loader, transport, session.
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
tests_unit_test_session_memory_SOURCES = tests/unit/test_session_memory.c $(lack_sources)
tests_unit_test_session_memory_LDADD = $(RIG_LDADD)
tests_unit_test_session_memory_LDFLAGS = $(lack_ldflags)
tests_unit_test_session_misuse_LDADD = $(RIG_LDADD)
endif
