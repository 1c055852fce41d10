# cmocka tests of src/lookup
LOOKUP_FIXTURE = tests/unit/lookup/fixture.c tests/unit/lookup/fixture.h \
	tests/unit/unit.h
UNIT_TESTS += tests/unit/lookup/test_index
tests_unit_lookup_test_index_SOURCES = tests/unit/lookup/test_index.c \
	$(LOOKUP_FIXTURE)
tests_unit_lookup_test_index_LDADD = $(LOOKUP_LINK) $(CMOCKA_LIBS)
EXTRA_DIST += tests/data/index
