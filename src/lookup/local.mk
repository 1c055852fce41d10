noinst_LIBRARIES += liblookup.a
liblookup_a_SOURCES = \
	src/lookup/index.c \
	src/lookup/index.h \
	src/lookup/index_write.c \
	src/lookup/listing.c \
	src/lookup/listing.h \
	src/lookup/lookup.c \
	src/lookup/lookup.h \
	src/lookup/lookup_all.c \
	src/lookup/lookup_all.h \
	src/lookup/lookup_digests.c \
	src/lookup/lookup_sort.c \
	src/lookup/lookup_sort.h \
	src/lookup/present.c \
	src/lookup/present.h \
	src/lookup/query.c \
	src/lookup/query.h \
	src/lookup/query_address.c \
	src/lookup/query_address.h \
	src/lookup/query_identity.c \
	src/lookup/redact.c \
	src/lookup/redact.h \
	src/lookup/revokers.c \
	src/lookup/revokers.h \
	src/lookup/rules.c \
	src/lookup/rules.h \
	src/lookup/signers.c \
	src/lookup/signers.h
