# Small programs that integration tests call.
check_PROGRAMS += tests/tools/kpdigest
tests_tools_kpdigest_SOURCES = tests/tools/kpdigest.c
tests_tools_kpdigest_LDADD = $(PGP_LINK)
