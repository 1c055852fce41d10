noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	src/store/change.h \
	src/store/peer.h \
	src/store/store.h
