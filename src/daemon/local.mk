noinst_LIBRARIES += libdaemon.a
libdaemon_a_SOURCES = \
	src/daemon/client.c \
	src/daemon/client.h \
	src/daemon/client_block.c \
	src/daemon/client_body.c \
	src/daemon/client_peer.c \
	src/daemon/client_recon.c \
	src/daemon/client_status.c \
	src/daemon/control.c \
	src/daemon/control.h \
	src/daemon/heart.c \
	src/daemon/heart.h \
	src/daemon/lifecycle.c \
	src/daemon/lifecycle.h \
	src/daemon/lifecycle_reload.c \
	src/daemon/lifecycle_state.h \
	src/daemon/notify.c \
	src/daemon/notify.h \
	src/daemon/sandbox.c \
	src/daemon/sandbox.h \
	src/daemon/starter.c \
	src/daemon/starter.h \
	src/daemon/versions.c \
	src/daemon/versions.h

sbin_PROGRAMS += keypostd
keypostd_SOURCES = src/daemon/main.c
keypostd_LDADD = $(DAEMON_LINK)
