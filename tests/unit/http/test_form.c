/*
 * What browsers, scripts and attackers put into a form, and what we read.
 */
#include <stdio.h>
#include <string.h>

#include "http/message/form.h"
#include "tests/unit/an_arena.h"
#include "tests/unit/unit.h"

static void
decodes(const char *in, bool plus, const char *want)
{
	char text[128];

	snprintf(text, sizeof(text), "%s", in);
	assert_text(bytes_make(text,
			    form_decode((uint8_t *)text, strlen(text), plus)),
		want);
}

static enum status
query(const char *text, struct form *form)
{
	struct err err;

	return form_read_query(arena, bytes_of(text), form, &err);
}

static void
test_percent_decodes_either_case(void **state)
{
	(void)state;
	decodes("a%2Fb%2fc", true, "a/b/c");
	decodes("a+b%2B", true, "a b+");
	decodes("a+b", false, "a+b");
}

static void
test_percent_without_two_digits_stays(void **state)
{
	(void)state;
	decodes("100%", true, "100%");
	decodes("100%2", true, "100%2");
	decodes("%zz%4", true, "%zz%4");
	decodes("%%41", true, "%A");
	decodes("%u12", true, "%u12");
}

static void
test_javascript_escapes_decode(void **state)
{
	(void)state;
	decodes("%u00FC%u20AC", true, "\xC3\xBC\xE2\x82\xAC");
	decodes("%uD83D%uDE00", true, "\xF0\x9F\x98\x80");
	decodes("%uD83D.", true, "\xEF\xBF\xBD.");
	decodes("%U0041", true, "A");
}

static void
test_value_that_is_no_utf8_is_latin1(void **state)
{
	struct form f;

	(void)state;
	assert_ok(query("search=J%FCrgen&x=J%C3%BCrgen", &f));
	assert_text(form_get(&f, "search"), "J\xC3\xBCrgen");
	assert_text(form_get(&f, "x"), "J\xC3\xBCrgen");
}

static void
test_pairs_come_in_any_order_first_wins(void **state)
{
	struct form f;
	struct bytes v;

	(void)state;
	assert_ok(query("search=a&&op=get&search=b&flag&=x", &f));
	assert_text(form_get(&f, "search"), "a");
	assert_text(form_get(&f, "op"), "get");
	assert_true(form_find(&f, "flag", &v));
	assert_int_equal(v.len, 0);
	assert_false(form_find(&f, "none", &v));
	assert_text(form_get(&f, "none"), "");
}

static void
test_options_are_a_union(void **state)
{
	struct form f;

	(void)state;
	assert_ok(query("options=mr,nm&options=json", &f));
	assert_true(form_has_option(&f, "mr"));
	assert_true(form_has_option(&f, "nm"));
	assert_true(form_has_option(&f, "JSON"));
	assert_false(form_has_option(&f, "m"));
	assert_false(form_has_option(&f, "mr,nm"));
	assert_ok(query("options=,&exact=ON&hash=yes", &f));
	assert_false(form_has_option(&f, ""));
	assert_true(form_is_on(&f, "exact"));
	assert_false(form_is_on(&f, "hash"));
}

static void
test_field_count_is_limited(void **state)
{
	char text[128] = "";
	struct form f;
	int i;

	(void)state;
	for (i = 0; i < FORM_FIELDS_MAX; i++)
		strcat(text, "a=1&");
	assert_ok(query(text, &f));
	assert_int_equal(f.count, FORM_FIELDS_MAX);
	strcat(text, "a=1");
	assert_status(query(text, &f), STATUS_MALFORMED);
}

static void
test_name_length_is_limited(void **state)
{
	char text[FORM_NAME_MAX + 8];
	struct form f;

	(void)state;
	memset(text, 'n', FORM_NAME_MAX);
	strcpy(text + FORM_NAME_MAX, "=1");
	assert_ok(query(text, &f));
	memset(text, 'n', FORM_NAME_MAX + 1);
	strcpy(text + FORM_NAME_MAX + 1, "=1");
	assert_status(query(text, &f), STATUS_MALFORMED);
}

static void
test_nul_passes_in_key_material_only(void **state)
{
	char body[] = "keytext=%99%00%FF&options=mr";
	struct form f;
	struct err err;

	(void)state;
	assert_status(query("search=a%00b", &f), STATUS_MALFORMED);
	assert_status(query("se%00arch=a", &f), STATUS_MALFORMED);
	assert_ok(
		form_read_body(arena, (uint8_t *)body, strlen(body), &f, &err));
	assert_int_equal(form_get(&f, "keytext").len, 3);
	assert_memory_equal(form_get(&f, "keytext").data, "\x99\x00\xFF", 3);
}

/* ---- multipart -------------------------------------------------------- */

static enum status
multipart(const char *text, const char *boundary, struct form *form)
{
	struct err err;

	return form_read_multipart(
		arena, bytes_of(text), bytes_of(boundary), form, &err);
}

#define PART(name, content)                                                    \
	"Content-Disposition: form-data; name=" name "\r\n\r\n" content "\r\n"

static void
test_multipart_parts_are_fields(void **state)
{
	struct form f;

	(void)state;
	assert_ok(multipart(
		"preamble\r\n--xx\r\n" PART("\"keytext\"",
			"line1\r\nline2") "--xx\r\n"
					  "content-disposition: form-data; "
					  "name=keytext; "
					  "filename=\"a.asc\"\r\nContent-Type: "
					  "x/y\r\n\r\n"
					  "\r\n--xx\r\n" PART("\"op\\\"x\"",
						  "1") "--xx--\r\nepilogue",
		"xx", &f));
	assert_int_equal(f.count, 3);
	assert_text(f.fields[0].value, "line1\r\nline2");
	assert_text(f.fields[1].name, "keytext");
	assert_text(f.fields[1].value, "");
	assert_text(f.fields[2].name, "op\"x");
}

static void
test_multipart_takes_bare_line_ends(void **state)
{
	struct form f;

	(void)state;
	assert_ok(multipart("--b\nContent-Disposition: form-data; name=\"k\"\n"
			    "\nv\n--b--",
		"b", &f));
	assert_text(form_get(&f, "k"), "v");
}

static void
test_multipart_keeps_what_only_looks_like_a_boundary(void **state)
{
	struct form f;

	(void)state;
	assert_ok(multipart(
		"--b\r\n" PART("keytext", "x--b\r\n--bb\r\n--b-\r\ny") "--b--",
		"b", &f));
	assert_text(form_get(&f, "keytext"), "x--b\r\n--bb\r\n--b-\r\ny");
}

static void
test_multipart_keeps_binary_octets(void **state)
{
	static const char text[] =
		"--b\r\n" PART("keytext", "\x99\0\r\n\xFF") "--b--\r\n";
	struct form f;
	struct err err;

	(void)state;
	assert_ok(form_read_multipart(arena, bytes_make(text, sizeof(text) - 1),
		bytes_of("b"), &f, &err));
	assert_int_equal(form_get(&f, "keytext").len, 5);
	assert_memory_equal(form_get(&f, "keytext").data, "\x99\0\r\n\xFF", 5);
}

static void
test_broken_multipart_is_malformed(void **state)
{
	static const char *const texts[] = {
		"",
		"no boundary at all",
		"--b\r\n",
		"--b\r\nno head\r\n--b--",
		"--b\r\n" PART("keytext", "cut"),
	};
	char long_boundary[80];
	struct form f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_status(multipart(texts[i], "b", &f), STATUS_MALFORMED);
	memset(long_boundary, 'b', 71);
	long_boundary[71] = '\0';
	assert_status(multipart("--b--", long_boundary, &f), STATUS_MALFORMED);
	assert_status(multipart("--\r\n--", "", &f), STATUS_MALFORMED);
}

static void
test_multipart_fields_are_limited(void **state)
{
	struct buf b = {0};
	struct form f;
	int i;

	(void)state;
	for (i = 0; i < FORM_FIELDS_MAX; i++)
		assert_ok(buf_puts(&b, "--b\r\n" PART("a", "1")));
	assert_ok(buf_puts(&b, "--b--\r\n"));
	assert_ok(buf_put_u8(&b, 0));
	assert_ok(multipart((char *)b.data, "b", &f));
	b.len -= 8;
	assert_ok(buf_puts(&b, "--b\r\n" PART("a", "1") "--b--\r\n"));
	assert_ok(buf_put_u8(&b, 0));
	assert_status(multipart((char *)b.data, "b", &f), STATUS_MALFORMED);
	buf_done(&b);
}

static void
test_parameters_of_a_header(void **state)
{
	struct bytes h = bytes_of("Multipart/Form-Data ; charset=x; "
				  "BOUNDARY = \"a;\\\"b\" ; z");
	struct bytes v;

	(void)state;
	assert_text(form_media_type(h), "Multipart/Form-Data");
	assert_ok(form_parameter(arena, h, "boundary", &v));
	assert_text(v, "a;\"b");
	assert_ok(form_parameter(arena, h, "charset", &v));
	assert_text(v, "x");
	assert_status(form_parameter(arena, h, "none", &v), STATUS_NOT_FOUND);
	assert_ok(form_parameter(
		arena, bytes_of("a; boundary=\"open"), "boundary", &v));
	assert_text(v, "open");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percent_decodes_either_case),
		cmocka_unit_test(test_percent_without_two_digits_stays),
		cmocka_unit_test(test_javascript_escapes_decode),
		cmocka_unit_test(test_value_that_is_no_utf8_is_latin1),
		cmocka_unit_test(test_pairs_come_in_any_order_first_wins),
		cmocka_unit_test(test_options_are_a_union),
		cmocka_unit_test(test_field_count_is_limited),
		cmocka_unit_test(test_name_length_is_limited),
		cmocka_unit_test(test_nul_passes_in_key_material_only),
		cmocka_unit_test(test_multipart_parts_are_fields),
		cmocka_unit_test(test_multipart_takes_bare_line_ends),
		cmocka_unit_test(
			test_multipart_keeps_what_only_looks_like_a_boundary),
		cmocka_unit_test(test_multipart_keeps_binary_octets),
		cmocka_unit_test(test_broken_multipart_is_malformed),
		cmocka_unit_test(test_multipart_fields_are_limited),
		cmocka_unit_test(test_parameters_of_a_header),
	};

	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
