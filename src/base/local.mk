noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/base/arena.h \
	src/base/bytes.h \
	src/base/clock.h \
	src/base/counter.h \
	src/base/frame.h \
	src/base/hex.h \
	src/base/log.h \
	src/base/mailaddr.h \
	src/base/net.h \
	src/base/reader.h \
	src/base/status.h \
	src/base/workq.h
