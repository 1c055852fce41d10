# cmocka tests of src/cli
UNIT_TESTS += tests/unit/cli/test_cli
tests_unit_cli_test_cli_SOURCES = tests/unit/cli/test_cli.c tests/unit/unit.h
tests_unit_cli_test_cli_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_material
tests_unit_cli_test_material_SOURCES = tests/unit/cli/test_material.c \
	tests/unit/cli/pieces.c tests/unit/cli/pieces.h tests/unit/unit.h
tests_unit_cli_test_material_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_dump
tests_unit_cli_test_dump_SOURCES = tests/unit/cli/test_dump.c \
	tests/unit/unit.h $(contract_backend)
tests_unit_cli_test_dump_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_material_split
tests_unit_cli_test_material_split_SOURCES = \
	tests/unit/cli/test_material_split.c tests/unit/pgp/attack.c \
	tests/unit/pgp/attack.h $(FORGE) $(VECTORS)
tests_unit_cli_test_material_split_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_cli_test_material_split_LDADD = $(CLI_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_ledger
tests_unit_cli_test_ledger_SOURCES = tests/unit/cli/test_ledger.c \
	tests/unit/unit.h $(SCRATCH)
tests_unit_cli_test_ledger_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_material_damage
tests_unit_cli_test_material_damage_SOURCES = \
	tests/unit/cli/test_material_damage.c \
	tests/unit/cli/pieces.c tests/unit/cli/pieces.h tests/unit/unit.h
tests_unit_cli_test_material_damage_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_material_armor
tests_unit_cli_test_material_armor_SOURCES = \
	tests/unit/cli/test_material_armor.c \
	tests/unit/cli/pieces.c tests/unit/cli/pieces.h tests/unit/unit.h
tests_unit_cli_test_material_armor_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_material_large
tests_unit_cli_test_material_large_SOURCES = \
	tests/unit/cli/test_material_large.c \
	tests/unit/cli/pieces.c tests/unit/cli/pieces.h tests/unit/unit.h
tests_unit_cli_test_material_large_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_material_torn
tests_unit_cli_test_material_torn_SOURCES = \
	tests/unit/cli/test_material_torn.c \
	tests/unit/cli/pieces.c tests/unit/cli/pieces.h tests/unit/unit.h
tests_unit_cli_test_material_torn_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_material_stream
tests_unit_cli_test_material_stream_SOURCES = \
	tests/unit/cli/test_material_stream.c tests/unit/unit.h $(SCRATCH)
tests_unit_cli_test_material_stream_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
tests_unit_cli_test_material_stream_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=read -Wl,--wrap=__read_chk
UNIT_TESTS += tests/unit/cli/test_material_windows
tests_unit_cli_test_material_windows_SOURCES = \
	tests/unit/cli/test_material_windows.c tests/unit/unit.h
tests_unit_cli_test_material_windows_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/cli/test_progress
tests_unit_cli_test_progress_SOURCES = tests/unit/cli/test_progress.c \
	tests/unit/unit.h
tests_unit_cli_test_progress_LDADD = $(CLI_LINK) $(CMOCKA_LIBS)
