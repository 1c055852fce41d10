# cmocka tests of src/cli: UNIT_TESTS += and CLI_LINK
