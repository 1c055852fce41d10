/* Workers die, hang and lie; those who wait for them go on. */
#include "../unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "base/spool.h"
#include "config.h"
#include "fake.h"
#include "mailagent/intake.h"
#include "mailagent/job.h"
#include "mailagent/nursery.h"
#include "mailagent/source_spool.h"

enum { WAIT_MS = 20 * 1000, WALL_MS = 1000, EATEN = 1024 * 1024 * 1024 };

static bool
says(struct bytes job, const char *word)
{
	return memmem(job.data, job.len, word, strlen(word)) != NULL;
}

static void
grab_memory(void)
{
	/* Volatile: a compiler may leave out memory that nobody looks at. */
	char *volatile p = malloc(EATEN);

	if (p == NULL)
		abort();
	memset(p, 1, EATEN);
}

/* The decoder, but for letters that tell it to misbehave. */
static void
work(struct bytes job, uint8_t *type, struct buf *answer)
{
	if (says(job, "please die"))
		abort();
	if (says(job, "please hang"))
		for (;;)
			(void)clock_mono_ms();
	if (says(job, "please eat"))
		grab_memory();
	if (says(job, "please open"))
		(void)!open("/etc/passwd", O_RDONLY);
	if (says(job, "please connect"))
		(void)!socket(AF_INET, SOCK_STREAM, 0);
	if (says(job, "please fork"))
		(void)!fork();
	if (says(job, "please lie")) {
		*type = JOB_FIELDS;
		(void)!buf_puts(answer, "\x05\xff\xff\xff\xff");
		return;
	}
	job_work(job, type, answer);
}

/* An intake over a spool; the test is the daemon. */
struct rig {
	struct fake folders;
	char spool[300], quarantine_dir[300], fresh[310];
	struct loop *loop;
	struct nursery *nursery;
	struct quarantine quarantine;
	struct channel *channel;
	struct intake *intake;
	struct source_spool *source;
	int daemon;
	struct frame_reader in;
	size_t letters;
};

static void
ignore_frame(void *ctx, const struct frame *f)
{
	struct rig *r = ctx;

	intake_done(r->intake, f->id, f->payload);
}

static void
ignore_end(void *ctx)
{
	(void)ctx;
}

static void
rig_open(struct rig *r)
{
	struct nursery_settings set = {
		.ready = 4, .max = 8, .wall_ms = WALL_MS, .work = work};
	struct channel_calls calls = {ignore_frame, ignore_end, r};
	struct err err = {""};
	int pair[2];

	memset(r, 0, sizeof(*r));
	fake_init(&r->folders);
	snprintf(r->spool, sizeof(r->spool), "%s/spool", r->folders.data);
	snprintf(r->fresh, sizeof(r->fresh), "%s/new", r->spool);
	snprintf(r->quarantine_dir, sizeof(r->quarantine_dir), "%s/quarantine",
		r->folders.data);
	r->loop = loop_new();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	r->daemon = pair[1];
	frame_reader_init(&r->in, FRAME_MAX);
	assert_ok(quarantine_open(&r->quarantine, r->quarantine_dir, &err));
	assert_ok(nursery_new(r->loop, &set, &r->nursery, &err));
	r->channel = channel_new(r->loop, pair[0], &calls);
	r->intake = intake_new(r->loop, r->nursery, r->channel, &r->quarantine);
	assert_ok(source_spool_new(
		r->loop, r->intake, r->spool, &r->source, &err));
}

static void
rig_close(struct rig *r)
{
	intake_free(r->intake);
	source_spool_free(r->source);
	nursery_free(r->nursery);
	channel_free(r->channel);
	quarantine_done(&r->quarantine);
	loop_free(r->loop);
	frame_reader_done(&r->in);
	close(r->daemon);
	fake_done(&r->folders);
}

static void
deliver(const struct rig *r, const char *text)
{
	struct err err;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(
		write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	close(ends[1]);
	assert_ok(spool_write(r->spool, ends[0], NULL, &err));
	close(ends[0]);
}

/* The daemon takes what comes. */
static void
take_letters(struct rig *r)
{
	struct buf done = {.len = 0};
	struct frame f;

	assert_ok(frame_fill(&r->in, r->daemon));
	while (frame_take(&r->in, &f) == STATUS_OK) {
		assert_int_equal(f.type, FRAME_LETTER);
		r->letters++;
		buf_clear(&done);
		assert_ok(frame_put_number(&done, DONE_FATE, FATE_TAKEN));
		assert_ok(frame_send(r->daemon, FRAME_DONE, f.id,
			buf_view(&done), clock_mono_ms() + WAIT_MS));
	}
	buf_done(&done);
}

static void
run_until_empty(struct rig *r)
{
	int64_t until = clock_mono_ms() + WAIT_MS;

	while (fake_count(r->fresh) > 0 && clock_mono_ms() < until) {
		loop_turn(r->loop);
		take_letters(r);
	}
	assert_int_equal(fake_count(r->fresh), 0);
}

static void
check_poison(const char *word)
{
	struct rig r;
	char text[100];

	rig_open(&r);
	snprintf(text, sizeof(text), "Subject: x\n\n%s\n", word);
	deliver(&r, text);
	deliver(&r, "Subject: good\n\nkey\n");
	run_until_empty(&r);
	if (r.letters != 1 || fake_count(r.quarantine_dir) != 1)
		fail_msg("%s: %zu letters, %zu set aside", word, r.letters,
			fake_count(r.quarantine_dir));
	rig_close(&r);
}

static void
test_letter_that_kills_its_decoder_is_set_aside(void **state)
{
	(void)state;
	check_poison("please die");
}

static void
test_letter_that_takes_too_long_is_set_aside(void **state)
{
	(void)state;
	check_poison("please hang");
}

/* TAP tells by its name that a test was passed over. */
#if defined(HAVE_SECCOMP) && !defined(SANITIZED_BUILD)
#define CONFINED(test) cmocka_unit_test(test)
#else
#define CONFINED(test)                                                         \
	{                                                                      \
#test " # SKIP decoders are not confined in this build", test, \
			NULL, NULL, NULL                                       \
	}
#endif

static void
test_decoder_cannot_reach_anything(void **state)
{
	(void)state;
#if defined(HAVE_SECCOMP) && !defined(SANITIZED_BUILD)
	check_poison("please open");
	check_poison("please connect");
	check_poison("please fork");
#endif
}

static void
test_decoder_cannot_eat_all_memory(void **state)
{
	(void)state;
#ifndef SANITIZED_BUILD
	check_poison("please eat");
#endif
}

static void
test_answer_that_makes_no_sense_is_set_aside(void **state)
{
	(void)state;
	check_poison("please lie");
}

static void
test_poison_among_many_costs_no_other_letter(void **state)
{
	struct rig r;
	char text[100];
	int i;

	(void)state;
	rig_open(&r);
	for (i = 0; i < 60; i++) {
		snprintf(text, sizeof(text), "Subject: %d\n\n%s\n", i,
			i % 10 == 3 ? "please die" : "key");
		deliver(&r, text);
	}
	run_until_empty(&r);
	assert_int_equal(r.letters, 54);
	assert_int_equal(fake_count(r.quarantine_dir), 6);
	rig_close(&r);
}

static void
test_quarantine_file_says_when_and_why(void **state)
{
	struct quarantine q;
	struct fake folders;
	char dir[300], path[600], text[300] = "";
	struct err err;
	FILE *file;

	(void)state;
	fake_init(&folders);
	snprintf(dir, sizeof(dir), "%s/quarantine", folders.data);
	assert_ok(quarantine_open(&q, dir, &err));
	clock_set_for_test(1000, 1700000000);
	assert_ok(quarantine_put(
		&q, "spool", "two\nlines", bytes_of("Subject: x\n"), &err));
	clock_set_for_test(-1, -1);
	snprintf(path, sizeof(path), "%s/001700000000.000000.%ld.eml", dir,
		(long)getpid());
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_string_equal(text,
		"keypost-quarantine 2023-11-14T22:13:20Z spool: two lines\n"
		"Subject: x\n");
	quarantine_done(&q);
	fake_done(&folders);
}

static void
test_quarantine_drops_the_oldest(void **state)
{
	struct quarantine q;
	struct fake folders;
	char dir[300], name[40], first[600];
	struct err err;
	int i;

	(void)state;
	fake_init(&folders);
	snprintf(dir, sizeof(dir), "%s/quarantine", folders.data);
	assert_ok(quarantine_open(&q, dir, &err));
	quarantine_done(&q);
	for (i = 0; i < QUARANTINE_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%012d.eml", i);
		fake_file(dir, name, "x");
	}
	assert_ok(quarantine_open(&q, dir, &err));
	assert_int_equal(fake_count(dir), QUARANTINE_FILES_MAX);
	assert_ok(quarantine_put(&q, "lmtp", "new", bytes_of("y"), &err));
	assert_int_equal(fake_count(dir), QUARANTINE_FILES_MAX);
	snprintf(first, sizeof(first), "%s/%012d.eml", dir, 0);
	assert_int_equal(access(first, F_OK), -1);
	snprintf(first, sizeof(first), "%s/%012d.eml", dir, 1);
	assert_int_equal(access(first, F_OK), 0);
	quarantine_done(&q);
	fake_done(&folders);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_letter_that_kills_its_decoder_is_set_aside),
		cmocka_unit_test(test_letter_that_takes_too_long_is_set_aside),
		CONFINED(test_decoder_cannot_reach_anything),
		CONFINED(test_decoder_cannot_eat_all_memory),
		cmocka_unit_test(test_answer_that_makes_no_sense_is_set_aside),
		cmocka_unit_test(test_poison_among_many_costs_no_other_letter),
		cmocka_unit_test(test_quarantine_file_says_when_and_why),
		cmocka_unit_test(test_quarantine_drops_the_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
