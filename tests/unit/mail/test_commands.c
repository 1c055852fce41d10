/* Promises about what people can ask for by mail. */
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "world.h"

static unsigned int persons;

/* Somebody new asks; the answer. */
static void
ask(struct world *w, const char *subject, struct sent *s)
{
	char address[64];
	struct offer o = {
		.subject = subject, .sender = address, .from = address};

	(void)snprintf(
		address, sizeof(address), "asker%u@user.example", ++persons);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_next_answer(w, s);
	assert_string_equal(s->recipient, address);
}

static bool
says(const struct sent *s, const char *text)
{
	return strstr(s->text, text) != NULL;
}

static void
assert_says(struct world *w, const char *subject, const char *text)
{
	struct sent s;

	ask(w, subject, &s);
	if (!says(&s, text))
		fail_msg("%s: no \"%s\" in\n%s", subject, text, s.text);
	assert_false(says(&s, "BEGIN PGP"));
	sent_done(&s);
}

/* Everything is answered, and keys 1 to 3 are stored. */
static int
setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	w->settings.reply_to_users = MAIL_REPLY_ALL;
	w->settings.peer_count = 0;
	world_start(w);
	for (unsigned int i = 1; i <= 3; i++)
		world_submit(w, i, KEY_FOUND | KEY_SIG_A, "http", "");
	return 0;
}

static void
test_get_sends_the_key(void **state)
{
	struct world *w = *state;
	struct sent s;

	ask(w, "get t2@example.org", &s);
	assert_true(sent_has(&s, "Subject: Re: GET t2@example.org"));
	assert_true(says(&s, "Content-Type: application/pgp-keys"));
	assert_true(sent_has_key(&s, 2));
	assert_false(sent_has_key(&s, 1));
	sent_done(&s);
}

static void
test_get_takes_a_fingerprint(void **state)
{
	struct world *w = *state;
	char fpr[41], subject[64];
	struct sent s;

	key_fpr(3, fpr);
	(void)snprintf(subject, sizeof(subject), "GET 0x%s", fpr);
	ask(w, subject, &s);
	assert_true(sent_has_key(&s, 3));
	sent_done(&s);
}

static void
test_all_words_must_match(void **state)
{
	struct world *w = *state;
	struct sent s;

	ask(w, "Get test example", &s);
	assert_int_equal(sent_count_keys(&s, 1, 3), 3);
	sent_done(&s);
	assert_says(w, "GET test nobody", "No key on this server matches.");
}

static void
test_index_lists_and_sends_no_key(void **state)
{
	struct world *w = *state;
	char fpr[41];

	key_fpr(1, fpr);
	assert_says(w, "INDEX t1@example.org", fpr);
	assert_says(w, "Index t1@example.org", "Test 1 <t1@example.org>");
}

static void
test_verbose_index_shows_signatures(void **state)
{
	struct world *w = *state;
	struct sent s;

	ask(w, "index t1@example.org", &s);
	assert_false(says(&s, "\nsig "));
	sent_done(&s);
	assert_says(w, "verbose  index t1@example.org", "\nsig ");
}

static void
test_last_sends_what_changed(void **state)
{
	struct world *w = *state;
	struct sent s;

	ask(w, "LAST 1", &s);
	assert_true(sent_has(&s, "Subject: Re: LAST 1"));
	assert_int_equal(sent_count_keys(&s, 1, 3), 3);
	sent_done(&s);
}

static void
test_last_needs_days_within_the_limit(void **state)
{
	static const char *const subjects[] = {
		"LAST", "LAST 0", "LAST 8", "LAST -1", "LAST 1x", "LAST 99999"};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		assert_says(w, subjects[i],
			"LAST takes a number of days from 1 to 7.");
}

static void
test_more_keys_than_the_limit_are_not_sent(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_stop(w);
	w->settings.search.max_keys = 3;
	world_start(w);
	ask(w, "GET example", &s);
	assert_int_equal(sent_count_keys(&s, 1, 3), 3);
	sent_done(&s);
	world_submit(w, 4, KEY_FOUND, "http", "");
	assert_says(w, "GET example", "More keys match than the 3 ");
	assert_says(w, "INDEX example", "More keys match than the 3 ");
	assert_says(w, "LAST 1", "More keys are new or changed than the 3 ");
}

static void
test_answer_larger_than_the_limit_is_not_sent(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_submit(w, 5, KEY_FOUND | KEY_BIG, "http", "");
	world_stop(w);
	w->settings.search.max_octets = 2500;
	world_start(w);
	ask(w, "GET t1@example.org", &s);
	assert_true(sent_has_key(&s, 1));
	sent_done(&s);
	assert_says(w, "GET t5@example.org", "too large for a letter");
}

static void
test_what_the_pages_do_not_find_is_not_found(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_stop(w);
	w->settings.search.rules.word_search = false;
	world_start(w);
	assert_says(w, "GET example", "This cannot be searched for: ");
	ask(w, "GET t1@example.org", &s);
	assert_true(sent_has_key(&s, 1));
	sent_done(&s);
}

static void
test_search_for_nothing_gets_the_help(void **state)
{
	struct world *w = *state;

	assert_says(w, "GET", "  GET WHAT");
	assert_says(w, "verbose index", "  GET WHAT");
}

static void
test_searches_are_answered_only_where_they_are_offered(void **state)
{
	static const char *const subjects[] = {"GET t1@example.org",
		"INDEX t1@example.org", "VERBOSE INDEX t1@example.org",
		"LAST 1"};
	struct world *w = *state;
	struct sent s;

	world_stop(w);
	w->settings.reply_to_users = MAIL_REPLY_YES;
	world_start(w);
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		struct offer o = {.subject = subjects[i],
			.sender = "joe@user.example",
			.from = "joe@user.example"};

		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	}
	agent_expect_silence(w);
	ask(w, "HELP", &s);
	assert_true(says(&s, "\n  ADD "));
	assert_false(says(&s, "GET"));
	assert_false(says(&s, "LAST"));
	sent_done(&s);
}

static void
test_words_that_only_begin_like_a_command_get_silence(void **state)
{
	static const char *const subjects[] = {"getting a key", "ADDENDUM to x",
		"add me", "indexes", "Re: GET t1@example.org", "MGET t.*",
		"lasting", "incremental build", "HELPED"};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		struct offer o = {.subject = subjects[i],
			.sender = "joe@user.example",
			.from = "joe@user.example"};

		assert_int_equal(agent_letter(w, &o), FATE_FOREIGN);
	}
	agent_expect_silence(w);
}

/* All of HELP, as a person reads it. */
static const char help[] =
	"This is ours@here.example, a keyserver for OpenPGP.\n"
	"\n"
	"Write to this address. The subject of the letter is one command and\n"
	"nothing else:\n"
	"\n"
	"  ADD                  takes in the public keys that the letter "
	"holds,\n"
	"                       pasted or attached\n"
	"  GET WHAT             sends you the keys that match\n"
	"  INDEX WHAT           lists the keys that match\n"
	"  VERBOSE INDEX WHAT   lists them with their subkeys and signatures\n"
	"  LAST DAYS            sends you the keys new or changed in so many "
	"days\n"
	"  HELP                 sends you this text; HELP EN in English\n"
	"\n"
	"To publish your key, send it as the text of a letter with the "
	"subject\n"
	"ADD, or attach it. This writes it:\n"
	"\n"
	"  gpg --armor --export alice@example.org\n"
	"\n"
	"What you add is public, is passed on to other keyservers and cannot "
	"be\n"
	"taken back.\n"
	"\n"
	"WHAT is a mail address, or words of a name that must all match, or "
	"0x\n"
	"and a fingerprint or key ID:\n"
	"\n"
	"  GET alice@example.org\n"
	"  INDEX Alice Example\n"
	"  GET 0x0123456789ABCDEF\n"
	"\n"
	"One letter brings at most 100 keys, and LAST goes back at most 7 "
	"days.\n"
	"\n"
	"Each address gets one answer in ten minutes, and twenty a day. "
	"Adding\n"
	"keys works all the time.\n";

static void
test_help_reads_well(void **state)
{
	struct world *w = *state;
	struct sent s;
	const char *body;

	ask(w, "help", &s);
	body = strstr(s.text, "\n\n");
	assert_non_null(body);
	assert_string_equal(body + 2, help);
	sent_done(&s);
}

/* Whoever asks, and however many they are. */
static void
test_answers_end_at_a_thousand_an_hour(void **state)
{
	struct world *w = *state;
	struct sent s;
	size_t n = 0;

	for (unsigned int i = 0; i < 1005; i++) {
		struct offer o = {.subject = "HELP"};
		char address[64];

		(void)snprintf(
			address, sizeof(address), "many%u@d%u.example", i, i);
		o.sender = o.from = address;
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
		if (n == 1000)
			continue;
		agent_next_answer(w, &s);
		sent_done(&s);
		n++;
	}
	agent_expect_wait(w);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_get_sends_the_key),
		PROMISE(test_get_takes_a_fingerprint),
		PROMISE(test_all_words_must_match),
		PROMISE(test_index_lists_and_sends_no_key),
		PROMISE(test_verbose_index_shows_signatures),
		PROMISE(test_last_sends_what_changed),
		PROMISE(test_last_needs_days_within_the_limit),
		PROMISE(test_more_keys_than_the_limit_are_not_sent),
		PROMISE(test_answer_larger_than_the_limit_is_not_sent),
		PROMISE(test_what_the_pages_do_not_find_is_not_found),
		PROMISE(test_search_for_nothing_gets_the_help),
		PROMISE(test_searches_are_answered_only_where_they_are_offered),
		PROMISE(test_words_that_only_begin_like_a_command_get_silence),
		PROMISE(test_help_reads_well),
		PROMISE(test_answers_end_at_a_thousand_an_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
