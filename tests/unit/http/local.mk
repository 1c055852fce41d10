# cmocka tests of src/http. Those of a running server share a harness.
HTTP_HARNESS = tests/unit/http/site_harness.c tests/unit/http/site_harness.h \
	tests/bench/gen_cert.c tests/bench/gen_cert.h \
	tests/bench/gen_material.c tests/bench/gen_material.h \
	tests/unit/unit.h

UNIT_TESTS += tests/unit/http/test_server
tests_unit_http_test_server_SOURCES = tests/unit/http/test_server.c \
	$(HTTP_HARNESS)
tests_unit_http_test_server_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_server_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)
