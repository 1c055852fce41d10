# cmocka tests of src/recon
EXTRA_DIST += tests/data/recon
RECON_VECTORS = tests/unit/recon/vectors.c tests/unit/recon/vectors.h \
	tests/unit/unit.h
UNIT_TESTS += tests/unit/recon/test_field
tests_unit_recon_test_field_SOURCES = tests/unit/recon/test_field.c \
	$(RECON_VECTORS)
tests_unit_recon_test_field_LDADD = $(RECON_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_gossip_count
tests_unit_recon_test_gossip_count_SOURCES = \
	tests/unit/recon/test_gossip_count.c tests/unit/unit.h
tests_unit_recon_test_gossip_count_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_message
tests_unit_recon_test_message_SOURCES = tests/unit/recon/test_message.c \
	$(RECON_VECTORS)
tests_unit_recon_test_message_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_prefix_tree
tests_unit_recon_test_prefix_tree_SOURCES = \
	tests/unit/recon/test_prefix_tree.c $(RECON_VECTORS)
tests_unit_recon_test_prefix_tree_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_solve
tests_unit_recon_test_solve_SOURCES = tests/unit/recon/test_solve.c \
	$(RECON_VECTORS)
tests_unit_recon_test_solve_LDADD = $(RECON_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_config
tests_unit_recon_test_config_SOURCES = tests/unit/recon/test_config.c \
	tests/unit/unit.h
tests_unit_recon_test_config_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_captures
tests_unit_recon_test_captures_SOURCES = tests/unit/recon/test_captures.c \
	$(RECON_VECTORS)
tests_unit_recon_test_captures_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
RECON_TALKS = tests/unit/recon/talks.c tests/unit/recon/talks.h \
	tests/unit/unit.h
UNIT_TESTS += tests/unit/recon/test_talk
tests_unit_recon_test_talk_SOURCES = tests/unit/recon/test_talk.c $(RECON_TALKS)
tests_unit_recon_test_talk_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_talk_large
tests_unit_recon_test_talk_large_SOURCES = \
	tests/unit/recon/test_talk_large.c $(RECON_TALKS)
tests_unit_recon_test_talk_large_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
RECON_PARTNER = tests/unit/recon/partner.c tests/unit/recon/partner.h \
	$(RECON_TALKS) tests/unit/recon/vectors.c tests/unit/recon/vectors.h
UNIT_TESTS += tests/unit/recon/test_talk_greet
tests_unit_recon_test_talk_greet_SOURCES = \
	tests/unit/recon/test_talk_greet.c $(RECON_PARTNER)
tests_unit_recon_test_talk_greet_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_talk_limits
tests_unit_recon_test_talk_limits_SOURCES = \
	tests/unit/recon/test_talk_limits.c $(RECON_PARTNER)
tests_unit_recon_test_talk_limits_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_talk_lies
tests_unit_recon_test_talk_lies_SOURCES = \
	tests/unit/recon/test_talk_lies.c $(RECON_PARTNER)
tests_unit_recon_test_talk_lies_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_talk_replies
tests_unit_recon_test_talk_replies_SOURCES = \
	tests/unit/recon/test_talk_replies.c $(RECON_PARTNER)
tests_unit_recon_test_talk_replies_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_talk_wrong
tests_unit_recon_test_talk_wrong_SOURCES = \
	tests/unit/recon/test_talk_wrong.c $(RECON_PARTNER)
tests_unit_recon_test_talk_wrong_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_talk_captures
tests_unit_recon_test_talk_captures_SOURCES = \
	tests/unit/recon/test_talk_captures.c $(RECON_PARTNER)
tests_unit_recon_test_talk_captures_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_profile
tests_unit_recon_test_profile_SOURCES = tests/unit/recon/test_profile.c \
	$(RECON_VECTORS)
tests_unit_recon_test_profile_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
SETS_WORLD = tests/unit/recon/sets_world.c tests/unit/recon/sets_world.h \
	tests/unit/scratch.c tests/unit/scratch.h tests/unit/unit.h
UNIT_TESTS += tests/unit/recon/test_sets
tests_unit_recon_test_sets_SOURCES = tests/unit/recon/test_sets.c $(SETS_WORLD)
tests_unit_recon_test_sets_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_prefix_stream
tests_unit_recon_test_prefix_stream_SOURCES = \
	tests/unit/recon/test_prefix_stream.c $(RECON_VECTORS)
tests_unit_recon_test_prefix_stream_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_sets_file
tests_unit_recon_test_sets_file_SOURCES = tests/unit/recon/test_sets_file.c \
	$(SETS_WORLD)
tests_unit_recon_test_sets_file_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_sets_kill
tests_unit_recon_test_sets_kill_SOURCES = tests/unit/recon/test_sets_kill.c \
	$(SETS_WORLD)
tests_unit_recon_test_sets_kill_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
RECOVER_WORLD = tests/unit/recon/recover_world.c \
	tests/unit/recon/recover_world.h tests/unit/recon/keeper.c \
	tests/unit/recon/keeper.h $(INGEST_FIXTURE)
UNIT_TESTS += tests/unit/recon/test_recover
tests_unit_recon_test_recover_SOURCES = tests/unit/recon/test_recover.c \
	$(RECOVER_WORLD)
tests_unit_recon_test_recover_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_recon_test_recover_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_sets_random
tests_unit_recon_test_sets_random_SOURCES = \
	tests/unit/recon/test_sets_random.c $(SETS_WORLD)
tests_unit_recon_test_sets_random_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_sets_ingest
tests_unit_recon_test_sets_ingest_SOURCES = \
	tests/unit/recon/test_sets_ingest.c tests/unit/ingest/raise_world.c \
	tests/unit/ingest/raise_world.h $(TAKEDOWN_WORLD)
tests_unit_recon_test_sets_ingest_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_recon_test_sets_ingest_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_recover_lies
tests_unit_recon_test_recover_lies_SOURCES = \
	tests/unit/recon/test_recover_lies.c $(RECOVER_WORLD)
tests_unit_recon_test_recover_lies_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_recon_test_recover_lies_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_recover_unwanted
tests_unit_recon_test_recover_unwanted_SOURCES = \
	tests/unit/recon/test_recover_unwanted.c \
	tests/unit/ingest/takedown_world.c tests/unit/ingest/takedown_world.h \
	$(RECOVER_WORLD)
tests_unit_recon_test_recover_unwanted_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(top_srcdir)
tests_unit_recon_test_recover_unwanted_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_recover_known
tests_unit_recon_test_recover_known_SOURCES = \
	tests/unit/recon/test_recover_known.c tests/unit/unit.h
tests_unit_recon_test_recover_known_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_gossip_address
tests_unit_recon_test_gossip_address_SOURCES = \
	tests/unit/recon/test_gossip_address.c tests/unit/unit.h
tests_unit_recon_test_gossip_address_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_gossip_names
tests_unit_recon_test_gossip_names_SOURCES = \
	tests/unit/recon/test_gossip_names.c tests/unit/unit.h
tests_unit_recon_test_gossip_names_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
GOSSIP_WORLD = tests/unit/recon/gossip_world.c \
	tests/unit/recon/gossip_world.h $(INGEST_FIXTURE)
UNIT_TESTS += tests/unit/recon/test_gossip_calls
tests_unit_recon_test_gossip_calls_SOURCES = \
	tests/unit/recon/test_gossip_calls.c $(GOSSIP_WORLD)
tests_unit_recon_test_gossip_calls_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_recon_test_gossip_calls_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_gossip
tests_unit_recon_test_gossip_SOURCES = tests/unit/recon/test_gossip.c \
	$(GOSSIP_WORLD)
tests_unit_recon_test_gossip_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_recon_test_gossip_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_gossip_more
tests_unit_recon_test_gossip_more_SOURCES = \
	tests/unit/recon/test_gossip_more.c $(INGEST_FIXTURE)
tests_unit_recon_test_gossip_more_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_recon_test_gossip_more_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_hashquery
tests_unit_recon_test_hashquery_SOURCES = \
	tests/unit/recon/test_hashquery.c tests/unit/recon/vectors.c \
	tests/unit/recon/vectors.h $(RECOVER_WORLD)
tests_unit_recon_test_hashquery_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_recon_test_hashquery_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_digests
tests_unit_recon_test_digests_SOURCES = tests/unit/recon/test_digests.c \
	$(RECON_VECTORS)
tests_unit_recon_test_digests_LDADD = $(RECON_LINK) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/recon/test_sets_odd
tests_unit_recon_test_sets_odd_SOURCES = tests/unit/recon/test_sets_odd.c \
	$(SETS_WORLD)
tests_unit_recon_test_sets_odd_LDADD = $(RECON_LINK) $(CMOCKA_LIBS)
