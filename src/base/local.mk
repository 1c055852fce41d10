noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/base/agent_fd.h \
	src/base/agent_program.c src/base/agent_program.h \
	src/base/arena.c src/base/arena.h \
	src/base/bytes.c src/base/bytes.h \
	src/base/canary.c src/base/canary.h \
	src/base/catalogue.h \
	src/base/clock.c src/base/clock.h \
	src/base/control.h \
	src/base/counter.c src/base/counter.h \
	src/base/crash.c src/base/crash.h \
	src/base/fetch.c src/base/fetch.h \
	src/base/file.c src/base/file.h \
	src/base/file_out.c src/base/file_out.h \
	src/base/frame.c src/base/frame.h \
	src/base/gossip.c src/base/gossip.h \
	src/base/mend.c src/base/mend.h \
	src/base/hex.c src/base/hex.h \
	src/base/imapurl.c src/base/imapurl.h \
	src/base/lock.c src/base/lock.h \
	src/base/log.c src/base/log.h \
	src/base/mailaddr.c src/base/mailaddr.h \
	src/base/net.c src/base/net_open.c src/base/net.h \
	src/base/private.c src/base/private.h \
	src/base/reader.c src/base/reader.h \
	src/base/spool.c src/base/spool.h \
	src/base/status.c src/base/status.h \
	src/base/thread.c src/base/thread.h \
	src/base/wake.c src/base/wake.h \
	src/base/words.c src/base/words.h \
	src/base/workq.c src/base/workq.h
nodist_libbase_a_SOURCES = src/base/catalogue.c
BUILT_SOURCES += src/base/catalogue.c
CLEANFILES += src/base/catalogue.c

src/base/catalogue.c: $(PO_FILES) scripts/embed-words
	@$(MKDIR_P) src/base
	$(AM_V_GEN)(cd $(srcdir) && $(SHELL) scripts/embed-words $(PO_FILES)) \
		>$@.tmp && mv $@.tmp $@
