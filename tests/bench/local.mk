# Benchmarks report; tests decide. `make bench-tools` builds what compare.sh
# needs.
BENCH_TOOLS = tests/bench/hkpload tests/bench/lmtpload tests/bench/mailsink
EXTRA_PROGRAMS += $(BENCH_TOOLS)
tests_bench_hkpload_SOURCES = tests/bench/hkpload.c tests/bench/keyring.c \
	tests/bench/keyring.h
tests_bench_hkpload_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_hkpload_LDADD = $(PGP_LINK)
tests_bench_lmtpload_SOURCES = tests/bench/lmtpload.c tests/bench/keyring.c \
	tests/bench/keyring.h
tests_bench_lmtpload_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_lmtpload_LDADD = $(PGP_LINK)
tests_bench_mailsink_SOURCES = tests/bench/mailsink.c
tests_bench_mailsink_LDADD = $(BASE_LINK)

bench-tools: $(BENCH_TOOLS)
.PHONY: bench-tools
