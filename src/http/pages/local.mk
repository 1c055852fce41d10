libhttp_a_SOURCES += \
	src/http/pages/add_page.c src/http/pages/add_page.h \
	src/http/pages/error.c src/http/pages/error.h \
	src/http/pages/error_words.c src/http/pages/error_words.h \
	src/http/pages/frame.c src/http/pages/frame.h \
	src/http/pages/glossary.c src/http/pages/glossary.h \
	src/http/pages/home.c src/http/pages/home.h \
	src/http/pages/html.h \
	src/http/pages/key_details.c src/http/pages/key_details.h \
	src/http/pages/key_entry.c src/http/pages/key_entry.h \
	src/http/pages/own_files.c src/http/pages/own_files.h \
	src/http/pages/page.c src/http/pages/page.h \
	src/http/pages/results.c src/http/pages/results.h \
	src/http/pages/show.c src/http/pages/show.h \
	src/http/pages/signatures.c src/http/pages/signatures.h \
	src/http/pages/site.h \
	src/http/pages/speak.c src/http/pages/speak.h \
	src/http/pages/static.c src/http/pages/static.h \
	src/http/pages/web_root.c src/http/pages/web_root.h
nodist_libhttp_a_SOURCES = src/http/pages/html.c

HTML_FILES = src/http/pages/html/layout.html src/http/pages/html/home.html \
	src/http/pages/html/submit.html \
	src/http/pages/html/search.html src/http/pages/html/error.html \
	src/http/pages/html/header.html src/http/pages/html/footer.html \
	src/http/pages/html/keypost.css src/http/pages/html/keypost.svg
EXTRA_DIST += $(HTML_FILES)
BUILT_SOURCES += src/http/pages/html.c
CLEANFILES += src/http/pages/html.c

src/http/pages/html.c: $(HTML_FILES) scripts/embed-text
	@$(MKDIR_P) src/http/pages
	$(AM_V_GEN){ for n in layout header footer home submit search error; do \
		$(SHELL) $(srcdir)/scripts/embed-text html_$$n \
			$(srcdir)/src/http/pages/html/$$n.html || exit 1; done; \
	for x in css svg; do \
		$(SHELL) $(srcdir)/scripts/embed-text html_keypost_$$x \
			$(srcdir)/src/http/pages/html/keypost.$$x || exit 1; done; \
	} > $@.tmp && mv $@.tmp $@
