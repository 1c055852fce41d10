# cmocka tests of src/ingest
INGEST_FIXTURE = $(SCRATCH) tests/unit/ingest/fixture.c tests/unit/ingest/fixture.h \
	tests/unit/unit.h tests/bench/gen_cert.c tests/bench/gen_cert.h \
	tests/bench/gen_material.c tests/bench/gen_material.h
WRITER_WORLD = tests/unit/ingest/writer_world.c \
	tests/unit/ingest/writer_world.h $(INGEST_FIXTURE)
WRITER_WRAPS = -Wl,--wrap=store_commit -Wl,--wrap=store_check_space \
	-Wl,--wrap=store_get_head
UNIT_TESTS += tests/unit/ingest/test_ingest
tests_unit_ingest_test_ingest_SOURCES = tests/unit/ingest/test_ingest.c \
	$(INGEST_FIXTURE)
tests_unit_ingest_test_ingest_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_ingest_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_worker
tests_unit_ingest_test_worker_SOURCES = tests/unit/ingest/test_worker.c \
	$(INGEST_FIXTURE)
tests_unit_ingest_test_worker_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_worker_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_ingest_queue
tests_unit_ingest_test_ingest_queue_SOURCES = tests/unit/ingest/test_ingest_queue.c \
	$(INGEST_FIXTURE)
tests_unit_ingest_test_ingest_queue_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_ingest_queue_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_worker_limits
tests_unit_ingest_test_worker_limits_SOURCES = tests/unit/ingest/test_worker_limits.c \
	$(INGEST_FIXTURE)
tests_unit_ingest_test_worker_limits_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_worker_limits_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_worker_memory
tests_unit_ingest_test_worker_memory_SOURCES = tests/unit/ingest/test_worker_memory.c \
	$(INGEST_FIXTURE)
tests_unit_ingest_test_worker_memory_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_worker_memory_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_writer
tests_unit_ingest_test_writer_SOURCES = tests/unit/ingest/test_writer.c \
	$(WRITER_WORLD)
tests_unit_ingest_test_writer_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_writer_LDFLAGS = $(AM_LDFLAGS) $(WRITER_WRAPS)
tests_unit_ingest_test_writer_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_writer_races
tests_unit_ingest_test_writer_races_SOURCES = tests/unit/ingest/test_writer_races.c \
	$(WRITER_WORLD)
tests_unit_ingest_test_writer_races_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_writer_races_LDFLAGS = $(AM_LDFLAGS) $(WRITER_WRAPS)
tests_unit_ingest_test_writer_races_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_policy
tests_unit_ingest_test_policy_SOURCES = tests/unit/ingest/test_policy.c \
	tests/unit/unit.h
tests_unit_ingest_test_policy_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_terms
tests_unit_ingest_test_terms_SOURCES = tests/unit/ingest/test_terms.c $(AN_ARENA) \
	tests/unit/pgp/forge.c tests/unit/pgp/forge.h \
	$(INGEST_FIXTURE)
tests_unit_ingest_test_terms_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_terms_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_floods
tests_unit_ingest_test_floods_SOURCES = tests/unit/ingest/test_floods.c \
	tests/unit/pgp/forge.c tests/unit/pgp/forge.h $(INGEST_FIXTURE)
tests_unit_ingest_test_floods_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_floods_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/ingest/test_lone
tests_unit_ingest_test_lone_SOURCES = tests/unit/ingest/test_lone.c \
	tests/unit/pgp/forge.c tests/unit/pgp/forge.h \
	$(INGEST_FIXTURE)
tests_unit_ingest_test_lone_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_lone_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/ingest/test_wakes
tests_unit_ingest_test_wakes_SOURCES = tests/unit/ingest/test_wakes.c tests/unit/unit.h
tests_unit_ingest_test_wakes_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/ingest/test_tombstone \
	tests/unit/ingest/test_takedown tests/unit/ingest/test_takedown_parts
TAKEDOWN_WORLD = tests/unit/ingest/takedown_world.c \
	tests/unit/ingest/takedown_world.h $(INGEST_FIXTURE)
tests_unit_ingest_test_tombstone_SOURCES = \
	tests/unit/ingest/test_tombstone.c tests/unit/unit.h $(SCRATCH)
tests_unit_ingest_test_tombstone_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
tests_unit_ingest_test_takedown_SOURCES = tests/unit/ingest/test_takedown.c \
	$(TAKEDOWN_WORLD)
tests_unit_ingest_test_takedown_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_takedown_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
tests_unit_ingest_test_takedown_parts_SOURCES = \
	tests/unit/ingest/test_takedown_parts.c $(TAKEDOWN_WORLD)
tests_unit_ingest_test_takedown_parts_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(top_srcdir)
tests_unit_ingest_test_takedown_parts_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_raise
tests_unit_ingest_test_raise_SOURCES = tests/unit/ingest/test_raise.c \
	tests/unit/ingest/raise_world.c tests/unit/ingest/raise_world.h \
	$(INGEST_FIXTURE)
tests_unit_ingest_test_raise_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_raise_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=store_get_head
tests_unit_ingest_test_raise_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_dropped
tests_unit_ingest_test_dropped_SOURCES = tests/unit/ingest/test_dropped.c \
	$(AN_ARENA) \
	$(INGEST_FIXTURE)
tests_unit_ingest_test_dropped_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_dropped_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
FLOODED = tests/unit/ingest/flooded.c tests/unit/ingest/flooded.h \
	tests/unit/pgp/forge.c tests/unit/pgp/forge.h
UNIT_TESTS += tests/unit/ingest/test_dear
tests_unit_ingest_test_dear_SOURCES = tests/unit/ingest/test_dear.c \
	$(FLOODED) $(INGEST_FIXTURE)
tests_unit_ingest_test_dear_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_dear_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/ingest/test_patience
tests_unit_ingest_test_patience_SOURCES = tests/unit/ingest/test_patience.c \
	$(FLOODED) $(INGEST_FIXTURE)
tests_unit_ingest_test_patience_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_ingest_test_patience_LDADD = $(INGEST_LINK) $(CMOCKA_LIBS)
