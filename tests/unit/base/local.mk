# cmocka tests of src/base: UNIT_TESTS += and BASE_LINK
