# cmocka tests of src/conf: UNIT_TESTS += and CONF_LINK
