# cmocka tests of src/lookup
LOOKUP_FIXTURE = $(SCRATCH) tests/unit/lookup/fixture.c tests/unit/lookup/fixture.h \
	tests/unit/unit.h
UNIT_TESTS += tests/unit/lookup/test_index
tests_unit_lookup_test_index_SOURCES = tests/unit/lookup/test_index.c \
	$(AN_ARENA) \
	$(LOOKUP_FIXTURE)
tests_unit_lookup_test_index_LDADD = $(LOOKUP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/lookup/test_query_identity
tests_unit_lookup_test_query_identity_SOURCES = \
	tests/unit/lookup/test_query_identity.c $(LOOKUP_FIXTURE)
tests_unit_lookup_test_query_identity_LDADD = $(LOOKUP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/lookup/test_query
tests_unit_lookup_test_query_SOURCES = tests/unit/lookup/test_query.c \
	$(LOOKUP_FIXTURE)
tests_unit_lookup_test_query_LDADD = $(LOOKUP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/lookup/test_lookup
tests_unit_lookup_test_lookup_SOURCES = tests/unit/lookup/test_lookup.c \
	$(LOOKUP_FIXTURE) tests/bench/gen_cert.c tests/bench/gen_cert.h \
	tests/bench/gen_material.c tests/bench/gen_material.h
tests_unit_lookup_test_lookup_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_lookup_test_lookup_LDADD = $(LOOKUP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/lookup/test_lookup_order
tests_unit_lookup_test_lookup_order_SOURCES = \
	tests/unit/lookup/test_lookup_order.c \
	$(LOOKUP_FIXTURE) tests/bench/gen_cert.c tests/bench/gen_cert.h \
	tests/bench/gen_material.c tests/bench/gen_material.h
tests_unit_lookup_test_lookup_order_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_lookup_test_lookup_order_LDADD = $(LOOKUP_LINK) $(CMOCKA_LIBS)
EXTRA_DIST += tests/data/index
UNIT_TESTS += tests/unit/lookup/test_signers
tests_unit_lookup_test_signers_SOURCES = tests/unit/lookup/test_signers.c \
	$(LOOKUP_FIXTURE)
tests_unit_lookup_test_signers_LDADD = $(LOOKUP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/lookup/test_revocations
tests_unit_lookup_test_revocations_SOURCES = \
	tests/unit/lookup/test_revocations.c $(AN_ARENA) $(FORGE) \
	$(LOOKUP_FIXTURE)
tests_unit_lookup_test_revocations_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_lookup_test_revocations_LDADD = $(LOOKUP_LINK) $(CMOCKA_LIBS)
