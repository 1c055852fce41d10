# cmocka tests of src/mail
mail_world = tests/unit/mail/world.c tests/unit/mail/world.h \
	tests/unit/mail/fake_agent.c \
	tests/unit/mail/keys.c tests/unit/mail/keys.h tests/unit/unit.h

UNIT_TESTS += tests/unit/mail/test_courier
tests_unit_mail_test_courier_SOURCES = tests/unit/mail/test_courier.c $(mail_world)
tests_unit_mail_test_courier_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_inbox
tests_unit_mail_test_inbox_SOURCES = tests/unit/mail/test_inbox.c $(mail_world)
tests_unit_mail_test_inbox_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_loops
tests_unit_mail_test_loops_SOURCES = tests/unit/mail/test_loops.c $(mail_world)
tests_unit_mail_test_loops_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_compose
tests_unit_mail_test_compose_SOURCES = tests/unit/mail/test_compose.c \
	tests/unit/mail/keys.c tests/unit/mail/keys.h tests/unit/unit.h
tests_unit_mail_test_compose_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_letters
tests_unit_mail_test_letters_SOURCES = tests/unit/mail/test_letters.c tests/unit/unit.h
tests_unit_mail_test_letters_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_peer
tests_unit_mail_test_peer_SOURCES = tests/unit/mail/test_peer.c tests/unit/unit.h
tests_unit_mail_test_peer_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
