# The store's contract: every case on every backend that is built.
UNIT_TESTS += tests/contract/test_log tests/contract/test_log_time \
	tests/contract/test_search tests/contract/test_store \
	tests/contract/test_walk tests/contract/test_levels \
	tests/contract/test_ids
contract_backend = tests/contract/backend.c tests/contract/backend.h $(SCRATCH)
tests_contract_test_walk_SOURCES = tests/contract/test_walk.c \
	$(contract_backend)
tests_contract_test_walk_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_contract_test_ids_SOURCES = tests/contract/test_ids.c \
	$(contract_backend)
tests_contract_test_ids_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_contract_test_levels_SOURCES = tests/contract/test_levels.c \
	$(contract_backend)
tests_contract_test_levels_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_contract_test_log_SOURCES = tests/contract/test_log.c \
	$(contract_backend)
tests_contract_test_log_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_contract_test_log_time_SOURCES = tests/contract/test_log_time.c \
	$(contract_backend)
tests_contract_test_log_time_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_contract_test_search_SOURCES = tests/contract/test_search.c \
	$(contract_backend)
tests_contract_test_search_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_contract_test_store_SOURCES = tests/contract/test_store.c \
	$(contract_backend)
tests_contract_test_store_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/contract/test_takedown
tests_contract_test_takedown_SOURCES = tests/contract/test_takedown.c \
	$(contract_backend)
tests_contract_test_takedown_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
