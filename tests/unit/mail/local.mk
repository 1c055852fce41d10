# cmocka tests of src/mail: UNIT_TESTS += and MAIL_LINK
