/*
 * What keypost-mail says of a letter is a stranger's word: whatever the
 * payload of FRAME_LETTER holds, what comes out may stand in an SMTP command,
 * a header field and a log line, within limits; and one that must not be
 * answered never is.
 */
#include <assert.h>

#include "base/mailaddr.h"
#include "mail/auth.h"
#include "mail/classify.h"
#include "mail/command.h"
#include "mail/dedupe.h"
#include "mail/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char nothing[] = "", ours[] = "ours@here.example";
static char ann[] = "ann", ann_mail[] = "pks@ann.example";
static struct peer_settings peer = {
	.name = ann, .mail = ann_mail, .relay = nothing};
static struct mail_settings settings = {
	.address = ours, .peers = &peer, .peer_count = 1};

static void
check_address(const char *text)
{
	assert(text == NULL || mailaddr_is_safe(text));
}

static void
check_text(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		assert(*text >= 0x20 && *text < 0x7f);
}

static void
check_letter(const struct incoming *in, size_t size)
{
	size_t sum = 0;

	check_text(in->source);
	if (in->sender[0] != '\0')
		check_address(in->sender);
	check_address(in->from);
	check_address(in->reply_to);
	check_text(in->message_id);
	check_text(in->references);
	assert(in->seen_count <= INCOMING_SEEN_MAX);
	for (size_t i = 0; i < in->seen_count; i++)
		check_address(in->seen[i]);
	assert(in->block_count <= INCOMING_BLOCKS_MAX);
	for (size_t i = 0; i < in->block_count; i++)
		sum += in->blocks[i].text.len;
	assert(sum <= size && in->size >= size);
}

/* No text of a stranger's proves what only our own server says. */
static void
check_results(const struct incoming *in)
{
	for (size_t i = 0; i < in->result_count; i++) {
		if (auth_results_pass(
			    in->results[i], "mx.example", "a.example"))
			assert(auth_results_is_of(
				in->results[i], "mx.example"));
	}
}

static void
check_reply(const struct incoming *in, const struct known *k)
{
	const struct compose_site site = {.address = ours,
		.maintainer = "",
		.bounce = "",
		.host = "",
		.store_id = "0"};
	struct reply_letter r = {.command = "ADD",
		.args = in->subject,
		.in_reply_to = in->message_id,
		.references = in->references,
		.token = "1"};
	struct buf out = {0};
	enum status st;

	if (classify_reply(in, k, &r.to) != NULL)
		return;
	assert(in->machine == MACHINE_NONE && !in->report);
	assert(in->from != NULL && in->sender[0] != '\0');
	assert(in->seen_count == 0);
	assert(known_find(k, r.to) == KNOWN_NOBODY);
	st = reply_write(&site, &r, &out);
	assert(st == STATUS_OK);
	/* As many lines as fields, and a blank one. */
	for (size_t i = 0, lines = 0; i < out.len; i++) {
		lines += out.data[i] == '\n';
		assert(lines <= 13);
	}
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct known *k;
	struct arena *arena = arena_new(size + 64 * 1024);
	struct incoming in;
	struct digest twin;
	struct bytes args;
	struct err err;
	enum status st;
	int origin;

	if (k == NULL) {
		st = known_new(&settings, &k, &err);
		assert(st == STATUS_OK);
	}
	st = incoming_read(arena, bytes_make(data, size), &in, &err);
	if (st == STATUS_OK) {
		check_letter(&in, size);
		check_reply(&in, k);
		check_results(&in);
		origin = known_origin(k, &in);
		assert(origin == 0 || origin == KNOWN_NOBODY);
		if (in.report)
			assert(classify_machine(&in, true) != MACHINE_NONE);
		(void)command_find(in.subject, &args);
		(void)dedupe_digest(&in, &twin);
	} else {
		assert(st == STATUS_MALFORMED || st == STATUS_LIMIT);
	}
	arena_free(arena);
	return 0;
}
