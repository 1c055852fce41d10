# cmocka tests of src/conf: UNIT_TESTS += and CONF_LINK
UNIT_TESTS += tests/unit/conf/test_conf tests/unit/conf/test_manual
conf_texts = tests/unit/conf/texts.c tests/unit/conf/texts.h tests/unit/unit.h
tests_unit_conf_test_conf_SOURCES = tests/unit/conf/test_conf.c $(conf_texts)
tests_unit_conf_test_conf_LDADD = $(CONF_LINK) $(CMOCKA_LIBS)
tests_unit_conf_test_manual_SOURCES = tests/unit/conf/test_manual.c tests/unit/unit.h
tests_unit_conf_test_manual_LDADD = $(CONF_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/conf/test_conf_gossip
tests_unit_conf_test_conf_gossip_SOURCES = tests/unit/conf/test_conf_gossip.c \
	$(conf_texts)
tests_unit_conf_test_conf_gossip_LDADD = $(CONF_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/conf/test_datadir
tests_unit_conf_test_datadir_SOURCES = tests/unit/conf/test_datadir.c $(SCRATCH) \
	tests/unit/unit.h
tests_unit_conf_test_datadir_LDADD = $(CONF_LINK) $(CMOCKA_LIBS)
