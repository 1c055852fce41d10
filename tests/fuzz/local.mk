# Fuzz targets: tests/fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput, its
# seeds are tests/fuzz/seeds/NAME/*. With --enable-fuzzers libFuzzer drives
# them (make check-fuzz); otherwise replay.c runs the seeds in make check.
#
# A row:
#     FUZZ_TARGETS += tests/fuzz/fuzz_frame
#     tests_fuzz_fuzz_frame_SOURCES = tests/fuzz/fuzz_frame.c $(FUZZ_DRIVER)
#     tests_fuzz_fuzz_frame_LDFLAGS = $(FUZZ_LINKFLAGS)
#     tests_fuzz_fuzz_frame_LDADD = $(BASE_LINK)
FUZZ_TARGETS =
if FUZZERS
FUZZ_DRIVER =
FUZZ_LINKFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
else
FUZZ_DRIVER = tests/fuzz/replay.c
FUZZ_LINKFLAGS = $(AM_LDFLAGS)
endif

FUZZ_TARGETS += tests/fuzz/fuzz_frame
tests_fuzz_fuzz_frame_SOURCES = tests/fuzz/fuzz_frame.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_frame_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_frame_LDADD = $(BASE_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_mailaddr
tests_fuzz_fuzz_mailaddr_SOURCES = tests/fuzz/fuzz_mailaddr.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_mailaddr_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_mailaddr_LDADD = $(BASE_LINK)

check_PROGRAMS += $(FUZZ_TARGETS)
if !FUZZERS
TESTS += $(FUZZ_TARGETS)
endif
EXTRA_DIST += tests/fuzz/replay.c tests/fuzz/seeds

fuzz-smoke: $(FUZZ_TARGETS)
	@top_srcdir='$(abs_top_srcdir)' $(SHELL) \
		$(top_srcdir)/scripts/fuzz-smoke $(FUZZ_TARGETS)
.PHONY: fuzz-smoke
