#include "../unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

static int saved_stderr, out[2];
static char text[65536];

/* Standard error becomes a pipe that the test reads. */
static int
catch_stderr(void **state)
{
	(void)state;
	saved_stderr = dup(STDERR_FILENO);
	if (saved_stderr < 0 || pipe2(out, O_CLOEXEC | O_NONBLOCK) != 0)
		return -1;
	(void)fcntl(out[1], F_SETFL, 0); /* the log's end would block */
	log_set_level(LOG_INFO);
	log_set_name("test");
	return dup2(out[1], STDERR_FILENO) < 0 ? -1 : 0;
}

static int
free_stderr(void **state)
{
	(void)state;
	(void)dup2(saved_stderr, STDERR_FILENO);
	(void)close(saved_stderr);
	(void)close(out[0]);
	(void)close(out[1]);
	clock_set_for_test(-1, -1);
	return 0;
}

static const char *
logged(void)
{
	ssize_t n = read(out[0], text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static int
count_of(const char *what)
{
	const char *p = text;
	int n = 0;

	while ((p = strstr(p, what)) != NULL) {
		n++;
		p++;
	}
	return n;
}

static void
test_line_has_name_level_event_and_words(void **state)
{
	(void)state;
	log_line(LOG_WARN, "line", "bytes=%d peer=%s", 12,
		log_quote_str("a b").text);
	assert_string_equal(
		logged(), "test level=warn event=line bytes=12 peer=\"a b\"\n");
}

static void
test_lines_below_the_level_are_not_written(void **state)
{
	(void)state;
	log_line(LOG_DEBUG, "level", "x=1");
	assert_string_equal(logged(), "");
	log_set_level(LOG_ERROR);
	log_line(LOG_WARN, "level", "x=1");
	assert_string_equal(logged(), "");
	log_line(LOG_ERROR, "level", "x=1");
	assert_string_not_equal(logged(), "");
}

static void
test_one_call_is_one_line_whatever_comes_in(void **state)
{
	char big[5000];

	(void)state;
	log_line(LOG_INFO, "inject", "x=%s", "a\nfake level=error\r\x1b[2J");
	logged();
	assert_int_equal(count_of("\n"), 1);
	assert_null(strchr(text, '\x1b'));
	assert_null(strchr(text, '\r'));
	memset(big, 'z', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	log_line(LOG_INFO, "inject", "x=%s", big);
	logged();
	assert_int_equal(count_of("\n"), 1);
	assert_true(strlen(text) < 2049);
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void
test_ten_lines_a_second_then_a_count(void **state)
{
	int i;

	(void)state;
	clock_set_for_test(100000, -1);
	for (i = 0; i < 25; i++)
		log_line(LOG_INFO, "flood", "n=%d", i);
	log_line(LOG_INFO, "other", "n=1");
	logged();
	assert_int_equal(count_of("event=flood"), 10);
	assert_int_equal(count_of("event=other"), 1);
	clock_set_for_test(100999, -1);
	log_line(LOG_INFO, "flood", "n=x");
	assert_string_equal(logged(), "");
	/* The count comes with the next line of any event. */
	clock_set_for_test(101000, -1);
	log_line(LOG_INFO, "other", "n=2");
	logged();
	assert_int_equal(count_of("event=flood suppressed=16\n"), 1);
	assert_int_equal(count_of("event=other n=2\n"), 1);
	log_line(LOG_INFO, "flood", "n=again");
	logged();
	assert_int_equal(count_of("n=again"), 1);
	assert_int_equal(count_of("suppressed"), 0);
}

static void
test_more_events_than_the_table_holds_are_bounded_too(void **state)
{
	char name[32];
	int i;

	(void)state;
	clock_set_for_test(200000, -1);
	for (i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof name, "many_%d", i);
		log_line(LOG_INFO, name, "n=1");
	}
	logged();
	assert_true(count_of("event=many_") >= 10);
	assert_true(count_of("event=many_") < 100);
}

static void
test_full_pipe_drops_lines_and_does_not_wait(void **state)
{
	char line[32];
	int i;

	(void)state;
	/* Well over the 64 KiB that a pipe holds; a wait would be for ever. */
	for (i = 0; i < 2000; i++) {
		clock_set_for_test(300000 + i * 1000, -1);
		log_line(LOG_INFO, "full", "n=%d pad=%0100d", i, 0);
	}
	logged();
	assert_non_null(strstr(text, "event=full n=0 "));
	(void)snprintf(line, sizeof line, "event=full n=%d ", 1999);
	assert_null(strstr(text, line));
	/* All that came are whole lines. */
	while (text[0]) {
		assert_int_equal(text[strlen(text) - 1], '\n');
		logged();
	}
}

static void
test_socket_as_stderr_is_written_too(void **state)
{
	int pair[2];
	ssize_t n;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_true(dup2(pair[1], STDERR_FILENO) >= 0);
	log_line(LOG_INFO, "socket", "x=1");
	n = recv(pair[0], text, sizeof text - 1, MSG_DONTWAIT);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "event=socket x=1\n"));
	(void)close(pair[0]);
	(void)close(pair[1]);
}

static void *
log_some(void *arg)
{
	int i;

	for (i = 0; i < 200; i++)
		log_line(LOG_INFO, arg, "i=%d", i);
	return NULL;
}

static void
test_threads_do_not_mix_their_lines(void **state)
{
	char *end, *line, *names[] = {"thread_a", "thread_b", "thread_c"};
	pthread_t t[3];
	int i, lines = 0;

	(void)state;
	clock_set_for_test(5000000, -1);
	for (i = 0; i < 3; i++)
		assert_int_equal(
			pthread_create(&t[i], NULL, log_some, names[i]), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	logged();
	for (line = text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		assert_memory_equal(line, "test level=", 11);
		lines++;
	}
	assert_true(lines >= 10);
	assert_int_equal(*line, '\0');
}

static void
test_quote_escapes_what_could_deceive(void **state)
{
	(void)state;
	assert_string_equal(log_quote_str("plain").text, "\"plain\"");
	assert_string_equal(log_quote_str("").text, "\"\"");
	assert_string_equal(log_quote(bytes_make(NULL, 0)).text, "\"\"");
	assert_string_equal(log_quote_str("a\"b\\c").text, "\"a\\\"b\\\\c\"");
	assert_string_equal(
		log_quote(bytes_make("\0\n\x1b\x7f\xc2\x9b", 6)).text,
		"\"\\x00\\x0a\\x1b\\x7f\\xc2\\x9b\"");
}

static void
test_quote_is_cut_at_200_octets_between_escapes(void **state)
{
	char in[300];
	struct log_quoted q;

	(void)state;
	memset(in, 'x', sizeof in);
	q = log_quote(bytes_make(in, 200));
	assert_int_equal(strlen(q.text), 202);
	q = log_quote(bytes_make(in, 201));
	assert_int_equal(strlen(q.text), 205);
	assert_string_equal(q.text + 201, "...\"");
	memset(in, '\n', sizeof in);
	q = log_quote(bytes_make(in, sizeof in));
	assert_int_equal(strlen(q.text), 205);
	/* 199 octets, then an escape of four that would pass the limit. */
	memset(in, 'x', 199);
	q = log_quote(bytes_make(in, 200));
	assert_int_equal(strlen(q.text), 1 + 199 + 4);
}

#define caught(f) cmocka_unit_test_setup_teardown(f, catch_stderr, free_stderr)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		caught(test_line_has_name_level_event_and_words),
		caught(test_lines_below_the_level_are_not_written),
		caught(test_one_call_is_one_line_whatever_comes_in),
		caught(test_ten_lines_a_second_then_a_count),
		caught(test_full_pipe_drops_lines_and_does_not_wait),
		caught(test_socket_as_stderr_is_written_too),
		caught(test_threads_do_not_mix_their_lines),
		caught(test_more_events_than_the_table_holds_are_bounded_too),
		cmocka_unit_test(test_quote_escapes_what_could_deceive),
		cmocka_unit_test(
			test_quote_is_cut_at_200_octets_between_escapes),
	};

	return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
