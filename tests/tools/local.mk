# Small programs that integration tests call.
check_PROGRAMS += tests/tools/kpdigest
tests_tools_kpdigest_SOURCES = tests/tools/kpdigest.c
tests_tools_kpdigest_LDADD = $(PGP_LINK)
check_PROGRAMS += tests/tools/kphashquery
tests_tools_kphashquery_SOURCES = tests/tools/kphashquery.c
tests_tools_kphashquery_LDADD = $(PGP_LINK)
