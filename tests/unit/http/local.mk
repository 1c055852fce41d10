# cmocka tests of src/http. Those of a running server share a harness.
HTTP_HARNESS = tests/unit/http/site_harness.c tests/unit/http/site_harness.h \
	tests/unit/http/site_keys.c \
	$(SCRATCH) \
	tests/bench/gen_cert.c tests/bench/gen_cert.h \
	tests/bench/gen_material.c tests/bench/gen_material.h \
	tests/unit/unit.h
HTTP_ONE_SITE = tests/unit/http/one_site.c tests/unit/http/one_site.h \
	$(HTTP_HARNESS)

UNIT_TESTS += tests/unit/http/test_transport
tests_unit_http_test_transport_SOURCES = tests/unit/http/test_transport.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_transport_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_transport_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_heads
tests_unit_http_test_heads_SOURCES = tests/unit/http/test_heads.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_heads_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_heads_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_pks_lookup
tests_unit_http_test_pks_lookup_SOURCES = tests/unit/http/test_pks_lookup.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_pks_lookup_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_pks_lookup_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

HTTP_LOOKUP_SITE = tests/unit/http/lookup_site.c tests/unit/http/lookup_site.h \
	$(HTTP_ONE_SITE)

UNIT_TESTS += tests/unit/http/test_lookup_terms
tests_unit_http_test_lookup_terms_SOURCES = \
	tests/unit/http/test_lookup_terms.c $(HTTP_LOOKUP_SITE)
tests_unit_http_test_lookup_terms_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_lookup_terms_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_lookup_words
tests_unit_http_test_lookup_words_SOURCES = \
	tests/unit/http/test_lookup_words.c $(HTTP_LOOKUP_SITE)
tests_unit_http_test_lookup_words_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_lookup_words_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_lookup_rules
tests_unit_http_test_lookup_rules_SOURCES = \
	tests/unit/http/test_lookup_rules.c $(HTTP_LOOKUP_SITE)
tests_unit_http_test_lookup_rules_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_lookup_rules_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_lookup_answers
tests_unit_http_test_lookup_answers_SOURCES = \
	tests/unit/http/test_lookup_answers.c $(HTTP_LOOKUP_SITE)
tests_unit_http_test_lookup_answers_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_lookup_answers_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_lookup_listing
tests_unit_http_test_lookup_listing_SOURCES = \
	tests/unit/http/test_lookup_listing.c $(HTTP_LOOKUP_SITE)
tests_unit_http_test_lookup_listing_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_lookup_listing_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_pks_add
tests_unit_http_test_pks_add_SOURCES = tests/unit/http/test_pks_add.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_pks_add_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_pks_add_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_add_outcomes
tests_unit_http_test_add_outcomes_SOURCES = tests/unit/http/test_add_outcomes.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_add_outcomes_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_add_outcomes_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_pks_add_body
tests_unit_http_test_pks_add_body_SOURCES = tests/unit/http/test_pks_add_body.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_pks_add_body_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_pks_add_body_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_limits
tests_unit_http_test_limits_SOURCES = tests/unit/http/test_limits.c \
	$(HTTP_HARNESS)
tests_unit_http_test_limits_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_limits_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_error_forms
tests_unit_http_test_error_forms_SOURCES = \
	tests/unit/http/test_error_forms.c $(HTTP_HARNESS)
tests_unit_http_test_error_forms_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_error_forms_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_counts
tests_unit_http_test_counts_SOURCES = tests/unit/http/test_counts.c \
	$(HTTP_HARNESS)
tests_unit_http_test_counts_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_counts_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_slow
tests_unit_http_test_slow_SOURCES = tests/unit/http/test_slow.c \
	$(HTTP_HARNESS)
tests_unit_http_test_slow_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_slow_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_slow_replies
tests_unit_http_test_slow_replies_SOURCES = \
	tests/unit/http/test_slow_replies.c $(HTTP_HARNESS)
tests_unit_http_test_slow_replies_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_slow_replies_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_concurrency
tests_unit_http_test_concurrency_SOURCES = tests/unit/http/test_concurrency.c \
	$(HTTP_HARNESS)
tests_unit_http_test_concurrency_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_concurrency_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_client_rate
tests_unit_http_test_client_rate_SOURCES = tests/unit/http/test_client_rate.c \
	$(HTTP_HARNESS)
tests_unit_http_test_client_rate_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_client_rate_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_pks_hashquery
tests_unit_http_test_pks_hashquery_SOURCES = tests/unit/http/test_pks_hashquery.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_pks_hashquery_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_pks_hashquery_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_form
tests_unit_http_test_form_SOURCES = tests/unit/http/test_form.c $(AN_ARENA) \
	tests/unit/unit.h
tests_unit_http_test_form_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_form_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_request
tests_unit_http_test_request_SOURCES = tests/unit/http/test_request.c tests/unit/unit.h
tests_unit_http_test_request_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_request_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_route
tests_unit_http_test_route_SOURCES = tests/unit/http/test_route.c tests/unit/unit.h
tests_unit_http_test_route_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_route_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_reply
tests_unit_http_test_reply_SOURCES = tests/unit/http/test_reply.c tests/unit/unit.h
tests_unit_http_test_reply_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_reply_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_page
tests_unit_http_test_page_SOURCES = tests/unit/http/test_page.c tests/unit/unit.h
tests_unit_http_test_page_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_page_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_exchange
tests_unit_http_test_exchange_SOURCES = tests/unit/http/test_exchange.c \
	tests/unit/unit.h
tests_unit_http_test_exchange_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_exchange_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_gossip
tests_unit_http_test_gossip_SOURCES = tests/unit/http/test_gossip.c \
	$(HTTP_HARNESS)
tests_unit_http_test_gossip_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_gossip_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_share
tests_unit_http_test_share_SOURCES = tests/unit/http/test_share.c \
	tests/unit/unit.h
tests_unit_http_test_share_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_share_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_pace
tests_unit_http_test_pace_SOURCES = tests/unit/http/test_pace.c tests/unit/unit.h
tests_unit_http_test_pace_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_pace_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_conn
tests_unit_http_test_conn_SOURCES = tests/unit/http/test_conn.c tests/unit/unit.h
tests_unit_http_test_conn_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_conn_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_json_text
tests_unit_http_test_json_text_SOURCES = tests/unit/http/test_json_text.c
tests_unit_http_test_json_text_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_web_root
tests_unit_http_test_web_root_SOURCES = tests/unit/http/test_web_root.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_web_root_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_web_root_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_forwarded
tests_unit_http_test_forwarded_SOURCES = tests/unit/http/test_forwarded.c \
	$(HTTP_HARNESS)
tests_unit_http_test_forwarded_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_forwarded_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)
UNIT_TESTS += tests/unit/http/test_v2_certs
tests_unit_http_test_v2_certs_SOURCES = tests/unit/http/test_v2_certs.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_v2_certs_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_v2_certs_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_v2_prefixlog
tests_unit_http_test_v2_prefixlog_SOURCES = tests/unit/http/test_v2_prefixlog.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_v2_prefixlog_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_v2_prefixlog_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_v2_submit
tests_unit_http_test_v2_submit_SOURCES = tests/unit/http/test_v2_submit.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_v2_submit_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_v2_submit_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_vks
tests_unit_http_test_vks_SOURCES = tests/unit/http/test_vks.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_vks_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_vks_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_index_json
tests_unit_http_test_index_json_SOURCES = tests/unit/http/test_index_json.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_index_json_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_index_json_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_accept_weights
tests_unit_http_test_accept_weights_SOURCES = \
	tests/unit/http/test_accept_weights.c tests/unit/unit.h
tests_unit_http_test_accept_weights_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_accept_weights_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_accept_language
tests_unit_http_test_accept_language_SOURCES = \
	tests/unit/http/test_accept_language.c tests/unit/unit.h
tests_unit_http_test_accept_language_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_accept_language_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_languages
tests_unit_http_test_languages_SOURCES = tests/unit/http/test_languages.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_languages_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_languages_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_v2_rules
tests_unit_http_test_v2_rules_SOURCES = tests/unit/http/test_v2_rules.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_v2_rules_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_v2_rules_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)


UNIT_TESTS += tests/unit/http/test_health
tests_unit_http_test_health_SOURCES = tests/unit/http/test_health.c \
	$(HTTP_HARNESS)
tests_unit_http_test_health_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_health_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_metrics
tests_unit_http_test_metrics_SOURCES = tests/unit/http/test_metrics.c \
	tests/unit/unit.h
tests_unit_http_test_metrics_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_metrics_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_render
tests_unit_http_test_render_SOURCES = tests/unit/http/test_render.c \
	tests/unit/http/made_up.c tests/unit/http/made_up.h tests/unit/unit.h
tests_unit_http_test_render_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_render_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_render_peers
tests_unit_http_test_render_peers_SOURCES = tests/unit/http/test_render_peers.c \
	tests/unit/http/made_up.c tests/unit/http/made_up.h tests/unit/unit.h
tests_unit_http_test_render_peers_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_render_peers_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_pictures
tests_unit_http_test_pictures_SOURCES = tests/unit/http/test_pictures.c \
	tests/unit/http/made_up.c tests/unit/http/made_up.h tests/unit/unit.h
tests_unit_http_test_pictures_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_pictures_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_gather
tests_unit_http_test_gather_SOURCES = tests/unit/http/test_gather.c \
	$(HTTP_HARNESS)
tests_unit_http_test_gather_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_gather_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_accept
tests_unit_http_test_accept_SOURCES = tests/unit/http/test_accept.c \
	$(HTTP_HARNESS)
tests_unit_http_test_accept_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_accept_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_key_pages
tests_unit_http_test_key_pages_SOURCES = tests/unit/http/test_key_pages.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_key_pages_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_key_pages_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_site_pages
tests_unit_http_test_site_pages_SOURCES = tests/unit/http/test_site_pages.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_site_pages_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_site_pages_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)

UNIT_TESTS += tests/unit/http/test_verified
tests_unit_http_test_verified_SOURCES = tests/unit/http/test_verified.c \
	$(HTTP_ONE_SITE)
tests_unit_http_test_verified_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_http_test_verified_LDADD = $(HTTP_LINK) $(CMOCKA_LIBS)
