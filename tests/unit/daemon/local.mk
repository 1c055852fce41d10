# cmocka tests of src/daemon: UNIT_TESTS += and DAEMON_LINK
