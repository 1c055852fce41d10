# cmocka tests of src/pgp: UNIT_TESTS += and PGP_LINK
