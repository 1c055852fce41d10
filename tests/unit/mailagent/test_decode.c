/* Letters as strangers write them, down to the key blocks. */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "decoded.h"

#define BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
#define END "-----END PGP PUBLIC KEY BLOCK-----\n"
#define ARMOR BEGIN "\nmAAA\nBBBB\n=CCCC\n" END
#define HEAD "From: a@b.example\nSubject: incremental\n"
#define MIXED                                                                  \
	HEAD "Content-Type: multipart/mixed; boundary=\"x y\"\n\n"             \
	     "preamble\n--x y\n"

struct row {
	const char *name, *letter;
	size_t blocks;
	enum letter_block kind; /* of the first */
	const char *holds;      /* the first block */
};

/* What keyservers and people do to armor on its way. */
static const struct row rows[] = {
	{"LF plain", HEAD "\n" ARMOR, 1, BLOCK_PLAIN, ARMOR},
	{"CRLF throughout",
		"From: a@b.example\r\nSubject: incremental\r\n\r\n"
		"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmAAA\r\n",
		1, BLOCK_PLAIN, "BLOCK-----\r\n\r\nmAAA"},
	{"quoted-printable",
		HEAD "Content-Transfer-Encoding: quoted-printable\n\n" BEGIN
		     "\nmA=41=\nA\n=3DCCCC  \n" END,
		1, BLOCK_PLAIN, "\n\nmAAA\n=CCCC\n-----END"},
	{"base64 of armor",
		HEAD "Content-Transfer-Encoding: base64\n\n"
		     "LS0tLS1CRUdJTiBQR1AgUFVCTElDIEtFWSBCTE9DSy0tLS0tCg\n"
		     "ptQUFBCg==\n",
		1, BLOCK_PLAIN, BEGIN "\nmAAA\n"},
	{"base64 of a binary keyring",
		HEAD "Content-Type: application/pgp-keys\n"
		     "Content-Transfer-Encoding: base64\n\nmQENBA==\n",
		1, BLOCK_BINARY, "\x99\x01\x0d\x04"},
	{"multipart, 7bit part",
		MIXED "Content-Type: application/pgp-keys\n\n" ARMOR
		      "--x y--\nepilogue\n",
		1, BLOCK_PLAIN, ARMOR},
	{"multipart without its end",
		MIXED "Content-Type: text/plain\n\n" ARMOR, 1, BLOCK_PLAIN,
		ARMOR},
	{"no CRC, no END", HEAD "\n" BEGIN "\nmAAA\n", 1, BLOCK_PLAIN,
		BEGIN "\nmAAA\n"},
	{"two blocks in one text", HEAD "\n" ARMOR "text\n" ARMOR, 1,
		BLOCK_PLAIN, "text\n" BEGIN},
	{"text before, signature after", HEAD "\nhello\n" ARMOR "-- \nme\n", 1,
		BLOCK_PLAIN, "hello\n" BEGIN},
	{"blank line inside the base64", HEAD "\n" BEGIN "\nmAAA\n\nBBBB\n" END,
		1, BLOCK_PLAIN, "mAAA\n\nBBBB"},
	{"trailing blanks", HEAD "\n" BEGIN "\nmAAA  \nBBBB\t\n" END, 1,
		BLOCK_PLAIN, "mAAA  \n"},
	{"separator of blanks", HEAD "\n" BEGIN "   \nmAAA\n" END, 1,
		BLOCK_PLAIN, BEGIN "   \nmAAA"},
	{"dash-escaped in a cleartext signature",
		HEAD "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
		     "- -----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmAAA\n"
		     "- " END "-----BEGIN PGP SIGNATURE-----\n\n- x\n"
		     "-----END PGP SIGNATURE-----\n",
		1, BLOCK_PLAIN, "\n" BEGIN "\nmAAA\n" END},
	{"quoted", HEAD "\nhe wrote:\n> > " BEGIN "> >\n> > mAAA\n> > " END, 1,
		BLOCK_QUOTED, BEGIN "\nmAAA\n" END},
	{"inside of HTML, as text",
		HEAD "\n<html><pre>" BEGIN "\nmAAA\n" END "</pre>\n", 1,
		BLOCK_HTML, "\n" BEGIN "\nmAAA\n" END},
	{"inside of HTML, own lines", HEAD "\n<html><pre>\n" ARMOR "</pre>\n",
		1, BLOCK_PLAIN, ARMOR},
	{"text/html",
		HEAD "Content-Type: text/html\n\n"
		     "<div>-----BEGIN PGP PUBLIC KEY BLOCK-----</div><br>"
		     "mA&#43;A<br/>&#61;CCCC\n",
		1, BLOCK_HTML, BEGIN "\nmA+A\n=CCCC"},
	{"another type of armor first",
		HEAD "\n-----BEGIN PGP MESSAGE-----\n\nyyyy\n"
		     "-----END PGP MESSAGE-----\n" ARMOR,
		1, BLOCK_PLAIN, "END PGP MESSAGE-----\n" BEGIN},
	{"unarmored binary body", HEAD "\n\x99\x01\x0d\x04\n", 1, BLOCK_BINARY,
		"\x99\x01\x0d\x04"},
	{"format=flowed, space-stuffed",
		HEAD "Content-Type: text/plain; format=flowed\n\n"
		     " -----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmAAA\n",
		1, BLOCK_PLAIN, BEGIN "\nmAAA\n"},
	{"attachment named like a key",
		MIXED
		"Content-Type: application/octet-stream\n"
		"Content-Disposition: attachment; filename=k.ASC\n\n" ARMOR
		"--x y--\n",
		1, BLOCK_PLAIN, ARMOR},
	{"attachment named otherwise",
		MIXED
		"Content-Type: application/octet-stream; name=x.exe\n\n" ARMOR
		"--x y--\n",
		0, BLOCK_PLAIN, NULL},
	{"two parts with keys",
		MIXED "\n" ARMOR "--x y\nContent-Type: application/pgp-keys\n\n"
		      "\x99\x01--\n--x y--\n",
		2, BLOCK_PLAIN, ARMOR},
	{"multipart/signed",
		HEAD "Content-Type: multipart/signed; boundary=b;\n"
		     " protocol=\"application/pgp-signature\"\n\n--b\n\n" ARMOR
		     "--b\nContent-Type: application/pgp-signature\n\n"
		     "-----BEGIN PGP SIGNATURE-----\n--b--\n",
		1, BLOCK_PLAIN, ARMOR},
	{"multipart/encrypted is not opened",
		HEAD
		"Content-Type: multipart/encrypted; boundary=b\n\n--b\n\n" ARMOR
		"--b--\n",
		0, BLOCK_PLAIN, NULL},
	{"a forwarded letter is not opened",
		HEAD "Content-Type: message/rfc822\n\n" HEAD "\n" ARMOR, 0,
		BLOCK_PLAIN, NULL},
	{"parts of a digest are letters",
		HEAD
		"Content-Type: multipart/digest; boundary=b\n\n--b\n\n" HEAD
		"\n" ARMOR "--b--\n",
		0, BLOCK_PLAIN, NULL},
	{"mbox lines",
		"From b@c.example Sun Nov 22 08:00:00 2026\n>From x\n" HEAD
		"\n" ARMOR,
		1, BLOCK_PLAIN, ARMOR},
	{"no blank line after the head", HEAD ARMOR, 1, BLOCK_PLAIN, ARMOR},
	{"a line that is no field",
		"From: a@b.example\nnonsense\n" HEAD "\n" ARMOR, 1, BLOCK_PLAIN,
		ARMOR},
	{"no key at all", HEAD "\nhello\n", 0, BLOCK_PLAIN, NULL},
};

static bool
holds(struct bytes where, const char *what)
{
	return where.len > 0 &&
	       memmem(where.data, where.len, what, strlen(what)) != NULL;
}

static void
check_row(const struct row *row)
{
	struct decoded d = decode_str(row->letter);
	uint64_t kind;

	if (d.st != STATUS_OK)
		fail_msg("%s: %s", row->name, d.why.text);
	if (decoded_count(&d, LETTER_BLOCK) != row->blocks)
		fail_msg("%s: %zu blocks", row->name,
			decoded_count(&d, LETTER_BLOCK));
	if (row->blocks > 0) {
		kind = frame_number(decoded_field(&d, LETTER_BLOCK_KIND, 0));
		if (kind != (uint64_t)row->kind)
			fail_msg("%s: kind %d", row->name, (int)kind);
		if (!holds(decoded_field(&d, LETTER_BLOCK, 0), row->holds))
			fail_msg("%s: not the block", row->name);
	}
	assert_text(decoded_field(&d, LETTER_SUBJECT, 0), "incremental");
	decoded_free(&d);
}

static void
test_each_variant_of_armor_is_found(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i]);
}

static struct decoded
decode_sample(const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	struct buf text = {.len = 0};
	struct decoded d;
	struct err err;

	snprintf(path, sizeof(path), "%s/tests/data/letters/%s",
		top != NULL ? top : ".", name);
	assert_ok(file_read(path, 1 << 20, &text, &err));
	d = decode_text(buf_view(&text));
	assert_ok(d.st);
	buf_done(&text);
	return d;
}

static const struct {
	const char *file, *subject, *from, *sender;
	size_t seen, to, blocks;
	const char *first_seen;
	enum letter_machine machine;
} samples[] = {
	{"pksd.eml", "incremental", "pgp-admin@b.example",
		"mailer-daemon@b.example", 2, 2, 1, "pgp-public-keys@d.example",
		MACHINE_BOUNCE},
	{"sks.eml", "incremental", "pgp-public-keys@b.example", NULL, 1, 1, 1,
		"pgp-public-keys@b.example", MACHINE_LIST},
	{"onak.eml", "incremental", "admin@b.example", NULL, 2, 1, 1,
		"pgp-public-keys@c.example", MACHINE_LIST},
	{"cks.eml", "incremental", "pgp-public-keys@b.example", NULL, 2, 2, 1,
		"pgp-public-keys@b.example", MACHINE_NONE},
	{"hockeypuck.eml", "ADD", NULL, NULL, 0, 0, 1, NULL, MACHINE_NONE},
	{"person.eml", "ADD", "joerg@example.org", NULL, 0, 1, 1, NULL,
		MACHINE_NONE},
	{"bounce.eml", "Undelivered Mail Returned to Sender",
		"MAILER-DAEMON@b.example", "", 0, 1, 0, NULL, MACHINE_BOUNCE},
};

static void
check_text(struct bytes got, const char *want)
{
	if (want == NULL)
		assert_null(got.data);
	else
		assert_text(got, want);
}

static void
test_letters_of_each_keyserver_are_read(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct decoded d = decode_sample(samples[i].file);

		check_text(decoded_field(&d, LETTER_SUBJECT, 0),
			samples[i].subject);
		check_text(decoded_field(&d, LETTER_FROM, 0), samples[i].from);
		check_text(decoded_field(&d, LETTER_SEEN, 0),
			samples[i].first_seen);
		check_text(
			decoded_field(&d, LETTER_SENDER, 0), samples[i].sender);
		assert_int_equal(
			decoded_count(&d, LETTER_SEEN), samples[i].seen);
		assert_int_equal(decoded_count(&d, LETTER_TO), samples[i].to);
		assert_int_equal(
			decoded_count(&d, LETTER_BLOCK), samples[i].blocks);
		assert_int_equal(
			frame_number(decoded_field(&d, LETTER_MACHINE, 0)),
			samples[i].machine);
		decoded_free(&d);
	}
}

static void
test_report_brings_no_keys_and_says_so(void **state)
{
	struct decoded d = decode_sample("bounce.eml");

	(void)state;
	assert_int_equal(decoded_count(&d, LETTER_BLOCK), 0);
	assert_int_equal(decoded_count(&d, LETTER_REPORT), 1);
	decoded_free(&d);
}

static const struct {
	const char *head;
	enum letter_machine machine;
} machines[] = {
	{"Subject: hello\n", MACHINE_NONE},
	{"Subject: Reply to ADD\n", MACHINE_REPLY},
	{"Subject: Your command, ADD\n", MACHINE_REPLY},
	{"Auto-Submitted: auto-replied\n", MACHINE_AUTO},
	{"Auto-Submitted: no\n", MACHINE_NONE},
	{"Auto-Submitted: no (really)\n", MACHINE_NONE},
	{"Auto-Submitted: normal\n", MACHINE_AUTO},
	{"X-Auto-Response-Suppress: All\n", MACHINE_AUTO},
	{"List-Id: <x.example>\n", MACHINE_LIST},
	{"X-Loop: x\n", MACHINE_LIST},
	{"Precedence: Bulk\n", MACHINE_LIST},
	{"Precedence: first-class\n", MACHINE_NONE},
	{"Return-Path: <>\n", MACHINE_BOUNCE},
	{"From: Mail <Mailer-Daemon@b.example>\n", MACHINE_BOUNCE},
	{"nonsense\nList-Id: <x.example>\n", MACHINE_LIST},
};

static void
test_machines_are_told_from_people(void **state)
{
	char text[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		struct decoded d;

		snprintf(text, sizeof(text), "%s\nbody\n", machines[i].head);
		d = decode_str(text);
		assert_ok(d.st);
		if (frame_number(decoded_field(&d, LETTER_MACHINE, 0)) !=
			(uint64_t)machines[i].machine)
			fail_msg("%s", machines[i].head);
		decoded_free(&d);
	}
}

static void
test_sent_list_over_its_cap_is_told(void **state)
{
	struct buf text = {.len = 0};
	struct decoded d;
	int i;

	(void)state;
	for (i = 0; i < DECODE_SEEN_MAX + 1; i++) {
		assert_ok(buf_printf(
			&text, "x-keyserver-sent: a%d@b.example,\n", i));
		if (i < DECODE_SEEN_MAX - 1)
			continue;
		d = decode_text(buf_view(&text));
		assert_ok(d.st);
		assert_int_equal(
			decoded_count(&d, LETTER_SEEN), DECODE_SEEN_MAX);
		assert_int_equal(decoded_count(&d, LETTER_SEEN_OVER),
			i == DECODE_SEEN_MAX);
		decoded_free(&d);
	}
	buf_done(&text);
}

/* Who has had it is not forgotten for what stands beside it. */
static void
test_what_is_no_address_hides_none_behind_it(void **state)
{
	struct decoded d = decode_str("X-KeyServer-Sent: nobody, b@b.example\n"
				      "To: undisclosed, <a@a.example>\n\n");

	(void)state;
	assert_ok(d.st);
	assert_int_equal(decoded_count(&d, LETTER_SEEN), 1);
	check_text(decoded_field(&d, LETTER_SEEN, 0), "b@b.example");
	assert_int_equal(decoded_count(&d, LETTER_TO), 1);
	check_text(decoded_field(&d, LETTER_TO, 0), "a@a.example");
	decoded_free(&d);
}

static void
test_a_sent_list_of_nothing_is_told(void **state)
{
	struct decoded d = decode_str("X-Keyserver-Sent: nobody\n\n");

	(void)state;
	assert_ok(d.st);
	assert_int_equal(decoded_count(&d, LETTER_SEEN), 1);
	assert_int_equal(decoded_field(&d, LETTER_SEEN, 0).len, 0);
	decoded_free(&d);
}

static void
test_nul_and_control_characters_do_no_harm(void **state)
{
	static const char letter[] =
		"From: a@b.example\nSubject: incre\0mental \x01\x7f\n"
		"Message-ID: <a\0b@c>\r\n\n";
	struct decoded d = decode_text(bytes_make(letter, sizeof(letter) - 1));

	(void)state;
	assert_ok(d.st);
	assert_text(decoded_field(&d, LETTER_SUBJECT, 0), "incre mental");
	assert_text(decoded_field(&d, LETTER_MESSAGE_ID, 0), "a b@c");
	decoded_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_variant_of_armor_is_found),
		cmocka_unit_test(test_letters_of_each_keyserver_are_read),
		cmocka_unit_test(test_report_brings_no_keys_and_says_so),
		cmocka_unit_test(test_machines_are_told_from_people),
		cmocka_unit_test(test_sent_list_over_its_cap_is_told),
		cmocka_unit_test(test_what_is_no_address_hides_none_behind_it),
		cmocka_unit_test(test_a_sent_list_of_nothing_is_told),
		cmocka_unit_test(test_nul_and_control_characters_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
