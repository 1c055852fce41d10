# cmocka tests of src/cli
UNIT_TESTS += tests/unit/cli/test_cli
tests_unit_cli_test_cli_SOURCES = tests/unit/cli/test_cli.c tests/unit/unit.h
tests_unit_cli_test_cli_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_material
tests_unit_cli_test_material_SOURCES = tests/unit/cli/test_material.c tests/unit/unit.h
tests_unit_cli_test_material_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_dump
tests_unit_cli_test_dump_SOURCES = tests/unit/cli/test_dump.c \
	tests/unit/unit.h $(contract_backend)
tests_unit_cli_test_dump_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
