# cmocka tests of src/mailagent
MAILAGENT_FAKE = $(SCRATCH) tests/unit/mailagent/fake.c tests/unit/mailagent/fake.h \
	tests/unit/unit.h
MAILAGENT_DESK = tests/unit/mailagent/desk.c tests/unit/mailagent/desk.h \
	tests/unit/mailagent/hellserver.c tests/unit/mailagent/hellserver.h \
	tests/unit/unit.h
UNIT_TESTS += tests/unit/mailagent/test_agent
tests_unit_mailagent_test_agent_SOURCES = \
	tests/unit/mailagent/test_agent.c $(MAILAGENT_FAKE)
tests_unit_mailagent_test_agent_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_decode
tests_unit_mailagent_test_decode_SOURCES = \
	tests/unit/mailagent/test_decode.c tests/unit/mailagent/decoded.c \
	tests/unit/mailagent/decoded.h tests/unit/unit.h
tests_unit_mailagent_test_decode_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_signed
tests_unit_mailagent_test_signed_SOURCES = \
	tests/unit/mailagent/test_signed.c tests/unit/mailagent/decoded.c \
	tests/unit/mailagent/decoded.h tests/unit/unit.h
tests_unit_mailagent_test_signed_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
EXTRA_DIST += tests/data/letters
UNIT_TESTS += tests/unit/mailagent/test_limits
tests_unit_mailagent_test_limits_SOURCES = \
	tests/unit/mailagent/test_limits.c tests/unit/mailagent/decoded.c \
	tests/unit/mailagent/decoded.h tests/unit/unit.h
tests_unit_mailagent_test_limits_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_relay
tests_unit_mailagent_test_relay_SOURCES = \
	tests/unit/mailagent/test_relay.c $(MAILAGENT_DESK)
tests_unit_mailagent_test_relay_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_relay_failures
tests_unit_mailagent_test_relay_failures_SOURCES = \
	tests/unit/mailagent/test_relay_failures.c $(MAILAGENT_DESK)
tests_unit_mailagent_test_relay_failures_LDADD = $(MAILAGENT_LINK) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_relay_crowd
tests_unit_mailagent_test_relay_crowd_SOURCES = \
	tests/unit/mailagent/test_relay_crowd.c $(MAILAGENT_DESK)
tests_unit_mailagent_test_relay_crowd_LDADD = $(MAILAGENT_LINK) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_relay_hello
tests_unit_mailagent_test_relay_hello_SOURCES = \
	tests/unit/mailagent/test_relay_hello.c tests/unit/unit.h
tests_unit_mailagent_test_relay_hello_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_nursery
tests_unit_mailagent_test_nursery_SOURCES = \
	tests/unit/mailagent/test_nursery.c $(MAILAGENT_FAKE)
tests_unit_mailagent_test_nursery_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_lmtp
tests_unit_mailagent_test_lmtp_SOURCES = \
	tests/unit/mailagent/test_lmtp.c tests/unit/unit.h
tests_unit_mailagent_test_lmtp_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_source_lmtp
tests_unit_mailagent_test_source_lmtp_SOURCES = \
	tests/unit/mailagent/test_source_lmtp.c tests/unit/mailagent/inside.c \
	tests/unit/mailagent/inside.h $(MAILAGENT_FAKE)
tests_unit_mailagent_test_source_lmtp_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_sandbox
tests_unit_mailagent_test_sandbox_SOURCES = \
	tests/unit/mailagent/test_sandbox.c $(MAILAGENT_FAKE)
tests_unit_mailagent_test_sandbox_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_sandbox_session
tests_unit_mailagent_test_sandbox_session_SOURCES = \
	tests/unit/mailagent/test_sandbox_session.c tests/unit/unit.h
tests_unit_mailagent_test_sandbox_session_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS) -lresolv
UNIT_TESTS += tests/unit/mailagent/test_tls
tests_unit_mailagent_test_tls_SOURCES = tests/unit/mailagent/test_tls.c \
	tests/unit/unit.h
tests_unit_mailagent_test_tls_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_bounce_fields
tests_unit_mailagent_test_bounce_fields_SOURCES = \
	tests/unit/mailagent/test_bounce_fields.c \
	tests/unit/mailagent/decoded.c tests/unit/mailagent/decoded.h \
	tests/unit/unit.h
tests_unit_mailagent_test_bounce_fields_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_aside
tests_unit_mailagent_test_aside_SOURCES = \
	tests/unit/mailagent/test_aside.c $(MAILAGENT_FAKE)
tests_unit_mailagent_test_aside_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_imap_guard
tests_unit_mailagent_test_imap_guard_SOURCES = \
	tests/unit/mailagent/test_imap_guard.c tests/unit/unit.h
tests_unit_mailagent_test_imap_guard_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_password
tests_unit_mailagent_test_password_SOURCES = \
	tests/unit/mailagent/test_password.c tests/unit/unit.h $(SCRATCH)
tests_unit_mailagent_test_password_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_mailagent_test_password_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mailagent/test_source_imap
tests_unit_mailagent_test_source_imap_SOURCES = \
	tests/unit/mailagent/test_source_imap.c tests/unit/mailagent/inside.c \
	tests/unit/mailagent/inside.h $(MAILAGENT_FAKE)
tests_unit_mailagent_test_source_imap_LDADD = $(MAILAGENT_LINK) $(CMOCKA_LIBS)
