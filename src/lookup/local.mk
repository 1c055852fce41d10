noinst_LIBRARIES += liblookup.a
liblookup_a_SOURCES = \
	src/lookup/index.h \
	src/lookup/lookup.h \
	src/lookup/query.h
