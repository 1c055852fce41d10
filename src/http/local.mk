noinst_LIBRARIES += libhttp.a
libhttp_a_SOURCES = \
	src/http/route.c src/http/route.h \
	src/http/services.h

include src/http/server/local.mk
include src/http/message/local.mk
include src/http/keys/local.mk
include src/http/pages/local.mk
include src/http/state/local.mk
