noinst_LIBRARIES += libconf.a
libconf_a_SOURCES = \
	src/conf/conf.c \
	src/conf/conf.h \
	src/conf/conf_auth.c \
	src/conf/conf_auth.h \
	src/conf/conf_check.c \
	src/conf/conf_check.h \
	src/conf/conf_doubt.c \
	src/conf/conf_file.c \
	src/conf/conf_file.h \
	src/conf/conf_finish.c \
	src/conf/conf_gossip.c \
	src/conf/conf_gossip.h \
	src/conf/conf_load.c \
	src/conf/conf_load.h \
	src/conf/conf_path.c \
	src/conf/conf_table.c \
	src/conf/conf_table.h \
	src/conf/conf_table_gossip.c \
	src/conf/conf_table_mail.c \
	src/conf/conf_value.c \
	src/conf/conf_value.h \
	src/conf/datadir.c \
	src/conf/datadir.h \
	src/conf/identity.c \
	src/conf/identity.h \
	src/conf/suggest.c \
	src/conf/suggest.h
