# cmocka tests of src/pgp
EXTRA_DIST += tests/data/README tests/data/openpgp
