# Benchmarks report; tests decide. `make bench-tools` builds what the scripts
# need. Some of them serve the integration tests, too.
BENCH_HELPERS = tests/bench/gen-keys tests/bench/gen-poison \
	tests/bench/mailsink tests/bench/lmtpload tests/bench/hkpload
BENCH_TOOLS = $(BENCH_HELPERS) tests/bench/bench-ingest tests/bench/bench-agent \
	tests/bench/bare-mhd tests/bench/bench_level tests/bench/bench_store \
	tests/bench/bench_pgp tests/bench/bench_raise \
	tests/bench/bench_summary tests/bench/bench_talk \
	tests/bench/bench_tombstones tests/bench/recon_tree \
	tests/tools/kpdigest tests/tools/kphashquery tests/tools/kpsplit
EXTRA_PROGRAMS += tests/bench/bench-ingest \
	tests/bench/bench-agent tests/bench/bare-mhd
check_PROGRAMS += $(BENCH_HELPERS)
tests_bench_hkpload_SOURCES = tests/bench/hkpload.c tests/bench/ask.c \
	tests/bench/ask.h tests/bench/keyring.c tests/bench/keyring.h
tests_bench_hkpload_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_hkpload_LDADD = $(PGP_LINK)
tests_bench_bare_mhd_SOURCES = tests/bench/bare_mhd.c \
	tests/bench/bare_sqlite.c tests/bench/bare_sqlite.h
tests_bench_bare_mhd_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_bare_mhd_LDADD = $(PGP_LINK) $(MHD_LIBS) $(SQLITE_LIBS) \
	$(PTHREAD_LIBS)
tests_bench_lmtpload_SOURCES = tests/bench/lmtpload.c tests/bench/keyring.c \
	tests/bench/keyring.h
tests_bench_lmtpload_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_lmtpload_LDADD = $(PGP_LINK)
tests_bench_mailsink_SOURCES = tests/bench/mailsink.c
tests_bench_mailsink_LDADD = $(BASE_LINK)
tests_bench_gen_keys_SOURCES = tests/bench/gen_keys.c tests/bench/gen_cert.c \
	tests/bench/gen_cert.h tests/bench/gen_material.c \
	tests/bench/gen_material.h tests/bench/gen_quick.c \
	tests/bench/gen_quick.h
tests_bench_gen_keys_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_gen_keys_LDADD = $(PGP_LINK)
tests_bench_gen_poison_SOURCES = tests/bench/gen_poison.c \
	tests/bench/gen_cert.c tests/bench/gen_cert.h \
	tests/bench/gen_material.c tests/bench/gen_material.h
tests_bench_gen_poison_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_gen_poison_LDADD = $(PGP_LINK)
tests_bench_bench_ingest_SOURCES = tests/bench/bench_ingest.c \
	tests/bench/keyring.c tests/bench/keyring.h
tests_bench_bench_ingest_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_bench_ingest_LDADD = $(INGEST_LINK)
tests_bench_bench_agent_SOURCES = tests/bench/bench_agent.c
tests_bench_bench_agent_LDADD = $(MAILAGENT_LINK)

bench-tools: $(BENCH_TOOLS)
.PHONY: bench-tools

EXTRA_PROGRAMS += tests/bench/bench_pgp
tests_bench_bench_pgp_SOURCES = tests/bench/bench_pgp.c tests/bench/spent.h
tests_bench_bench_pgp_LDADD = $(PGP_LINK)

EXTRA_PROGRAMS += tests/bench/bench_level
tests_bench_bench_level_SOURCES = tests/bench/bench_level.c tests/bench/spent.h \
	tests/bench/gen_cert.c tests/bench/gen_cert.h \
	tests/bench/gen_material.c tests/bench/gen_material.h \
	tests/bench/gen_quick.h
tests_bench_bench_level_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_bench_level_LDADD = $(PGP_LINK)
tests_bench_bench_level_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=gcry_pk_verify

EXTRA_PROGRAMS += tests/bench/bench_summary
tests_bench_bench_summary_SOURCES = tests/bench/bench_summary.c tests/bench/spent.h \
	tests/unit/mail/pair.c tests/unit/mail/pair.h
tests_bench_bench_summary_LDADD = $(MAIL_LINK)
EXTRA_PROGRAMS += tests/bench/recon_tree
tests_bench_recon_tree_SOURCES = tests/bench/recon_tree.c tests/bench/spent.h
tests_bench_recon_tree_LDADD = $(RECON_LINK)

EXTRA_PROGRAMS += tests/bench/bench_talk
tests_bench_bench_talk_SOURCES = tests/bench/bench_talk.c tests/bench/spent.h \
	tests/unit/recon/talks.c tests/unit/recon/talks.h
tests_bench_bench_talk_LDADD = $(RECON_LINK)
EXTRA_PROGRAMS += tests/bench/bench_store
tests_bench_bench_store_SOURCES = tests/bench/bench_store.c \
	tests/bench/bench_store_bare.c tests/bench/bench_sample.c \
	tests/bench/bench_sample.h
tests_bench_bench_store_LDADD = $(STORE_LINK)

EXTRA_PROGRAMS += tests/bench/bench_tombstones
tests_bench_bench_tombstones_SOURCES = tests/bench/bench_tombstones.c tests/bench/spent.h \
	tests/bench/gen_material.c tests/bench/gen_material.h
tests_bench_bench_tombstones_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_bench_tombstones_LDADD = $(INGEST_LINK)

EXTRA_PROGRAMS += tests/bench/bench_raise
tests_bench_bench_raise_SOURCES = tests/bench/bench_raise.c tests/bench/spent.h \
	tests/bench/keyring.c tests/bench/keyring.h
tests_bench_bench_raise_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_bench_raise_LDADD = $(INGEST_LINK)

# What needs nothing but itself; one line for each number.
bench: bench-tools
	tests/bench/bench_pgp
	tests/bench/bench_level
	tests/bench/bench_raise
	tests/bench/bench_tombstones
	tests/bench/bench_store
	tests/bench/bench_summary 100000
	tests/bench/bench_talk
	tests/bench/recon_tree
.PHONY: bench

# Beside other servers and bare limits; each says what it takes and needs.
EXTRA_DIST += tests/bench/bench.sh tests/bench/import.sh \
	tests/bench/lookup.sh tests/bench/submit.sh tests/bench/compare.sh \
	tests/bench/held.sh tests/bench/timed.py tests/bench/bare_bulk.py \
	tests/bench/mail.sh tests/bench/leaving.py tests/bench/recon.sh \
	tests/bench/all.sh
# What makes tables and plots of their rows.
EXTRA_DIST += tests/bench/report.sh tests/bench/rows.awk \
	tests/bench/median.awk tests/bench/figure.awk tests/bench/table.awk \
	tests/bench/targets.awk tests/bench/targets.tsv tests/bench/lines.awk \
	tests/bench/plot.gp tests/bench/plots.tsv
