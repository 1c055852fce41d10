# Unit tests print TAP, so that each promise counts by itself.
EXTRA_PROGRAMS =
SCRATCH = tests/unit/scratch.c tests/unit/scratch.h
AN_ARENA = tests/unit/an_arena.c tests/unit/an_arena.h
include tests/unit/base/local.mk
include tests/unit/pgp/local.mk
include tests/unit/store/local.mk
include tests/unit/ingest/local.mk
include tests/unit/lookup/local.mk
include tests/unit/http/local.mk
include tests/unit/mail/local.mk
include tests/unit/recon/local.mk
include tests/unit/mailagent/local.mk
include tests/unit/conf/local.mk
include tests/unit/daemon/local.mk
include tests/unit/cli/local.mk
include tests/contract/local.mk
include tests/tools/local.mk
include tests/bench/local.mk
include tests/fuzz/local.mk
include tests/sim/local.mk
include tests/integration/local.mk
include tests/scripts/local.mk

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
# Some need bash; and then a lost executable bit does not matter.
SH_LOG_COMPILER = bash
TEST_EXTENSIONS = .sh
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	KEYPOST_CRASH_POINTS='$(HAVE_CRASH_POINTS)'; export KEYPOST_CRASH_POINTS; \
	KEYPOST_SANITIZER='$(SANITIZER)'; export KEYPOST_SANITIZER; \
	CC='$(CC)'; export CC; \
	CHECK_CPPFLAGS='-D_GNU_SOURCE $(CPPFLAGS) $(GCRYPT_CFLAGS) $(SQLITE_CFLAGS) $(MHD_CFLAGS) $(ETPAN_CFLAGS) $(INIH_CFLAGS) $(JANSSON_CFLAGS) $(CURL_CFLAGS)'; \
	export CHECK_CPPFLAGS; \
	CHECK_ELF_PROGRAMS='$(sbin_PROGRAMS) $(bin_PROGRAMS) $(pkglibexec_PROGRAMS) $(CHECK_ELF_TEST)'; \
	export CHECK_ELF_PROGRAMS; \
	UBSAN_OPTIONS=print_stacktrace=1; export UBSAN_OPTIONS; \
	TSAN_OPTIONS=report_thread_leaks=0; export TSAN_OPTIONS;
