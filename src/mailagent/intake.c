#include "mailagent/intake.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mailaddr.h"
#include "mailagent/aside.h"
#include "mailagent/job.h"

enum stage { STAGE_WAITING, STAGE_DECODING, STAGE_AT_DAEMON, STAGE_ASIDE };

struct letter {
	uint64_t id;
	enum stage stage;
	struct intake *intake;
	struct intake_offer offer;
	char sender[MAILADDR_MAX + 1], bounce_to[MAILADDR_MAX + 1];
	char reason[201]; /* why it is set aside */
	unsigned tries;   /* decodings begun, as far as the source knows */
	bool forgotten;
	struct letter *next;
};

struct intake {
	struct nursery *nursery;
	struct channel *daemon;
	struct aside *aside;
	struct letter *letters; /* in order of id */
	size_t count, octets;
	size_t working; /* with a decoder or the daemon */
	uint64_t last_id;
};

static void pump(struct intake *in);

static void
on_worker(void *ctx)
{
	pump(ctx);
}

static void on_aside(void *ctx, uint64_t id, enum status st, const char *why);

struct intake *
intake_new(struct loop *loop, struct nursery *nursery, struct channel *daemon,
	struct quarantine *quarantine)
{
	struct intake *in = xcalloc(1, sizeof(*in));

	in->nursery = nursery;
	in->daemon = daemon;
	in->aside = aside_new(loop, quarantine, on_aside, in);
	nursery_on_ready(nursery, on_worker, in);
	return in;
}

static void
free_letter(struct letter *l)
{
	buf_done(&l->offer.octets);
	free(l);
}

void
intake_free(struct intake *in)
{
	if (in == NULL)
		return;
	nursery_on_ready(in->nursery, NULL, NULL);
	aside_free(in->aside);
	while (in->letters != NULL) {
		struct letter *l = in->letters;

		in->letters = l->next;
		/* An orderly end is no death: it does not count. */
		if (l->stage == STAGE_DECODING && !l->forgotten &&
			l->offer.source->decoded != NULL)
			l->offer.source->decoded(
				l->offer.source->source, l->offer.token);
		free_letter(l);
	}
	free(in);
}

bool
intake_has_room(const struct intake *in)
{
	return in->count < AGENT_LETTERS_MAX && in->octets < INTAKE_OCTETS_MAX;
}

bool
intake_is_empty(const struct intake *in)
{
	return in->count == 0;
}

bool
intake_is_open(const struct intake *in)
{
	return in->count < INTAKE_LETTERS_MAX && in->octets < INTAKE_OCTETS_MAX;
}

static void
finish(struct letter *l, enum intake_fate fate, const char *reason)
{
	const struct intake_source *s = l->offer.source;
	struct intake *in = l->intake;
	struct letter **at = &in->letters;
	void *token = l->offer.token;
	bool forgotten = l->forgotten;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	in->count--;
	in->octets -= l->offer.octets.len;
	free_letter(l);
	/* Last: the source may offer its next letter from inside. */
	if (!forgotten)
		s->finish(s->source, token, fate, reason);
}

/* Sets it aside; the source hears of it when it is on disk. */
static void
set_aside(struct letter *l, const char *reason)
{
	const struct intake_source *s = l->offer.source;

	if (l->forgotten) {
		finish(l, INTAKE_LATER, "");
		return;
	}
	if (s->keeps && l->stage != STAGE_AT_DAEMON) {
		log_line(LOG_INFO, "letter", "source=%s outcome=left reason=%s",
			s->name, log_quote_str(reason).text);
		finish(l, INTAKE_FOREIGN, reason);
		return;
	}
	l->stage = STAGE_ASIDE;
	(void)snprintf(l->reason, sizeof(l->reason), "%s", reason);
	aside_put(l->intake->aside, l->id, s->name, l->reason, l->offer.letter);
}

static struct letter *find(struct intake *in, uint64_t id);

/* Unless the disk said no: then it stays where it is. */
static void
on_aside(void *ctx, uint64_t id, enum status st, const char *why)
{
	struct intake *in = ctx;
	struct letter *l = find(in, id);

	if (l == NULL || l->stage != STAGE_ASIDE)
		return;
	if (st != STATUS_OK) {
		log_line(LOG_ERROR, "quarantine", "reason=%s",
			log_quote_str(why).text);
		finish(l, INTAKE_LATER, "cannot set it aside");
	} else {
		char reason[sizeof(l->reason)];

		log_line(LOG_INFO, "letter",
			"source=%s outcome=quarantine reason=%s",
			l->offer.source->name, log_quote_str(l->reason).text);
		memcpy(reason, l->reason, sizeof(reason));
		finish(l, INTAKE_TAKEN, reason);
	}
	pump(in);
}

/* Only these may come from a decoder: it is not trusted with the rest. */
static bool
is_decoded_field(uint8_t name)
{
	return name != LETTER_SOURCE && name != LETTER_SIZE;
}

static enum status
put_fields(const struct letter *l, struct bytes answer, struct buf *payload)
{
	struct reader r = reader_of(answer);
	struct bytes value;
	uint8_t name;
	enum status st;

	st = frame_put_field(
		payload, LETTER_SOURCE, bytes_of(l->offer.source->name));
	if (st == STATUS_OK)
		st = frame_put_number(
			payload, LETTER_SIZE, l->offer.letter.len);
	/* What the road told is not the decoder's to change. */
	if (st == STATUS_OK && l->offer.has_sender)
		st = frame_put_field(
			payload, LETTER_SENDER, bytes_of(l->sender));
	if (st == STATUS_OK && l->bounce_to[0] != '\0')
		st = frame_put_field(
			payload, LETTER_BOUNCE_TO, bytes_of(l->bounce_to));
	while (st == STATUS_OK && frame_next_field(&r, &name, &value)) {
		if (!is_decoded_field(name) ||
			(name == LETTER_SENDER && l->offer.has_sender))
			continue;
		st = frame_put_field(payload, name, value);
	}
	return r.failed ? STATUS_MALFORMED : st;
}

static void
send_letter(struct letter *l, struct bytes answer)
{
	const struct intake_source *s = l->offer.source;
	struct buf payload = {.max = FRAME_MAX};

	if (put_fields(l, answer, &payload) != STATUS_OK) {
		buf_done(&payload);
		set_aside(l, "the decoder's answer makes no sense");
		return;
	}
	if (s->decoded != NULL && !l->forgotten)
		s->decoded(s->source, l->offer.token);
	l->stage = STAGE_AT_DAEMON;
	l->intake->working++;
	channel_put(l->intake->daemon, FRAME_LETTER, l->id, buf_view(&payload));
	buf_done(&payload);
}

static void
decoder_died(struct letter *l)
{
	log_line(LOG_WARN, "letter", "source=%s outcome=decoder-died tries=%u",
		l->offer.source->name, l->tries);
	if (l->tries >= INTAKE_TRIES_MAX)
		set_aside(l, "its decoder died or took too long, twice");
	else
		l->stage = STAGE_WAITING;
}

static void
on_decoded(void *ctx, enum nursery_end end, uint8_t type, struct bytes answer)
{
	struct letter *l = ctx;
	struct intake *in = l->intake;
	char reason[256];
	size_t n;

	in->working--;
	if (end != NURSERY_ANSWERED) {
		decoder_died(l);
	} else if (type == JOB_FIELDS) {
		send_letter(l, answer);
	} else {
		n = answer.len < sizeof(reason) ? answer.len
						: sizeof(reason) - 1;
		if (n > 0)
			memcpy(reason, answer.data, n);
		reason[n] = '\0';
		set_aside(l, reason);
	}
	pump(in);
}

static void
give_to_decoder(struct letter *l)
{
	const struct intake_offer *o = &l->offer;
	struct decode_hint hint = {.has_sender = o->has_sender,
		.sender = bytes_of(l->sender),
		.trust_path = o->source->trust_path,
		.to_bounces = o->to_bounces};
	struct buf job = {.len = 0};

	l->stage = STAGE_DECODING;
	l->intake->working++;
	job_write(o->letter, &hint, &job);
	nursery_start(l->intake->nursery, buf_view(&job), on_decoded, l);
	buf_done(&job);
}

static void
start(struct letter *l)
{
	const struct intake_source *s = l->offer.source;

	if (l->forgotten) {
		finish(l, INTAKE_LATER, "");
		return;
	}
	if (l->offer.too_long) {
		set_aside(l, "over the limit of a letter, cut there");
		return;
	}
	l->tries++;
	if (s->begin != NULL)
		l->tries = s->begin(s->source, l->offer.token);
	/* We died with it in hand, again and again: then so be it. */
	if (l->tries > INTAKE_BEGINS_MAX)
		set_aside(l, "keypost-mail ended each time it was decoded");
	else
		give_to_decoder(l);
}

static void
pump(struct intake *in)
{
	struct letter *l;

	while (in->working < AGENT_LETTERS_MAX &&
		nursery_is_ready(in->nursery)) {
		/* From the first: what starts may free others. */
		l = in->letters;
		while (l != NULL && l->stage != STAGE_WAITING)
			l = l->next;
		if (l == NULL)
			return;
		start(l);
	}
}

static void
copy_address(char to[MAILADDR_MAX + 1], struct bytes from)
{
	if (from.len > 0)
		memcpy(to, from.data,
			from.len < MAILADDR_MAX ? from.len : MAILADDR_MAX);
}

uint64_t
intake_offer(struct intake *in, struct intake_offer *offer)
{
	struct letter *l = xcalloc(1, sizeof(*l));
	struct letter **at = &in->letters;

	assert(in->count < INTAKE_LETTERS_MAX);
	l->id = ++in->last_id;
	l->intake = in;
	l->offer = *offer;
	offer->octets = (struct buf){.len = 0};
	if (l->offer.has_sender)
		copy_address(l->sender, offer->sender);
	copy_address(l->bounce_to, offer->bounce_to);
	while (*at != NULL)
		at = &(*at)->next;
	*at = l;
	in->count++;
	in->octets += l->offer.octets.len;
	pump(in);
	return in->last_id;
}

static struct letter *
find(struct intake *in, uint64_t id)
{
	struct letter *l = in->letters;

	while (l != NULL && l->id != id)
		l = l->next;
	return l;
}

void
intake_forget(struct intake *in, uint64_t id)
{
	struct letter *l = find(in, id);

	if (l != NULL)
		l->forgotten = true;
}

void
intake_done(struct intake *in, uint64_t id, struct bytes payload)
{
	struct letter *l = find(in, id);
	struct reader r = reader_of(payload);
	enum letter_fate fate = FATE_LATER;
	struct bytes value;
	char reason[201] = "";
	uint8_t name;

	if (l == NULL || l->stage != STAGE_AT_DAEMON)
		return;
	while (frame_next_field(&r, &name, &value)) {
		if (name == DONE_FATE)
			fate = (enum letter_fate)frame_number(value);
		else if (name == DONE_REASON && value.len < sizeof(reason))
			memcpy(reason, value.data, value.len);
	}
	in->working--;
	if (fate == FATE_TAKEN || fate == FATE_FOREIGN)
		finish(l, fate == FATE_TAKEN ? INTAKE_TAKEN : INTAKE_FOREIGN,
			reason);
	else if (fate == FATE_REFUSE && l->offer.source->refuses)
		finish(l, INTAKE_REFUSED, reason);
	else if (fate == FATE_REFUSE || fate == FATE_QUARANTINE)
		set_aside(l, reason);
	else
		finish(l, INTAKE_LATER, reason);
	pump(in);
}
