# Catalogues of the web pages' sentences. A new language: po/LANGUAGE.po from
# `make keypost.pot`, and its name here.
PO_FILES = po/de.po
EXTRA_DIST += $(PO_FILES) po/README scripts/embed-words scripts/extract-words \
	scripts/check-words
TESTS += scripts/check-words

# Every sentence that is marked in source and templates, for translators.
keypost.pot:
	$(AM_V_GEN)$(SHELL) $(srcdir)/scripts/extract-words $(srcdir) >$@.tmp \
		&& mv $@.tmp $@
# Brings the catalogues up to date with it; then translate what is new.
update-po: keypost.pot
	for po in $(PO_FILES); do msgmerge -q --no-wrap --update --backup=none \
		$(srcdir)/$$po keypost.pot || exit 1; done
CLEANFILES += keypost.pot
.PHONY: keypost.pot update-po
