/* Promises about signed letters: what of them is handed on to be verified. */

#include "../unit.h"
#include "decoded.h"
#include "mailagent/signed.h"

#define HEAD                                                                   \
	"From: a@b.example\nSubject: incremental\n"                            \
	"Content-Type: multipart/signed; boundary=\"x y\"; "                   \
	"micalg=pgp-sha256\n"                                                  \
	"\npreamble\n--x y\n"
#define PART "Content-Type: application/pgp-keys\n\nmAAA\n"
#define SIGNATURE_HEAD "Content-Type: application/pgp-signature\n\n"
#define SIGNATURE                                                              \
	"-----BEGIN PGP SIGNATURE-----\n\niQAA\n-----END PGP SIGNATURE-----\n"

static void
assert_signed(const char *letter, const char *signed_part)
{
	struct decoded d = decode_str(letter);
	size_t want = signed_part != NULL;

	assert_ok(d.st);
	assert_int_equal(decoded_count(&d, LETTER_SIGNED), want);
	assert_int_equal(decoded_count(&d, LETTER_SIGNATURE), want);
	if (signed_part != NULL)
		assert_text(decoded_field(&d, LETTER_SIGNED, 0), signed_part);
	decoded_free(&d);
}

static void
test_signed_part_is_handed_on_as_it_was_signed(void **state)
{
	(void)state;
	/* The line end before the boundary is the boundary's. */
	assert_signed(HEAD PART "--x y\n" SIGNATURE_HEAD SIGNATURE "--x y--\n",
		"Content-Type: application/pgp-keys\r\n\r\nmAAA");
	assert_signed(HEAD PART "\n--x y\n" SIGNATURE_HEAD SIGNATURE
				"--x y--\n",
		"Content-Type: application/pgp-keys\r\n\r\nmAAA\r\n");
}

static void
test_nothing_may_stand_beside_it(void **state)
{
	(void)state;
	assert_signed(HEAD PART
		"--x y\n\nmore\n--x y\n" SIGNATURE_HEAD SIGNATURE "--x y--\n",
		NULL);
	assert_signed(HEAD PART "--x y\n" SIGNATURE_HEAD SIGNATURE
				"--x y\n\nmore\n--x y--\n",
		NULL);
	assert_signed(HEAD PART "--x y--\n", NULL);
}

static void
test_signature_must_be_one_of_openpgp(void **state)
{
	(void)state;
	assert_signed(HEAD PART "--x y\nContent-Type: text/plain\n\n" SIGNATURE
				"--x y--\n",
		NULL);
	assert_signed(HEAD PART
		"--x y\nContent-Type: application/pkcs7-signature\n\n" SIGNATURE
		"--x y--\n",
		NULL);
	assert_signed(HEAD PART "--x y\n\n" SIGNATURE "--x y--\n", NULL);
}

/* A letter with so many octets in its first part, lines of `wide`. */
static size_t
count_signed(size_t octets, size_t wide)
{
	static const char tail[] =
		"\n--x y\n" SIGNATURE_HEAD SIGNATURE "--x y--\n";
	struct buf letter = {0};
	struct decoded d;
	size_t n;

	assert_ok(buf_puts(&letter, HEAD "\n"));
	assert_ok(buf_reserve(&letter, octets));
	for (size_t i = 0; i < octets - 2; i++)
		letter.data[letter.len + i] = i % wide == 0 ? '\n' : 'A';
	letter.len += octets - 2;
	assert_ok(buf_puts(&letter, tail));
	d = decode_text(buf_view(&letter));
	assert_ok(d.st);
	n = decoded_count(&d, LETTER_SIGNED);
	decoded_free(&d);
	buf_done(&letter);
	return n;
}

static void
test_large_part_is_not_handed_on(void **state)
{
	(void)state;
	assert_int_equal(count_signed(SIGNED_PART_MAX, 64), 1);
	assert_int_equal(count_signed(SIGNED_PART_MAX + 1, 64), 0);
	/* Nor is one that line ends would swell. */
	assert_int_equal(count_signed(SIGNED_PART_MAX, 2), 0);
}

#define REPAIR                                                                 \
	"Content-Type: application/x-keypost-repair\n"                         \
	"Content-Transfer-Encoding: base64\n\nYWJj\n"

static void
assert_repair(const char *letter, bool is_one)
{
	struct decoded d = decode_str(letter);

	assert_ok(d.st);
	assert_int_equal(decoded_count(&d, LETTER_REPAIR), is_one);
	if (is_one)
		assert_text(decoded_field(&d, LETTER_REPAIR, 0), "abc");
	decoded_free(&d);
}

/* A letter of repair is a whole letter, or all of one that is signed. */
static void
test_letter_of_repair_may_be_signed(void **state)
{
	(void)state;
	assert_repair(HEAD REPAIR "--x y\n" SIGNATURE_HEAD SIGNATURE
				  "--x y--\n",
		true);
	assert_repair(HEAD "\nx\n--x y\n" REPAIR "--x y--\n", false);
	assert_repair("From: a@b.example\n"
		      "Content-Type: multipart/mixed; boundary=\"x y\"\n"
		      "\n--x y\n" REPAIR "--x y--\n",
		false);
	assert_repair(HEAD "Content-Type: multipart/mixed; boundary=z\n"
			   "\n--z\n" REPAIR
			   "--z--\n--x y\n" SIGNATURE_HEAD SIGNATURE
			   "--x y--\n",
		false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_signed_part_is_handed_on_as_it_was_signed),
		cmocka_unit_test(test_nothing_may_stand_beside_it),
		cmocka_unit_test(test_signature_must_be_one_of_openpgp),
		cmocka_unit_test(test_large_part_is_not_handed_on),
		cmocka_unit_test(test_letter_of_repair_may_be_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
