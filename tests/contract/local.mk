# The store's contract: every case on every backend that is built.
UNIT_TESTS += tests/contract/test_store
contract_backend = tests/contract/backend.c tests/contract/backend.h
tests_contract_test_store_SOURCES = tests/contract/test_store.c \
	$(contract_backend)
tests_contract_test_store_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
