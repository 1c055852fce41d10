# cmocka tests of src/store: UNIT_TESTS += and STORE_LINK
