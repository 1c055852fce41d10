# cmocka tests of src/store: UNIT_TESTS += and STORE_LINK
UNIT_TESTS += tests/unit/store/test_folder tests/unit/store/test_db \
	tests/unit/store/test_faults tests/unit/store/test_damage \
	tests/unit/store/test_sessions tests/unit/store/test_index \
	tests/unit/store/test_logfile tests/unit/store/test_snapshots
store_vfs_file = tests/unit/store/vfs_file.c tests/unit/store/vfs_file.h \
	$(SCRATCH) tests/unit/unit.h
store_test_flags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/contract
tests_unit_store_test_folder_SOURCES = tests/unit/store/test_folder.c \
	$(contract_backend)
tests_unit_store_test_folder_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_folder_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_unit_store_test_db_SOURCES = tests/unit/store/test_db.c \
	tests/unit/store/pragma.c tests/unit/store/pragma.h \
	$(contract_backend)
tests_unit_store_test_db_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_db_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_unit_store_test_faults_SOURCES = tests/unit/store/test_faults.c \
	tests/unit/store/faulty_vfs.c tests/unit/store/faulty_vfs.h \
	$(contract_backend)
tests_unit_store_test_faults_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_faults_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_unit_store_test_damage_SOURCES = tests/unit/store/test_damage.c \
	$(contract_backend)
tests_unit_store_test_damage_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_damage_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_unit_store_test_sessions_SOURCES = tests/unit/store/test_sessions.c \
	$(contract_backend)
tests_unit_store_test_sessions_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_sessions_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_unit_store_test_snapshots_SOURCES = tests/unit/store/test_snapshots.c \
	$(contract_backend)
tests_unit_store_test_snapshots_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_snapshots_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
tests_unit_store_test_index_SOURCES = tests/unit/store/test_index.c \
	$(contract_backend)
tests_unit_store_test_index_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_index_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
EXTRA_DIST += tests/data/store/version-0.sql
tests_unit_store_test_logfile_SOURCES = tests/unit/store/test_logfile.c \
	$(store_vfs_file)
tests_unit_store_test_logfile_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_recent
tests_unit_store_test_recent_SOURCES = tests/unit/store/test_recent.c \
	$(contract_backend)
tests_unit_store_test_recent_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_recent_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_found_again
tests_unit_store_test_found_again_SOURCES = \
	tests/unit/store/test_found_again.c $(contract_backend)
tests_unit_store_test_found_again_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_found_again_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_erase
tests_unit_store_test_erase_SOURCES = tests/unit/store/test_erase.c \
	$(contract_backend)
tests_unit_store_test_erase_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_erase_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_audit
tests_unit_store_test_audit_SOURCES = tests/unit/store/test_audit.c \
	$(contract_backend)
tests_unit_store_test_audit_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_audit_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_care
tests_unit_store_test_care_SOURCES = tests/unit/store/test_care.c \
	$(contract_backend)
tests_unit_store_test_care_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_care_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_migrate
tests_unit_store_test_migrate_SOURCES = tests/unit/store/test_migrate.c \
	tests/unit/store/pragma.c tests/unit/store/pragma.h \
	$(contract_backend)
tests_unit_store_test_migrate_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_migrate_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_bulk
tests_unit_store_test_bulk_SOURCES = tests/unit/store/test_bulk.c \
	tests/unit/store/filled.c tests/unit/store/filled.h \
	$(contract_backend)
tests_unit_store_test_bulk_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_bulk_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_bulk_new
tests_unit_store_test_bulk_new_SOURCES = tests/unit/store/test_bulk_new.c \
	tests/unit/store/filled.c tests/unit/store/filled.h \
	tests/unit/store/faulty_vfs.c tests/unit/store/faulty_vfs.h \
	$(contract_backend)
tests_unit_store_test_bulk_new_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_bulk_new_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_bulk_parts
tests_unit_store_test_bulk_parts_SOURCES = \
	tests/unit/store/test_bulk_parts.c $(contract_backend)
tests_unit_store_test_bulk_parts_CPPFLAGS = $(store_test_flags)
tests_unit_store_test_bulk_parts_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/store/test_behind
tests_unit_store_test_behind_SOURCES = tests/unit/store/test_behind.c \
	$(store_vfs_file)
tests_unit_store_test_behind_LDADD = $(STORE_LINK) $(CMOCKA_LIBS)
