noinst_LIBRARIES += libmailagent.a
libmailagent_a_SOURCES = \
	src/mailagent/classify.c src/mailagent/classify.h \
	src/mailagent/decode.c src/mailagent/decode.h \
	src/mailagent/head.c src/mailagent/head.h \
	src/mailagent/keyblock.c src/mailagent/keyblock.h \
	src/mailagent/letterhead.c src/mailagent/letterhead.h \
	src/mailagent/mime.c src/mailagent/mime.h \
	src/mailagent/mime_type.c src/mailagent/mime_type.h \
	src/mailagent/protocol.h \
	src/mailagent/text.c src/mailagent/text.h \
	src/mailagent/transfer.c src/mailagent/transfer.h \
	src/mailagent/word.c src/mailagent/word.h
