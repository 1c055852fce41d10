libhttp_a_SOURCES += \
	src/http/keys/add_answer.c src/http/keys/add_answer.h \
	src/http/keys/add_body.c src/http/keys/add_body.h \
	src/http/keys/get_answer.c src/http/keys/get_answer.h \
	src/http/keys/pks_add.c src/http/keys/pks_add.h \
	src/http/keys/pks_hashquery.c src/http/keys/pks_hashquery.h \
	src/http/keys/pks_lookup.c src/http/keys/pks_lookup.h
