#include "returned.h"

#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "base/counter.h"
#include "mail/own_key.h"

const struct offer report = {.subject = "Undelivered Mail",
	.sender = "",
	.from = "MAILER-DAEMON@bob.example",
	.machine = MACHINE_BOUNCE,
	.report = true,
	.seed = 99,
	.parts = KEY_SELF};

int64_t
counted(const char *name, const char *kind)
{
	return counter_value(counter_get_labelled(name, "kind", kind));
}

void
deliver_one(struct world *w, struct sent *s)
{
	world_only_bob(w);
	world_start(w);
	world_hold(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	world_submit(w, 2, KEY_SELF, "http", "");
	world_let_go(w);
	agent_expect(w, s);
	assert_int_equal(sent_count_keys(s, 1, 2), 2);
	agent_accept_letter(w, s);
	world_settled(w, "bob");
}

void
id_of(const struct sent *s, char id[300])
{
	const char *at = strstr(s->text, "\nMessage-ID: <");
	size_t n;

	assert_non_null(at);
	at += strlen("\nMessage-ID: <");
	n = strcspn(at, ">");
	assert_true(n < 300);
	memcpy(id, at, n);
	id[n] = '\0';
}

unsigned int
bounce(struct world *w, const struct offer_bounce *b)
{
	struct offer o = report;
	unsigned int fate;

	o.bounce = *b;
	fate = agent_letter(w, &o);
	assert_false(world_stored(w, o.seed));
	return fate;
}

void
retry(struct world *w)
{
	struct err err;

	assert_ok(mail_retry_peer(w->mail, "bob", &err));
}

bool
is_stopped(struct world *w)
{
	struct peer row;

	world_peer(w, "bob", &row);
	return (row.flags & PEER_STOPPED) != 0;
}

void
expect_again(struct world *w, const struct sent *before)
{
	struct sent s;

	agent_expect(w, &s);
	assert_string_equal(s.sender, before->sender);
	assert_int_equal(sent_count_keys(&s, 1, 2), 2);
	agent_accept_letter(w, &s);
	sent_done(&s);
}

void
address_of(struct world *w, const char *peer, const char *id, char to[128])
{
	struct own_key own;
	struct err err;
	char mark[OWN_MARK_SIZE];

	assert_ok(own_key_open(w->dir, 1, &own, &err));
	own_key_mark(&own, store_id(w->store), peer, id, mark);
	(void)snprintf(to, 128, "bounce+%s.%s.%s@here.example", peer, id, mark);
}
