# JSON Schema.
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
