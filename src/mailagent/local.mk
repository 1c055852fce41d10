noinst_LIBRARIES += libmailagent.a
libmailagent_a_SOURCES = \
	src/mailagent/protocol.h
