# cmocka tests of src/lookup: UNIT_TESTS += and LOOKUP_LINK
