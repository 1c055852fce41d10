/*
 * What a stranger's text becomes on a page.
 */
#include <string.h>

#include "http/pages/page.h"
#include "http/pages/show.h"
#include "tests/unit/unit.h"

static struct page page;

static int
setup(void **state)
{
	(void)state;
	page_init(&page, 1 << 20);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	page_done(&page);
	return 0;
}

static void
test_markup_is_escaped(void **state)
{
	(void)state;
	page_puts(&page, "<b a=\"1\" c='2'>&amp;</b>");
	assert_text(buf_view(&page.out),
		"&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;");
}

static void
test_places_are_escaped_unless_written_by_a_page(void **state)
{
	struct page inner;
	struct page_var vars[2];

	(void)state;
	page_init(&inner, 1000);
	page_raw(&inner, "<p>");
	vars[0] = page_str("a", "<i>");
	vars[1] = page_html("b", &inner);
	page_expand(&page, bytes_of("x{{a}}y{{b}}{{a}}z{"), vars, 2);
	assert_text(buf_view(&page.out), "x&lt;i&gt;y<p>&lt;i&gt;z{");
	page_done(&inner);
}

static void
test_value_with_braces_is_not_expanded_again(void **state)
{
	struct page_var vars[] = {page_str("a", "{{a}}")};

	(void)state;
	page_expand(&page, bytes_of("{{a}}"), vars, 1);
	assert_text(buf_view(&page.out), "{{a}}");
}

static void
test_user_id_shows_controls_and_directions(void **state)
{
	(void)state;
	page_user_id(
		&page, bytes_of("A\n\x1B\x7F\xE2\x80\xAE"
				"B\xC2\x85<\xE2\x81\xA6>\xC3\xBC\xEF\xBB\xBF"));
	assert_text(buf_view(&page.out),
		"<bdi>A\\u000A\\u001B\\u007F\\u202EB\\u0085&lt;\\u2066&gt;"
		"\xC3\xBC\\uFEFF</bdi>");
}

static void
test_user_id_shows_octets_that_are_no_utf8(void **state)
{
	(void)state;
	page_user_id(&page, bytes_of("a\xFF\xC3(\xE2\x82"));
	assert_text(buf_view(&page.out), "<bdi>a\\xFF\\xC3(\\xE2\\x82</bdi>");
}

static void
test_user_id_keeps_a_nul_visible(void **state)
{
	(void)state;
	page_user_id(&page, bytes_make("a\0b", 3));
	assert_text(buf_view(&page.out), "<bdi>a\\u0000b</bdi>");
}

static void
test_long_user_id_is_a_remark(void **state)
{
	static char text[PAGE_USER_ID_MAX + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	page_user_id(&page, bytes_make(text, PAGE_USER_ID_MAX));
	assert_int_equal(page.out.len, PAGE_USER_ID_MAX + 11);
	buf_clear(&page.out);
	page_user_id(&page, bytes_make(text, PAGE_USER_ID_MAX + 1));
	assert_text(buf_view(&page.out), "<bdi>[1025-octet User ID]</bdi>");
}

static void
test_limit_is_told_once_at_the_end(void **state)
{
	struct buf body = {0};
	struct page small;

	(void)state;
	page_init(&small, 4);
	page_raw(&small, "1234");
	page_raw(&small, "5");
	page_raw(&small, "");
	assert_status(page_take(&small, &body), STATUS_LIMIT);
	page_init(&small, 4);
	page_raw(&small, "1234");
	assert_ok(page_take(&small, &body));
	assert_text(buf_view(&body), "1234");
	buf_done(&body);
}

/* What made it part of the key may be gone; what took it back counts. */
static void
test_who_revoked_what_it_never_confirmed_is_believed(void **state)
{
	static const char *const said[] = {
		"<strong class=\"expired\">not confirmed by the key</strong>",
		"<strong class=\"revoked\">revoked</strong>"};
	struct index_part u = {.text = bytes_of("Al")};
	struct page p;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		u.revoked = i == 1;
		page_init(&p, 1 << 10);
		show_user_id(&p, &u);
		assert_ok(buf_put_u8(&p.out, '\0'));
		assert_string_equal(
			strchr((char *)p.out.data, ' ') + 1, said[i]);
		page_done(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_markup_is_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_places_are_escaped_unless_written_by_a_page, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_value_with_braces_is_not_expanded_again, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_user_id_shows_controls_and_directions, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_user_id_shows_octets_that_are_no_utf8, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_user_id_keeps_a_nul_visible, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_long_user_id_is_a_remark, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_limit_is_told_once_at_the_end, setup, teardown),
		cmocka_unit_test(
			test_who_revoked_what_it_never_confirmed_is_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
