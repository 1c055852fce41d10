libhttp_a_SOURCES += \
	src/http/message/accept.c src/http/message/accept.h \
	src/http/message/accept_language.c \
	src/http/message/accept_language.h \
	src/http/message/form.c src/http/message/form.h \
	src/http/message/json_text.c src/http/message/json_text.h \
	src/http/message/multipart.c \
	src/http/message/reply.c src/http/message/reply.h \
	src/http/message/request.c src/http/message/request.h
