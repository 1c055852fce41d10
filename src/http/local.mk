noinst_LIBRARIES += libhttp.a
libhttp_a_SOURCES = \
	src/http/accept.c src/http/accept.h \
	src/http/conn.c src/http/conn.h \
	src/http/dispatch.c src/http/dispatch.h \
	src/http/exchange.c src/http/exchange.h \
	src/http/form.c src/http/multipart.c src/http/form.h \
	src/http/get_answer.c src/http/get_answer.h \
	src/http/html.h \
	src/http/pace.c src/http/pace.h \
	src/http/page.c src/http/page.h \
	src/http/peer_address.c src/http/peer_address.h \
	src/http/pks_add.c src/http/pks_add.h \
	src/http/add_answer.c src/http/add_answer.h \
	src/http/add_body.c src/http/add_body.h \
	src/http/json_text.c src/http/json_text.h \
	src/http/pks_hashquery.c src/http/pks_hashquery.h \
	src/http/pks_lookup.c src/http/pks_lookup.h \
	src/http/client_rate.c src/http/client_rate.h \
	src/http/reply.c src/http/reply.h \
	src/http/request.c src/http/request.h \
	src/http/results.c src/http/results.h \
	src/http/route.c src/http/route.h \
	src/http/send.c src/http/send.h \
	src/http/server.c src/http/server.h \
	src/http/services.h \
	src/http/site.c src/http/site.h \
	src/http/slow.c src/http/slow.h \
	src/http/stats.c src/http/stats.h \
	src/http/wait.c src/http/wait.h
nodist_libhttp_a_SOURCES = src/http/html.c

HTML_FILES = src/http/html/layout.html src/http/html/home.html \
	src/http/html/search.html src/http/html/error.html \
	src/http/html/keypost.css src/http/html/keypost.svg
EXTRA_DIST += $(HTML_FILES)
BUILT_SOURCES += src/http/html.c
CLEANFILES += src/http/html.c

src/http/html.c: $(HTML_FILES) scripts/embed-text
	@$(MKDIR_P) src/http
	$(AM_V_GEN){ for n in layout home search error; do \
		$(SHELL) $(srcdir)/scripts/embed-text html_$$n \
			$(srcdir)/src/http/html/$$n.html || exit 1; done; \
	for x in css svg; do \
		$(SHELL) $(srcdir)/scripts/embed-text html_keypost_$$x \
			$(srcdir)/src/http/html/keypost.$$x || exit 1; done; \
	} > $@.tmp && mv $@.tmp $@
