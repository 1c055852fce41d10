# Small programs that integration tests call.
check_PROGRAMS += tests/tools/kpdigest
tests_tools_kpdigest_SOURCES = tests/tools/kpdigest.c
tests_tools_kpdigest_LDADD = $(PGP_LINK)
check_PROGRAMS += tests/tools/kphashquery
tests_tools_kphashquery_SOURCES = tests/tools/kphashquery.c
tests_tools_kphashquery_LDADD = $(PGP_LINK)
# Writes tests/data/index; not needed to run the tests.
EXTRA_PROGRAMS += tests/tools/make-index-data
tests_tools_make_index_data_SOURCES = tests/tools/make_index_data.c \
	tests/bench/gen_cert.c tests/bench/gen_cert.h \
	tests/bench/gen_material.c tests/bench/gen_material.h
tests_tools_make_index_data_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_tools_make_index_data_LDADD = $(PGP_LINK)

check_PROGRAMS += tests/tools/kpsplit
tests_tools_kpsplit_SOURCES = tests/tools/kpsplit.c tests/bench/keyring.c \
	tests/bench/keyring.h
tests_tools_kpsplit_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_tools_kpsplit_LDADD = $(PGP_LINK)

# Programs of a version with another schema: tests/integration/43-db-upgrade.sh.
check_PROGRAMS += tests/tools/keypost-next tests/tools/keypostd-next
tests_tools_keypost_next_SOURCES = src/cli/main.c tests/tools/next_steps.c
tests_tools_keypost_next_LDADD = $(CLI_LINK)
tests_tools_keypostd_next_SOURCES = src/daemon/main.c tests/tools/next_steps.c
tests_tools_keypostd_next_LDADD = $(DAEMON_LINK)
