#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../scratch.h"
#include "base/clock.h"
#include "base/net.h"
#include "daemon/starter.h"

struct fixture {
	char dir[64];
	char program[128];
	struct identity id;
};

/* An agent that copies what it reads on `in` to `out`, after a greeting. */
static const char agent[] = "#!/bin/sh\n"
			    "echo \"$0 $(ls /proc/self/fd | wc -l)\" >&4\n"
			    "cat <&3 >&4\n";

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	FILE *file;

	assert_non_null(f);
	scratch_make(f->dir, sizeof(f->dir));
	snprintf(f->program, sizeof(f->program), "%s/agent", f->dir);
	file = fopen(f->program, "w");
	assert_non_null(file);
	fputs(agent, file);
	fclose(file);
	assert_int_equal(chmod(f->program, 0700), 0);
	f->id.uid = geteuid();
	f->id.gid = getegid();
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	scratch_remove(f->dir);
	free(f);
	return 0;
}

static size_t
read_some(int fd, char *text, size_t size)
{
	size_t got = 0;

	assert_ok(net_read(
		fd, (uint8_t *)text, size - 1, clock_mono_ms() + 10000, &got));
	text[got] = '\0';
	return got;
}

static void
test_the_agent_gets_both_ends_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	struct starter *s = NULL;
	int in = -1, out = -1, pid = 0;
	int extra = dup(0); /* what the daemon holds must not leak */
	struct err err = {""};
	char text[256];

	assert_ok(starter_new(f->program, &f->id, &s, &err));
	assert_ok(starter_spawn(s, &in, &out, &pid, &err));
	assert_true(pid > 0);
	read_some(out, text, sizeof(text));
	/* 0 to 4, and the one that ls itself opened. */
	assert_non_null(strstr(text, " 6\n"));
	assert_ok(net_write(in, bytes_of("hello"), clock_mono_ms() + 10000));
	read_some(out, text, sizeof(text));
	assert_string_equal(text, "hello");
	close(in);
	close(out);
	close(extra);
	starter_free(s);
}

static void
test_an_agent_that_ended_is_started_again(void **state)
{
	struct fixture *f = *state;
	struct starter *s = NULL;
	int first = 0, second = 0, in, out;
	struct err err = {""};
	char text[256];
	uint8_t octet;
	size_t got;

	assert_ok(starter_new(f->program, &f->id, &s, &err));
	assert_ok(starter_spawn(s, &in, &out, &first, &err));
	read_some(out, text, sizeof(text));
	close(in); /* cat ends, and with it the agent */
	assert_status(net_read(out, &octet, 1, clock_mono_ms() + 10000, &got),
		STATUS_CLOSED);
	close(out);
	assert_ok(starter_spawn(s, &in, &out, &second, &err));
	assert_int_not_equal(first, second);
	read_some(out, text, sizeof(text));
	close(in);
	close(out);
	starter_free(s);
}

static void
test_a_missing_program_closes_the_sockets(void **state)
{
	struct fixture *f = *state;
	struct starter *s = NULL;
	int in, out, pid;
	struct err err = {""};
	uint8_t octet;
	size_t got;

	assert_ok(starter_new("/nonexistent/keypost-mail", &f->id, &s, &err));
	assert_ok(starter_spawn(s, &in, &out, &pid, &err));
	assert_status(net_read(out, &octet, 1, clock_mono_ms() + 10000, &got),
		STATUS_CLOSED);
	close(in);
	close(out);
	starter_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_the_agent_gets_both_ends_and_nothing_else, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_an_agent_that_ended_is_started_again, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_a_missing_program_closes_the_sockets, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
