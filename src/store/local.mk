noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	src/store/care.c \
	src/store/care.h \
	src/store/ids.h \
	src/store/pack.h \
	src/store/change.h \
	src/store/ops.h \
	src/store/peer.h \
	src/store/pool.c \
	src/store/store.c src/store/store_write.c \
	src/store/store.h \
	src/store/sqlite/audit.c \
	src/store/sqlite/audit.h \
	src/store/sqlite/audit_anew.c \
	src/store/sqlite/audit_facts.c \
	src/store/sqlite/audit_indexes.c \
	src/store/sqlite/audit_repair.c \
	src/store/sqlite/audit_rows.c \
	src/store/sqlite/audit_settle.c \
	src/store/sqlite/audit_structure.c \
	src/store/sqlite/backup.c \
	src/store/sqlite/backup.h \
	src/store/sqlite/behind.c \
	src/store/sqlite/behind.h \
	src/store/sqlite/behind_queue.c \
	src/store/sqlite/behind_queue.h \
	src/store/sqlite/bulk.c \
	src/store/sqlite/bulk.h \
	src/store/sqlite/bulk_digests.c \
	src/store/sqlite/bulk_find.c \
	src/store/sqlite/bulk_handles.c \
	src/store/sqlite/bulk_ops.c \
	src/store/sqlite/bulk_put.c \
	src/store/sqlite/bulk_put.h \
	src/store/sqlite/bulk_txn.c \
	src/store/sqlite/cert.c \
	src/store/sqlite/cert.h \
	src/store/sqlite/cert_put.c \
	src/store/sqlite/change.c \
	src/store/sqlite/change.h \
	src/store/sqlite/check.c \
	src/store/sqlite/check.h \
	src/store/sqlite/db.c \
	src/store/sqlite/db.h \
	src/store/sqlite/erase.c \
	src/store/sqlite/erase.h \
	src/store/sqlite/exchange.c \
	src/store/sqlite/exchange.h \
	src/store/sqlite/facts.c \
	src/store/sqlite/facts.h \
	src/store/sqlite/fault.c \
	src/store/sqlite/fault.h \
	src/store/sqlite/find.c \
	src/store/sqlite/folder.c \
	src/store/sqlite/folder.h \
	src/store/sqlite/hits.c \
	src/store/sqlite/hits.h \
	src/store/sqlite/ids.c \
	src/store/sqlite/ids.h \
	src/store/sqlite/index.c \
	src/store/sqlite/index.h \
	src/store/sqlite/levels.c \
	src/store/sqlite/levels.h \
	src/store/sqlite/logfile.c \
	src/store/sqlite/logfile.h \
	src/store/sqlite/mark.c \
	src/store/sqlite/mark.h \
	src/store/sqlite/meta.c \
	src/store/sqlite/meta.h \
	src/store/sqlite/migrate.c \
	src/store/sqlite/migrate.h \
	src/store/sqlite/steps.c \
	src/store/sqlite/upgrade.c \
	src/store/sqlite/upgrade.h \
	src/store/sqlite/peer.c \
	src/store/sqlite/peer.h \
	src/store/sqlite/raw.c \
	src/store/sqlite/raw.h \
	src/store/sqlite/raw_check.c \
	src/store/sqlite/raw_digests.c \
	src/store/sqlite/recent.c \
	src/store/sqlite/recent.h \
	src/store/sqlite/rejected.c \
	src/store/sqlite/rejected.h \
	src/store/sqlite/restore.c \
	src/store/sqlite/restore.h \
	src/store/sqlite/rowcheck.c \
	src/store/sqlite/rowcheck.h \
	src/store/sqlite/runs.c \
	src/store/sqlite/runs.h \
	src/store/sqlite/search.c \
	src/store/sqlite/search.h \
	src/store/sqlite/keyrow.c \
	src/store/sqlite/keyrow.h \
	src/store/sqlite/sqlite.c \
	src/store/sqlite/sqlite.h \
	src/store/sqlite/stmt.c \
	src/store/sqlite/stmt.h \
	src/store/sqlite/terms.c \
	src/store/sqlite/terms.h \
	src/store/sqlite/txn.c \
	src/store/sqlite/txn.h \
	src/store/sqlite/walk.c \
	src/store/sqlite/walk.h
nodist_libstore_a_SOURCES = src/store/sqlite/schema-1.c

# SQL is kept as plain files.
EXTRA_DIST += src/store/sqlite/schema-1.sql
CLEANFILES += src/store/sqlite/schema-1.c
src/store/sqlite/schema-1.c: src/store/sqlite/schema-1.sql scripts/embed-text
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(top_srcdir)/scripts/embed-text sqlite_schema_1 \
		$(top_srcdir)/src/store/sqlite/schema-1.sql >$@.tmp && \
	mv $@.tmp $@
