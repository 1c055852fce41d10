# cmocka tests of src/mailagent
MAILAGENT_FAKE = tests/unit/mailagent/fake.c tests/unit/mailagent/fake.h \
	tests/unit/unit.h
UNIT_TESTS += tests/unit/mailagent/test_agent
tests_unit_mailagent_test_agent_SOURCES = \
	tests/unit/mailagent/test_agent.c $(MAILAGENT_FAKE)
tests_unit_mailagent_test_agent_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
