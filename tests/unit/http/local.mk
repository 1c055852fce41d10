# cmocka tests of src/http: UNIT_TESTS += and HTTP_LINK
