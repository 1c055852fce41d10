# cmocka tests of src/mail
mail_world = $(SCRATCH) tests/unit/mail/world.c tests/unit/mail/world.h \
	tests/unit/mail/fake_agent.c \
	tests/unit/mail/keys.c tests/unit/mail/keys.h tests/unit/unit.h

UNIT_TESTS += tests/unit/mail/test_courier
tests_unit_mail_test_courier_SOURCES = tests/unit/mail/test_courier.c $(mail_world)
tests_unit_mail_test_courier_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_courier_peer
tests_unit_mail_test_courier_peer_SOURCES = tests/unit/mail/test_courier_peer.c $(mail_world)
tests_unit_mail_test_courier_peer_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_courier_prune
tests_unit_mail_test_courier_prune_SOURCES = tests/unit/mail/test_courier_prune.c $(mail_world)
tests_unit_mail_test_courier_prune_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_inbox
tests_unit_mail_test_inbox_SOURCES = tests/unit/mail/test_inbox.c $(mail_world)
tests_unit_mail_test_inbox_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_inbox_answer
tests_unit_mail_test_inbox_answer_SOURCES = tests/unit/mail/test_inbox_answer.c $(mail_world)
tests_unit_mail_test_inbox_answer_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_auth
tests_unit_mail_test_auth_SOURCES = tests/unit/mail/test_auth.c $(SCRATCH) tests/unit/unit.h
tests_unit_mail_test_auth_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_auth_signed
tests_unit_mail_test_auth_signed_SOURCES = tests/unit/mail/test_auth_signed.c $(SCRATCH) tests/unit/unit.h
tests_unit_mail_test_auth_signed_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_proofs
tests_unit_mail_test_proofs_SOURCES = tests/unit/mail/test_proofs.c $(SCRATCH) tests/unit/unit.h
tests_unit_mail_test_proofs_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_brake
tests_unit_mail_test_brake_SOURCES = tests/unit/mail/test_brake.c $(mail_world)
tests_unit_mail_test_brake_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_commands
tests_unit_mail_test_commands_SOURCES = tests/unit/mail/test_commands.c $(mail_world)
tests_unit_mail_test_commands_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_inbox_rate
tests_unit_mail_test_inbox_rate_SOURCES = tests/unit/mail/test_inbox_rate.c $(mail_world)
tests_unit_mail_test_inbox_rate_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_loops
tests_unit_mail_test_loops_SOURCES = tests/unit/mail/test_loops.c $(mail_world)
tests_unit_mail_test_loops_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_compose
tests_unit_mail_test_compose_SOURCES = tests/unit/mail/test_compose.c \
	tests/unit/mail/keys.c tests/unit/mail/keys.h tests/unit/unit.h
tests_unit_mail_test_compose_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_reply
tests_unit_mail_test_reply_SOURCES = tests/unit/mail/test_reply.c tests/unit/unit.h
tests_unit_mail_test_reply_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_incoming
tests_unit_mail_test_incoming_SOURCES = tests/unit/mail/test_incoming.c tests/unit/unit.h
tests_unit_mail_test_incoming_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_known
tests_unit_mail_test_known_SOURCES = tests/unit/mail/test_known.c tests/unit/unit.h
tests_unit_mail_test_known_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_rate
tests_unit_mail_test_rate_SOURCES = tests/unit/mail/test_rate.c tests/unit/unit.h
tests_unit_mail_test_rate_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_key_file
tests_unit_mail_test_key_file_SOURCES = tests/unit/mail/test_key_file.c \
	tests/unit/unit.h $(SCRATCH)
tests_unit_mail_test_key_file_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_mail_test_key_file_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_peer
tests_unit_mail_test_peer_SOURCES = tests/unit/mail/test_peer.c tests/unit/unit.h
tests_unit_mail_test_peer_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_gaps
tests_unit_mail_test_gaps_SOURCES = tests/unit/mail/test_gaps.c tests/unit/unit.h
tests_unit_mail_test_gaps_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_summary
tests_unit_mail_test_summary_SOURCES = tests/unit/mail/test_summary.c \
	tests/unit/mail/pair.c tests/unit/mail/pair.h tests/unit/unit.h
tests_unit_mail_test_summary_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_courier_ranges
tests_unit_mail_test_courier_ranges_SOURCES = tests/unit/mail/test_courier_ranges.c $(mail_world)
tests_unit_mail_test_courier_ranges_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_relay_tls
tests_unit_mail_test_relay_tls_SOURCES = tests/unit/mail/test_relay_tls.c \
	tests/unit/unit.h
tests_unit_mail_test_relay_tls_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
mail_returned = $(mail_world) tests/unit/mail/returned.c \
	tests/unit/mail/returned.h
UNIT_TESTS += tests/unit/mail/test_bounce
tests_unit_mail_test_bounce_SOURCES = tests/unit/mail/test_bounce.c $(mail_returned)
tests_unit_mail_test_bounce_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_bounce_fate
tests_unit_mail_test_bounce_fate_SOURCES = tests/unit/mail/test_bounce_fate.c $(mail_returned)
tests_unit_mail_test_bounce_fate_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_machines
tests_unit_mail_test_machines_SOURCES = tests/unit/mail/test_machines.c $(mail_returned)
tests_unit_mail_test_machines_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_repair
tests_unit_mail_test_repair_SOURCES = tests/unit/mail/test_repair.c \
	tests/unit/mail/bob.c tests/unit/mail/bob.h $(mail_world)
tests_unit_mail_test_repair_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_repair_mute
tests_unit_mail_test_repair_mute_SOURCES = tests/unit/mail/test_repair_mute.c \
	tests/unit/mail/bob.c tests/unit/mail/bob.h $(mail_world)
tests_unit_mail_test_repair_mute_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_repair_auth
tests_unit_mail_test_repair_auth_SOURCES = tests/unit/mail/test_repair_auth.c \
	tests/unit/mail/bob.c tests/unit/mail/bob.h $(mail_world)
tests_unit_mail_test_repair_auth_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_resync
tests_unit_mail_test_resync_SOURCES = tests/unit/mail/test_resync.c \
	tests/unit/mail/bob.c tests/unit/mail/bob.h \
	tests/unit/mail/pair.c tests/unit/mail/pair.h $(mail_world)
tests_unit_mail_test_resync_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_repair_step
tests_unit_mail_test_repair_step_SOURCES = tests/unit/mail/test_repair_step.c $(mail_world)
tests_unit_mail_test_repair_step_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_owed
tests_unit_mail_test_owed_SOURCES = tests/unit/mail/test_owed.c $(mail_world)
tests_unit_mail_test_owed_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/mail/test_canary
tests_unit_mail_test_canary_SOURCES = tests/unit/mail/test_canary.c \
	tests/unit/mail/canary_peer.c tests/unit/mail/canary_peer.h $(mail_world)
tests_unit_mail_test_canary_LDADD = $(MAIL_LINK) $(CMOCKA_LIBS)
