#include "tests/unit/http/made_up.h"

#include <stdio.h>
#include <string.h>

#include "http/state/format.h"
#include "http/state/render.h"
#include "tests/unit/unit.h"

void
made_up_state(struct site_state *s)
{
	memset(s, 0, sizeof(*s));
	s->now = MADE_UP_NOW;
	s->host = "keys.example.org";
	s->version = "1.0";
	s->contact = "0x0123456789ABCDEF0123456789ABCDEF01234567";
	s->http_port = 11371;
	s->recon_port = 11370;
	s->mail = "p****s@keys.example.org";
	s->word_search = true;
	s->certs = 6123456;
	histogram_init(&s->hours, 3600, HISTOGRAM_HOURS);
	histogram_init(&s->days, 86400, HISTOGRAM_DAYS);
}

static void
put_changes(struct histogram *h, size_t back, int64_t inserted, int64_t updated)
{
	int64_t at = histogram_start(h, back, MADE_UP_NOW);

	for (int64_t i = 0; i < inserted; i++)
		histogram_add(h, CHANGE_INSERTED, at, MADE_UP_NOW);
	for (int64_t i = 0; i < updated; i++)
		histogram_add(h, CHANGE_UPDATED, at, MADE_UP_NOW);
}

void
made_up_changes(struct site_state *s, int64_t a_day)
{
	uint32_t seed = 42;

	for (size_t back = s->days.spans; back-- > 0;) {
		int64_t n = a_day;

		seed = seed * 1103515245 + 12345;
		n = n * 6 / 10 + n * (int64_t)(seed >> 16 & 0xFF) / 256;
		put_changes(&s->days, back, n / 3, n - n / 3);
	}
	for (size_t back = s->hours.spans; back-- > 0;) {
		int64_t hour = (s->now / 3600 - (int64_t)back) % 24;
		int64_t n = a_day / 24;

		seed = seed * 1103515245 + 12345;
		n = n *
			    (hour < 6           ? 2
				    : hour < 20 ? 12
						: 6) /
			    10 +
		    n * (int64_t)(seed >> 16 & 0xFF) / 1024;
		put_changes(&s->hours, back, n / 3, n - n / 3);
	}
}

static void
fill(struct state_peer *p, size_t i, char text[4][64])
{
	static const enum peer_word words[] = {PEER_WORD_FINE, PEER_WORD_FINE,
		PEER_WORD_RETRYING, PEER_WORD_FINE, PEER_WORD_STOPPED,
		PEER_WORD_PAUSED, PEER_WORD_NEW, PEER_WORD_RESYNC};

	memset(p, 0, sizeof(*p));
	snprintf(text[0], 64, "peer-%zu", i);
	snprintf(text[1], 64, "keys%zu.example.net", i);
	snprintf(text[2], 64, "p****s@keys%zu.example.net", i);
	p->name = text[0];
	p->host = text[1];
	p->mail = text[2];
	p->gossip = p->push = p->error = p->gossip_why = "";
	p->in.error = p->out.error = p->recovery.error = "";
	p->word = words[i % 8];
	p->last_sent = p->word == PEER_WORD_NEW ? 0 : MADE_UP_NOW - 300;
	p->last_received = i % 5 == 0 ? 0 : MADE_UP_NOW - 7200;
	if (p->word != PEER_WORD_FINE && p->word != PEER_WORD_NEW) {
		p->waiting = 1234 + (int64_t)i;
		p->oldest = MADE_UP_NOW - 11000;
	} else if (i % 8 == 1) {
		p->waiting = 12;
		p->oldest = MADE_UP_NOW - 20;
	}
	if (i % 8 < 3) {
		p->mend.speaks = true;
		p->mend.agreed = MADE_UP_NOW - 3600;
	}
	if (i % 8 == 1) {
		p->mend.gaps = 3;
		p->mend.asked = 1;
		p->mend.differed = MADE_UP_NOW - 60;
	}
	p->canary = i % 8 < 2;
	if (i % 8 == 0) {
		p->canary_seen = MADE_UP_NOW - 7200;
		p->canary_took = 95;
	}
	if (i % 8 == 7) {
		p->mend.upto = 8000;
		p->mend.left = 6000;
	}
	if (p->word == PEER_WORD_RETRYING) {
		p->error = "Its mail relay does not answer";
		p->error_code = FORMAT_NO_CODE;
		p->attempts = 4;
		p->next_try = MADE_UP_NOW + 600;
	}
	if (i % 3 == 0) {
		p->gossip = text[1];
		p->recon_port = 11370;
		p->http_port = 11371;
		p->out.time = MADE_UP_NOW - 60;
		p->in.time = MADE_UP_NOW - 90;
		p->gossip_word = GOSSIP_WORD_FINE;
	}
}

void
made_up_peers(struct site_state *s, struct state_peer *list, size_t count)
{
	static char text[64][4][64];

	for (size_t i = 0; i < count && i < 64; i++)
		fill(&list[i], i, text[i]);
	s->peers = list;
	s->peer_count = count;
}

void
made_up_take(struct page *p, struct buf *b)
{
	memset(b, 0, sizeof(*b));
	assert_ok(page_take(p, b));
	assert_ok(buf_put_u8(b, '\0'));
}

json_t *
made_up_json(const struct site_state *s)
{
	struct buf b = {0};
	struct err err = {""};
	json_t *o;

	assert_ok(render_json(s, &b, &err));
	o = json_loadb((const char *)b.data, b.len, 0, NULL);
	assert_non_null(o);
	buf_done(&b);
	return o;
}

char *
made_up_html(const struct site_state *s, struct buf *b)
{
	struct page p;

	page_init(&p, 1 << 20);
	render_html(s, &p);
	made_up_take(&p, b);
	return (char *)b->data;
}

size_t
made_up_times(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		n++;
	}
	return n;
}
