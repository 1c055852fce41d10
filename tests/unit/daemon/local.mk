# cmocka tests of src/daemon
UNIT_TESTS += tests/unit/daemon/test_heart
tests_unit_daemon_test_heart_SOURCES = tests/unit/daemon/test_heart.c tests/unit/unit.h
tests_unit_daemon_test_heart_LDADD = $(DAEMON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/daemon/test_starter
tests_unit_daemon_test_starter_SOURCES = tests/unit/daemon/test_starter.c $(SCRATCH) \
	tests/unit/unit.h
tests_unit_daemon_test_starter_LDADD = $(DAEMON_LINK) $(CMOCKA_LIBS)
