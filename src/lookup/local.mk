noinst_LIBRARIES += liblookup.a
liblookup_a_SOURCES = \
	src/lookup/index.c \
	src/lookup/index.h \
	src/lookup/index_write.c \
	src/lookup/lookup.c \
	src/lookup/lookup.h \
	src/lookup/query_identity.c src/lookup/query.c \
	src/lookup/query.h \
	src/lookup/signers.c \
	src/lookup/signers.h
