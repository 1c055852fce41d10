# cmocka tests of src/pgp
UNIT_TESTS += tests/unit/pgp/test_manifest
tests_unit_pgp_test_manifest_SOURCES = tests/unit/pgp/test_manifest.c tests/unit/unit.h \
	tests/unit/pgp/vectors.c tests/unit/pgp/vectors.h
tests_unit_pgp_test_manifest_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
