noinst_LIBRARIES += libmailagent.a
libmailagent_a_SOURCES = \
	src/mailagent/agent.c src/mailagent/agent.h \
	src/mailagent/aside.c src/mailagent/aside.h \
	src/mailagent/bounce.c src/mailagent/bounce.h \
	src/mailagent/channel.c src/mailagent/channel.h \
	src/mailagent/classify.c src/mailagent/classify.h \
	src/mailagent/decode.c src/mailagent/decode.h \
	src/mailagent/folder.c src/mailagent/folder.h \
	src/mailagent/head.c src/mailagent/head.h \
	src/mailagent/child.c src/mailagent/child.h \
	src/mailagent/imap_client.c src/mailagent/imap_client.h \
	src/mailagent/imap_client_state.h \
	src/mailagent/imap_fetch.c src/mailagent/imap_login.c \
	src/mailagent/imap_guard.c src/mailagent/imap_guard.h \
	src/mailagent/imap_pass.c src/mailagent/imap_pass.h \
	src/mailagent/imap_state.c src/mailagent/imap_state.h \
	src/mailagent/imap_uids.c src/mailagent/imap_uids.h \
	src/mailagent/intake.c src/mailagent/intake.h \
	src/mailagent/job.c src/mailagent/job.h \
	src/mailagent/keyblock.c src/mailagent/keyblock.h \
	src/mailagent/landlock.c \
	src/mailagent/lean.c src/mailagent/lean.h \
	src/mailagent/letterhead.c src/mailagent/letterhead.h \
	src/mailagent/lmtp.c src/mailagent/lmtp.h \
	src/mailagent/lmtp_command.c src/mailagent/lmtp_command.h \
	src/mailagent/lmtp_rcpt.c src/mailagent/lmtp_rcpt.h \
	src/mailagent/loop.c src/mailagent/loop.h \
	src/mailagent/mime.c src/mailagent/mime.h \
	src/mailagent/mime_type.c src/mailagent/mime_type.h \
	src/mailagent/nursery.c src/mailagent/nursery.h \
	src/mailagent/nursery_process.c src/mailagent/nursery_process.h \
	src/mailagent/password.c src/mailagent/password.h \
	src/mailagent/protocol.h \
	src/mailagent/quarantine.c src/mailagent/quarantine.h \
	src/mailagent/relay.c src/mailagent/relay.h \
	src/mailagent/relay_auth.c src/mailagent/relay_auth.h \
	src/mailagent/relay_hello.c src/mailagent/relay_hello.h \
	src/mailagent/relay_open.c src/mailagent/relay_state.h \
	src/mailagent/relay_parcel.c src/mailagent/relay_parcel.h \
	src/mailagent/relay_places.c src/mailagent/relay_places.h \
	src/mailagent/relay_sent.c src/mailagent/relay_sent.h \
	src/mailagent/relay_session.c src/mailagent/relay_session.h \
	src/mailagent/relay_smtp.c src/mailagent/relay_smtp.h \
	src/mailagent/sandbox.c src/mailagent/sandbox.h \
	src/mailagent/relay_url.c src/mailagent/relay_url.h \
	src/mailagent/signed.c src/mailagent/signed.h \
	src/mailagent/source_imap.c src/mailagent/source_imap.h \
	src/mailagent/source_imap_session.c \
	src/mailagent/source_imap_state.h \
	src/mailagent/source_lmtp.c src/mailagent/source_lmtp.h \
	src/mailagent/source_maildir.c src/mailagent/source_maildir.h \
	src/mailagent/source_spool.c src/mailagent/source_spool.h \
	src/mailagent/text.c src/mailagent/text.h \
	src/mailagent/tls.c src/mailagent/tls.h \
	src/mailagent/tls_session.c src/mailagent/tls_session.h \
	src/mailagent/transfer.c src/mailagent/transfer.h \
	src/mailagent/tries.c src/mailagent/tries.h \
	src/mailagent/wire.c src/mailagent/wire.h \
	src/mailagent/word.c src/mailagent/word.h

pkglibexec_PROGRAMS += keypost-mail
keypost_mail_SOURCES = src/mailagent/main.c
keypost_mail_LDADD = $(MAILAGENT_LINK)
EXTRA_DIST += doc/decisions/relay-sessions.md
