# What an installation needs beside the programs.
EXTRA_DIST += doc/architecture.md doc/decisions doc/performance.md \
	doc/performance doc/simulation.md
dist_doc_DATA = README.md ChangeLog doc/moving.md doc/running.md
EXTRA_DIST += etc/keypost.conf etc/keypostd.service.in etc/keypost.sysusers
examplesdir = $(docdir)/examples
dist_examples_DATA = etc/examples/apache.conf etc/examples/grafana.json \
	etc/examples/haproxy.cfg etc/examples/nginx.conf
dist_man_MANS = doc/man/keypost.1 doc/man/keypost.conf.5 \
	doc/man/keypost-mail.7 doc/man/keypostd.8

unitdir = $(prefix)/lib/systemd/system
nodist_unit_DATA = etc/keypostd.service
CLEANFILES += etc/keypostd.service
etc/keypostd.service: $(top_srcdir)/etc/keypostd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) etc && sed 's,[@]sbindir[@],$(sbindir),' \
		$(top_srcdir)/etc/keypostd.service.in >$@.tmp && mv $@.tmp $@

# An operator's configuration is never replaced.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(sysconfdir)/keypost/conf.d' \
		'$(DESTDIR)$(sysconfdir)/keypost/peers.d' \
		'$(DESTDIR)$(prefix)/lib/sysusers.d'
	test -f '$(DESTDIR)$(sysconfdir)/keypost/keypost.conf' || \
		$(INSTALL_DATA) $(top_srcdir)/etc/keypost.conf \
			'$(DESTDIR)$(sysconfdir)/keypost/keypost.conf'
	$(INSTALL_DATA) $(top_srcdir)/etc/keypost.sysusers \
		'$(DESTDIR)$(prefix)/lib/sysusers.d/keypost.conf'

# The pages in the tree name the paths of a package; installed, their own.
install-data-hook:
	for page in man1/keypost.1 man5/keypost.conf.5 man7/keypost-mail.7 \
		man8/keypostd.8; do \
		sed -i -e 's,/etc/keypost/,$(sysconfdir)/keypost/,g' \
			-e 's,/usr/bin/keypost,$(bindir)/keypost,g' \
			-e 's,/usr/share/doc/keypost/,$(docdir)/,g' \
			"$(DESTDIR)$(mandir)/$$page" || exit 1; \
	done
	sed -i 's,/etc/keypost/,$(sysconfdir)/keypost/,g' \
		'$(DESTDIR)$(docdir)/moving.md' '$(DESTDIR)$(docdir)/running.md'

# One that was never changed goes with the rest.
uninstall-local:
	cmp -s $(top_srcdir)/etc/keypost.conf \
		'$(DESTDIR)$(sysconfdir)/keypost/keypost.conf' && \
		rm -f '$(DESTDIR)$(sysconfdir)/keypost/keypost.conf' || :
	rm -f '$(DESTDIR)$(prefix)/lib/sysusers.d/keypost.conf'

# Of the folders those that are ours and empty.
uninstall-hook:
	for dir in '$(examplesdir)' '$(docdir)' '$(pkglibexecdir)' \
		'$(sysconfdir)/keypost/conf.d' '$(sysconfdir)/keypost/peers.d' \
		'$(sysconfdir)/keypost'; do \
		rmdir "$(DESTDIR)$$dir" 2>/dev/null || :; \
	done
