#include "../unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "base/net.h"

static int pair[2];

static int
open_pair(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
}

static int
close_pair(void **state)
{
	(void)state;
	(void)close(pair[0]);
	(void)close(pair[1]);
	return 0;
}

static int64_t
soon(void)
{
	return clock_mono_ms() + 5000;
}

static void
test_frame_arrives_as_it_was_sent(void **state)
{
	struct frame_reader r;
	struct frame f;

	(void)state;
	frame_reader_init(&r, 100);
	assert_ok(frame_send(pair[0], 7, UINT64_C(0x0102030405060708),
		bytes_of("payload"), soon()));
	assert_ok(frame_send(pair[0], 8, 2, bytes_make(NULL, 0), soon()));
	assert_ok(frame_read(&r, pair[1], soon(), &f));
	assert_int_equal(f.type, 7);
	assert_true(f.id == UINT64_C(0x0102030405060708));
	assert_text(f.payload, "payload");
	assert_ok(frame_read(&r, pair[1], soon(), &f));
	assert_int_equal(f.type, 8);
	assert_int_equal(f.payload.len, 0);
	frame_reader_done(&r);
}

static void
test_layout_on_the_wire(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_ok(frame_put(&out, 5, 0x0a, bytes_of("ab")));
	assert_int_equal(out.len, FRAME_HEAD + 2);
	assert_memory_equal(out.data,
		"\0\0\0\x0b\x05\0\0\0\0\0\0\0\x0a"
		"ab",
		FRAME_HEAD + 2);
	buf_done(&out);
}

static void
test_frame_that_does_not_fit_adds_nothing(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, FRAME_HEAD + 1);
	assert_status(frame_put(&out, 5, 1, bytes_of("ab")), STATUS_LIMIT);
	assert_int_equal(out.len, 0);
	assert_ok(frame_put(&out, 5, 1, bytes_of("a")));
	buf_done(&out);
}

static void
test_octet_by_octet_gives_the_same_frames(void **state)
{
	struct buf out = {0};
	struct frame_reader r;
	struct frame f;
	int taken = 0;
	size_t i;

	(void)state;
	frame_reader_init(&r, 100);
	for (i = 0; i < 3; i++)
		assert_ok(frame_put(&out, 1, i, bytes_of("0123456789")));
	for (i = 0; i < out.len; i++) {
		assert_int_equal(write(pair[0], out.data + i, 1), 1);
		assert_ok(frame_fill(&r, pair[1]));
		while (frame_take(&r, &f) == STATUS_OK) {
			assert_int_equal(f.id, taken);
			assert_text(f.payload, "0123456789");
			taken++;
		}
		assert_int_equal(taken, (i + 1) / (FRAME_HEAD + 10));
	}
	buf_done(&out);
	frame_reader_done(&r);
}

static void
test_largest_frame_is_taken_and_one_more_octet_is_not(void **state)
{
	struct buf out = {0};
	struct frame_reader r;
	struct frame f;

	(void)state;
	frame_reader_init(&r, 10);
	assert_ok(frame_put(&out, 1, 1, bytes_of("0123456789")));
	assert_ok(frame_put(&out, 1, 2, bytes_of("0123456789a")));
	assert_ok(net_write(pair[0], buf_view(&out), soon()));
	assert_ok(frame_read(&r, pair[1], soon(), &f));
	assert_text(f.payload, "0123456789");
	assert_status(frame_read(&r, pair[1], soon(), &f), STATUS_LIMIT);
	assert_status(frame_take(&r, &f), STATUS_LIMIT);
	buf_done(&out);
	frame_reader_done(&r);
}

static void
test_announced_length_alone_takes_no_memory(void **state)
{
	struct frame_reader r;
	struct frame f;

	(void)state;
	frame_reader_init(&r, FRAME_MAX);
	/* 10 MiB are promised, four octets come. */
	assert_int_equal(write(pair[0], "\x00\xa0\x00\x00", 4), 4);
	assert_ok(frame_fill(&r, pair[1]));
	assert_status(frame_take(&r, &f), STATUS_NOT_FOUND);
	assert_true(r.in.cap <= 256 * 1024);
	frame_reader_done(&r);
}

static void
test_too_short_a_length_is_malformed(void **state)
{
	struct frame_reader r;
	struct frame f;

	(void)state;
	frame_reader_init(&r, 100);
	assert_int_equal(write(pair[0], "\0\0\0\x08xxxxxxxxx", 13), 13);
	assert_status(frame_read(&r, pair[1], soon(), &f), STATUS_MALFORMED);
	frame_reader_done(&r);
}

static void
test_end_inside_a_frame_is_closed(void **state)
{
	struct frame_reader r;
	struct frame f;

	(void)state;
	frame_reader_init(&r, 100);
	assert_int_equal(write(pair[0], "\0\0\0\x20\x01", 5), 5);
	assert_int_equal(shutdown(pair[0], SHUT_WR), 0);
	assert_status(frame_read(&r, pair[1], soon(), &f), STATUS_CLOSED);
	frame_reader_done(&r);
}

static void
test_silence_is_a_timeout(void **state)
{
	struct frame_reader r;
	struct frame f;

	(void)state;
	frame_reader_init(&r, 100);
	assert_status(frame_take(&r, &f), STATUS_NOT_FOUND);
	assert_ok(frame_fill(&r, pair[1]));
	assert_status(frame_read(&r, pair[1], clock_mono_ms() + 10, &f),
		STATUS_TIMEOUT);
	frame_reader_done(&r);
}

static void
test_writer_gives_up_when_nobody_reads(void **state)
{
	struct bytes big = bytes_make(xcalloc(1, FRAME_MAX), FRAME_MAX);

	(void)state;
	assert_status(frame_send(pair[0], 1, 1, big, clock_mono_ms() + 20),
		STATUS_TIMEOUT);
	free((void *)(uintptr_t)big.data);
}

static void *
send_big(void *arg)
{
	struct bytes *b = arg;

	if (frame_send(pair[0], 3, 9, *b, soon()) != STATUS_OK)
		return NULL;
	return arg;
}

static void
test_largest_frame_of_the_protocol_passes(void **state)
{
	uint8_t *octets = xmalloc(FRAME_MAX);
	struct bytes big = bytes_make(octets, FRAME_MAX);
	struct frame_reader r;
	struct frame f;
	void *sent = NULL;
	pthread_t t;
	size_t i;

	(void)state;
	for (i = 0; i < FRAME_MAX; i++)
		octets[i] = (uint8_t)(i * 31 >> 3);
	frame_reader_init(&r, FRAME_MAX);
	assert_int_equal(pthread_create(&t, NULL, send_big, &big), 0);
	assert_ok(frame_read(&r, pair[1], clock_mono_ms() + 30000, &f));
	assert_int_equal(pthread_join(t, &sent), 0);
	assert_non_null(sent);
	assert_true(bytes_eq(f.payload, big));
	/* And the memory it took is not kept for ever. */
	assert_ok(frame_fill(&r, pair[1]));
	assert_true(r.in.cap <= 256 * 1024);
	frame_reader_done(&r);
	free(octets);
}

static void
test_fields_come_back_in_order(void **state)
{
	struct buf p = {0};
	struct bytes value;
	struct reader r;
	uint8_t name;

	(void)state;
	assert_ok(frame_put_field(&p, 'a', bytes_of("one")));
	assert_ok(frame_put_field(&p, 'b', bytes_make(NULL, 0)));
	assert_ok(frame_put_number(&p, 'n', UINT64_MAX - 1));
	r = reader_of(buf_view(&p));
	assert_true(frame_next_field(&r, &name, &value));
	assert_int_equal(name, 'a');
	assert_text(value, "one");
	assert_int_equal(frame_number(value), 0);
	assert_true(frame_next_field(&r, &name, &value));
	assert_int_equal(name, 'b');
	assert_int_equal(value.len, 0);
	assert_true(frame_next_field(&r, &name, &value));
	assert_true(frame_number(value) == UINT64_MAX - 1);
	assert_false(frame_next_field(&r, &name, &value));
	assert_false(r.failed);
	buf_done(&p);
}

static void
test_broken_field_fails_at_every_cut(void **state)
{
	struct buf p = {0};
	struct bytes value = bytes_of("before");
	struct reader r;
	uint8_t name = 'z';
	size_t cut;

	(void)state;
	assert_ok(frame_put_field(&p, 'a', bytes_of("one")));
	for (cut = 1; cut < p.len; cut++) {
		r = reader_of(bytes_make(p.data, cut));
		assert_false(frame_next_field(&r, &name, &value));
		assert_true(r.failed);
		assert_int_equal(name, 'z');
		assert_text(value, "before");
	}
	buf_done(&p);
}

#define with_pair(f) cmocka_unit_test_setup_teardown(f, open_pair, close_pair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_pair(test_frame_arrives_as_it_was_sent),
		cmocka_unit_test(test_layout_on_the_wire),
		cmocka_unit_test(test_frame_that_does_not_fit_adds_nothing),
		with_pair(test_octet_by_octet_gives_the_same_frames),
		with_pair(
			test_largest_frame_is_taken_and_one_more_octet_is_not),
		with_pair(test_announced_length_alone_takes_no_memory),
		with_pair(test_too_short_a_length_is_malformed),
		with_pair(test_end_inside_a_frame_is_closed),
		with_pair(test_silence_is_a_timeout),
		with_pair(test_writer_gives_up_when_nobody_reads),
		with_pair(test_largest_frame_of_the_protocol_passes),
		cmocka_unit_test(test_fields_come_back_in_order),
		cmocka_unit_test(test_broken_field_fails_at_every_cut),
	};

	return cmocka_run_group_tests_name("base/frame", tests, NULL, NULL);
}
