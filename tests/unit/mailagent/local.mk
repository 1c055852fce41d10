# cmocka tests of src/mailagent: UNIT_TESTS += and MAILAGENT_LINK
