# cmocka tests of src/pgp
EXTRA_DIST += tests/data/README tests/data/openpgp
VECTORS = tests/unit/pgp/vectors.c tests/unit/pgp/vectors.h tests/unit/unit.h
UNIT_TESTS += tests/unit/pgp/test_armor
tests_unit_pgp_test_armor_SOURCES = tests/unit/pgp/test_armor.c $(VECTORS)
tests_unit_pgp_test_armor_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_base64
tests_unit_pgp_test_base64_SOURCES = tests/unit/pgp/test_base64.c
tests_unit_pgp_test_base64_LDADD = $(PGP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_armor_repair
tests_unit_pgp_test_armor_repair_SOURCES = tests/unit/pgp/test_armor_repair.c $(VECTORS)
tests_unit_pgp_test_armor_repair_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_cert
tests_unit_pgp_test_cert_SOURCES = tests/unit/pgp/test_cert.c $(VECTORS)
tests_unit_pgp_test_cert_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_cert_limits
tests_unit_pgp_test_cert_limits_SOURCES = tests/unit/pgp/test_cert_limits.c \
	$(VECTORS)
tests_unit_pgp_test_cert_limits_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_delta
tests_unit_pgp_test_delta_SOURCES = tests/unit/pgp/test_delta.c $(VECTORS)
tests_unit_pgp_test_delta_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_digest
tests_unit_pgp_test_digest_SOURCES = tests/unit/pgp/test_digest.c tests/unit/unit.h
tests_unit_pgp_test_digest_LDADD = $(PGP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_explain
tests_unit_pgp_test_explain_SOURCES = tests/unit/pgp/test_explain.c $(VECTORS)
tests_unit_pgp_test_explain_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_laws
tests_unit_pgp_test_laws_SOURCES = tests/unit/pgp/test_laws.c \
	tests/unit/pgp/fragments.c tests/unit/pgp/fragments.h $(VECTORS)
tests_unit_pgp_test_laws_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_level_laws
tests_unit_pgp_test_level_laws_SOURCES = tests/unit/pgp/test_level_laws.c \
	tests/unit/pgp/fragments.c tests/unit/pgp/fragments.h $(VECTORS)
tests_unit_pgp_test_level_laws_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_levels
tests_unit_pgp_test_levels_SOURCES = tests/unit/pgp/test_levels.c $(VECTORS)
tests_unit_pgp_test_levels_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_manifest
tests_unit_pgp_test_manifest_SOURCES = tests/unit/pgp/test_manifest.c $(VECTORS)
tests_unit_pgp_test_manifest_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_merge
tests_unit_pgp_test_merge_SOURCES = tests/unit/pgp/test_merge.c $(VECTORS)
tests_unit_pgp_test_merge_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_mutations
tests_unit_pgp_test_mutations_SOURCES = tests/unit/pgp/test_mutations.c \
	tests/fuzz/remember.c $(VECTORS)
tests_unit_pgp_test_mutations_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pk_verify
tests_unit_pgp_test_mutations_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_packet
tests_unit_pgp_test_packet_SOURCES = tests/unit/pgp/test_packet.c $(AN_ARENA) \
	tests/unit/unit.h
tests_unit_pgp_test_packet_LDADD = $(PGP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_pk
tests_unit_pgp_test_pk_SOURCES = tests/unit/pgp/test_pk.c $(VECTORS)
tests_unit_pgp_test_pk_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_pk_sizes
tests_unit_pgp_test_pk_sizes_SOURCES = tests/unit/pgp/test_pk_sizes.c \
	tests/unit/unit.h
tests_unit_pgp_test_pk_sizes_LDADD = $(PGP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_pk_edwards
tests_unit_pgp_test_pk_edwards_SOURCES = tests/unit/pgp/test_pk_edwards.c $(VECTORS)
tests_unit_pgp_test_pk_edwards_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_limit_cases
tests_unit_pgp_test_limit_cases_SOURCES = tests/unit/pgp/test_limit_cases.c $(VECTORS)
tests_unit_pgp_test_limit_cases_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_public_key
tests_unit_pgp_test_public_key_SOURCES = tests/unit/pgp/test_public_key.c $(VECTORS)
tests_unit_pgp_test_public_key_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_sign
tests_unit_pgp_test_sign_SOURCES = tests/unit/pgp/test_sign.c tests/unit/unit.h
tests_unit_pgp_test_sign_LDADD = $(PGP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_signature
tests_unit_pgp_test_signature_SOURCES = tests/unit/pgp/test_signature.c tests/unit/unit.h
tests_unit_pgp_test_signature_LDADD = $(PGP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_user_id
tests_unit_pgp_test_user_id_SOURCES = tests/unit/pgp/test_user_id.c $(AN_ARENA) \
	tests/unit/unit.h
tests_unit_pgp_test_user_id_LDADD = $(PGP_LINK) $(CMOCKA_LIBS)
FORGE = tests/unit/pgp/forge.c tests/unit/pgp/forge.h \
	tests/bench/gen_material.c tests/bench/gen_material.h
UNIT_TESTS += tests/unit/pgp/test_attacks
tests_unit_pgp_test_attacks_SOURCES = tests/unit/pgp/test_attacks.c $(VECTORS) \
	tests/unit/pgp/attack.c tests/unit/pgp/attack.h $(FORGE)
tests_unit_pgp_test_attacks_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_pgp_test_attacks_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_budget
tests_unit_pgp_test_budget_SOURCES = tests/unit/pgp/test_budget.c $(VECTORS) \
	tests/unit/pgp/attack.c tests/unit/pgp/attack.h $(FORGE)
tests_unit_pgp_test_budget_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_pgp_test_budget_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_variants
tests_unit_pgp_test_variants_SOURCES = tests/unit/pgp/test_variants.c $(VECTORS) \
	tests/unit/pgp/variants.c tests/unit/pgp/variants.h $(FORGE)
tests_unit_pgp_test_variants_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_pgp_test_variants_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_verify
tests_unit_pgp_test_verify_SOURCES = tests/unit/pgp/test_verify.c $(VECTORS)
tests_unit_pgp_test_verify_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_level_sizes
tests_unit_pgp_test_level_sizes_SOURCES = \
	tests/unit/pgp/test_level_sizes.c $(VECTORS) \
	tests/unit/pgp/attack.c tests/unit/pgp/attack.h $(FORGE)
tests_unit_pgp_test_level_sizes_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_pgp_test_level_sizes_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/pgp/test_level_rules
tests_unit_pgp_test_level_rules_SOURCES = \
	tests/unit/pgp/test_level_rules.c $(VECTORS) \
	tests/unit/pgp/attack.c tests/unit/pgp/attack.h $(FORGE)
tests_unit_pgp_test_level_rules_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_pgp_test_level_rules_LDADD = $(PGP_LINK) $(JANSSON_LIBS) $(CMOCKA_LIBS)
