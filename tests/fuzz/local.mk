# Fuzz targets: tests/fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput, its
# seeds are tests/fuzz/seeds/NAME/*. With --enable-fuzzers libFuzzer drives
# them (make check-fuzz); otherwise replay.c runs the seeds in make check.
# tests/fuzz/options: how long a target's inputs are, and its dictionary.
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

FUZZ_TARGETS += tests/fuzz/fuzz_armor
tests_fuzz_fuzz_armor_SOURCES = tests/fuzz/fuzz_armor.c tests/fuzz/fuzz_pgp.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_armor_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_armor_LDADD = $(PGP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_packet
tests_fuzz_fuzz_packet_SOURCES = tests/fuzz/fuzz_packet.c tests/fuzz/fuzz_pgp.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_packet_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_packet_LDADD = $(PGP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_cert
tests_fuzz_fuzz_cert_SOURCES = tests/fuzz/fuzz_cert.c tests/fuzz/fuzz_pgp.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_cert_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_cert_LDADD = $(PGP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_verify
tests_fuzz_fuzz_verify_SOURCES = tests/fuzz/fuzz_verify.c tests/fuzz/fuzz_pgp.h \
	tests/fuzz/remember.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_verify_LDFLAGS = $(FUZZ_LINKFLAGS) -Wl,--wrap=pk_verify
tests_fuzz_fuzz_verify_LDADD = $(PGP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_merge
tests_fuzz_fuzz_merge_SOURCES = tests/fuzz/fuzz_merge.c tests/fuzz/fuzz_pgp.h \
	tests/fuzz/remember.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_merge_LDFLAGS = $(FUZZ_LINKFLAGS) -Wl,--wrap=pk_verify
tests_fuzz_fuzz_merge_LDADD = $(PGP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_signature
tests_fuzz_fuzz_signature_SOURCES = tests/fuzz/fuzz_signature.c tests/fuzz/fuzz_pgp.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_signature_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_signature_LDADD = $(PGP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_subpacket
tests_fuzz_fuzz_subpacket_SOURCES = tests/fuzz/fuzz_subpacket.c tests/fuzz/fuzz_pgp.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_subpacket_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_subpacket_LDADD = $(PGP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_user_id
tests_fuzz_fuzz_user_id_SOURCES = tests/fuzz/fuzz_user_id.c tests/fuzz/fuzz_pgp.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_user_id_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_user_id_LDADD = $(PGP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_query
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz_query.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_query_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_query_LDADD = $(LOOKUP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_conf
tests_fuzz_fuzz_conf_SOURCES = tests/fuzz/fuzz_conf.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_conf_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_conf_LDADD = $(CONF_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_form
tests_fuzz_fuzz_form_SOURCES = tests/fuzz/fuzz_form.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_form_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_form_LDADD = $(HTTP_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_route
tests_fuzz_fuzz_route_SOURCES = tests/fuzz/fuzz_route.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_route_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_route_LDADD = $(HTTP_LINK)
FUZZ_TARGETS += tests/fuzz/fuzz_sqlite
tests_fuzz_fuzz_sqlite_SOURCES = tests/fuzz/fuzz_sqlite.c \
	tests/unit/store/faulty_vfs.c tests/unit/store/faulty_vfs.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_sqlite_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit/store
tests_fuzz_fuzz_sqlite_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_sqlite_LDADD = $(STORE_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_incoming
tests_fuzz_fuzz_incoming_SOURCES = tests/fuzz/fuzz_incoming.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_incoming_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_incoming_LDADD = $(MAIL_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_command
tests_fuzz_fuzz_command_SOURCES = tests/fuzz/fuzz_command.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_command_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_command_LDADD = $(MAIL_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_head
tests_fuzz_fuzz_head_SOURCES = tests/fuzz/fuzz_head.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_head_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_head_LDADD = $(MAILAGENT_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_letter
tests_fuzz_fuzz_letter_SOURCES = tests/fuzz/fuzz_letter.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_letter_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_letter_LDADD = $(MAILAGENT_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_quoted
tests_fuzz_fuzz_quoted_SOURCES = tests/fuzz/fuzz_quoted.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_quoted_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_quoted_LDADD = $(MAILAGENT_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_smtp_reply
tests_fuzz_fuzz_smtp_reply_SOURCES = tests/fuzz/fuzz_smtp_reply.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_smtp_reply_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_smtp_reply_LDADD = $(MAILAGENT_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_imap_reply
tests_fuzz_fuzz_imap_reply_SOURCES = tests/fuzz/fuzz_imap_reply.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_imap_reply_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_imap_reply_LDADD = $(MAILAGENT_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_gossip
tests_fuzz_fuzz_gossip_SOURCES = tests/fuzz/fuzz_gossip.c \
	tests/unit/recon/talks.c tests/unit/recon/talks.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_gossip_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_gossip_LDADD = $(RECON_LINK)

FUZZ_TARGETS += tests/fuzz/fuzz_poly
tests_fuzz_fuzz_poly_SOURCES = tests/fuzz/fuzz_poly.c $(FUZZ_DRIVER)
tests_fuzz_fuzz_poly_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_poly_LDADD = $(RECON_LINK)

check_PROGRAMS += $(FUZZ_TARGETS)
if !FUZZERS
TESTS += $(FUZZ_TARGETS)
endif
EXTRA_DIST += tests/fuzz/replay.c tests/fuzz/seeds tests/fuzz/options \
	tests/fuzz/armor.dict tests/fuzz/openpgp.dict \
	tests/fuzz/smtp.dict tests/fuzz/gossip.dict

fuzz-smoke: $(FUZZ_TARGETS)
	@top_srcdir='$(abs_top_srcdir)' $(SHELL) \
		$(top_srcdir)/scripts/fuzz-smoke $(FUZZ_TARGETS)
fuzz-programs: $(FUZZ_TARGETS)
.PHONY: fuzz-smoke fuzz-programs
