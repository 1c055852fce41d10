libhttp_a_SOURCES += \
	src/http/server/accept.c src/http/server/accept.h \
	src/http/server/admit.c src/http/server/admit.h \
	src/http/server/arrive.c src/http/server/arrive.h \
	src/http/server/body.c src/http/server/body.h \
	src/http/server/client_rate.c src/http/server/client_rate.h \
	src/http/server/conn.c src/http/server/conn.h \
	src/http/server/dispatch.c src/http/server/dispatch.h \
	src/http/server/exchange.c src/http/server/exchange.h \
	src/http/server/forwarded.c src/http/server/forwarded.h \
	src/http/server/head.c src/http/server/head.h \
	src/http/server/library.c src/http/server/library.h \
	src/http/server/loop.c src/http/server/loop.h \
	src/http/server/loop_state.h \
	src/http/server/pace.c src/http/server/pace.h \
	src/http/server/peer_address.c src/http/server/peer_address.h \
	src/http/server/send.c src/http/server/send.h \
	src/http/server/server.c src/http/server/server.h \
	src/http/server/share.c src/http/server/share.h \
	src/http/server/slow.c src/http/server/slow.h \
	src/http/server/wait.c src/http/server/wait.h
