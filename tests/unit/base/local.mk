# cmocka tests of src/base
UNIT_TESTS += tests/unit/base/test_arena
tests_unit_base_test_arena_SOURCES = tests/unit/base/test_arena.c tests/unit/unit.h
tests_unit_base_test_arena_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_bytes
tests_unit_base_test_bytes_SOURCES = tests/unit/base/test_bytes.c tests/unit/unit.h
tests_unit_base_test_bytes_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_clock
tests_unit_base_test_clock_SOURCES = tests/unit/base/test_clock.c tests/unit/unit.h
tests_unit_base_test_clock_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_counter
tests_unit_base_test_counter_SOURCES = tests/unit/base/test_counter.c tests/unit/unit.h
tests_unit_base_test_counter_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_crash
tests_unit_base_test_crash_SOURCES = tests/unit/base/test_crash.c tests/unit/unit.h
tests_unit_base_test_crash_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_file
tests_unit_base_test_file_SOURCES = tests/unit/base/test_file.c $(SCRATCH) \
	tests/unit/unit.h
tests_unit_base_test_file_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_frame
tests_unit_base_test_frame_SOURCES = tests/unit/base/test_frame.c tests/unit/unit.h
tests_unit_base_test_frame_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_hex
tests_unit_base_test_hex_SOURCES = tests/unit/base/test_hex.c tests/unit/unit.h
tests_unit_base_test_hex_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_log
tests_unit_base_test_log_SOURCES = tests/unit/base/test_log.c tests/unit/unit.h
tests_unit_base_test_log_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_mailaddr
tests_unit_base_test_mailaddr_SOURCES = tests/unit/base/test_mailaddr.c tests/unit/unit.h
tests_unit_base_test_mailaddr_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_net
tests_unit_base_test_net_SOURCES = tests/unit/base/test_net.c $(SCRATCH) \
	tests/unit/unit.h
tests_unit_base_test_net_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_reader
tests_unit_base_test_reader_SOURCES = tests/unit/base/test_reader.c tests/unit/unit.h
tests_unit_base_test_reader_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_status
tests_unit_base_test_status_SOURCES = tests/unit/base/test_status.c tests/unit/unit.h
tests_unit_base_test_status_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_lock
tests_unit_base_test_lock_SOURCES = tests/unit/base/test_lock.c tests/unit/unit.h
tests_unit_base_test_lock_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_thread
tests_unit_base_test_thread_SOURCES = tests/unit/base/test_thread.c tests/unit/unit.h
tests_unit_base_test_thread_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_workq
tests_unit_base_test_workq_SOURCES = tests/unit/base/test_workq.c tests/unit/unit.h
tests_unit_base_test_workq_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_spool
tests_unit_base_test_spool_SOURCES = $(SCRATCH) tests/unit/base/test_spool.c tests/unit/unit.h
tests_unit_base_test_spool_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_words
tests_unit_base_test_words_SOURCES = tests/unit/base/test_words.c tests/unit/unit.h
tests_unit_base_test_words_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/base/test_fetch
tests_unit_base_test_fetch_SOURCES = tests/unit/base/test_fetch.c \
	tests/unit/base/fetch_server.c tests/unit/base/fetch_server.h \
	tests/unit/unit.h
tests_unit_base_test_fetch_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_base_test_fetch_LDADD = $(FETCH_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/base/test_private
tests_unit_base_test_private_SOURCES = tests/unit/base/test_private.c tests/unit/unit.h
tests_unit_base_test_private_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/base/test_imapurl
tests_unit_base_test_imapurl_SOURCES = tests/unit/base/test_imapurl.c tests/unit/unit.h
tests_unit_base_test_imapurl_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/base/test_scratch
tests_unit_base_test_scratch_SOURCES = tests/unit/base/test_scratch.c \
	tests/unit/unit.h $(SCRATCH)
tests_unit_base_test_scratch_LDADD = $(BASE_LINK) $(CMOCKA_LIBS)
