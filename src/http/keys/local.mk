libhttp_a_SOURCES += \
	src/http/keys/add_answer.c src/http/keys/add_answer.h \
	src/http/keys/add_body.c src/http/keys/add_body.h \
	src/http/keys/describe.c \
	src/http/keys/describe.h \
	src/http/keys/find.c src/http/keys/find.h \
	src/http/keys/get_answer.c src/http/keys/get_answer.h \
	src/http/keys/index_json.c src/http/keys/index_json.h \
	src/http/keys/pks_add.c src/http/keys/pks_add.h \
	src/http/keys/pks_hashquery.c src/http/keys/pks_hashquery.h \
	src/http/keys/pks_lookup.c src/http/keys/pks_lookup.h \
	src/http/keys/prefix_set.c src/http/keys/prefix_set.h \
	src/http/keys/submit.c src/http/keys/submit.h \
	src/http/keys/v2_certs.c src/http/keys/v2_certs.h \
	src/http/keys/v2_index.c src/http/keys/v2_index.h \
	src/http/keys/v2_prefixlog.c src/http/keys/v2_prefixlog.h \
	src/http/keys/v2_refuse.c src/http/keys/v2_refuse.h \
	src/http/keys/v2_submit.c src/http/keys/v2_submit.h \
	src/http/keys/vks_get.c src/http/keys/vks_get.h \
	src/http/keys/vks_token.c src/http/keys/vks_token.h \
	src/http/keys/vks_upload.c src/http/keys/vks_upload.h
