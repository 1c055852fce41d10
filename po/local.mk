# Catalogues of the web pages' sentences. A new language: po/LANGUAGE.po from
# `make keypost.pot`, its name in LANGUAGES, and two lines as of de below.
LANGUAGES = de
PO_FILES = po/de.po
EXTRA_DIST += $(PO_FILES) po/README scripts/extract-words scripts/check-words
TESTS += scripts/check-words

if NLS
MO_FILES = po/de/LC_MESSAGES/keypost.mo
de_modir = $(localedir)/de/LC_MESSAGES
nodist_de_mo_DATA = po/de/LC_MESSAGES/keypost.mo
CLEANFILES += $(MO_FILES)

po/de/LC_MESSAGES/keypost.mo: po/de.po
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(MSGFMT) --check -o $@ $(srcdir)/po/de.po
endif

# Every sentence that is marked in source and templates, for translators.
keypost.pot:
	$(AM_V_GEN)$(SHELL) $(srcdir)/scripts/extract-words $(srcdir) >$@.tmp \
		&& mv $@.tmp $@
# Brings the catalogues up to date with it; then translate what is new.
update-po: keypost.pot
	for l in $(LANGUAGES); do msgmerge -q --no-wrap --update --backup=none \
		$(srcdir)/po/$$l.po keypost.pot || exit 1; done
CLEANFILES += keypost.pot
.PHONY: keypost.pot update-po
