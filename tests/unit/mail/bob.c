#include "bob.h"

#include <stdio.h>
#include <string.h>

#include "../unit.h"

int
bob_setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	world_only_bob(w);
	w->settings.repair = true;
	w->settings.repair_after_ms = 500;
	w->settings.repair_keep_s = 3600;
	w->settings.repair_octets = 64 * 1024 * 1024;
	return 0;
}

void
hear_range(struct world *w, unsigned int seed, const char *range)
{
	char batch[160];
	struct offer o = {.subject = "incremental",
		.sender = "pks@bob.example",
		.from = "pks@bob.example",
		.seed = seed,
		.parts = KEY_SELF,
		.batch = batch};

	(void)snprintf(batch, sizeof(batch),
		"v1; keys=1; range=%s; store=" STORE "; level=sks", range);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
}

void
hear_repair(struct world *w, struct buf *body)
{
	struct offer o = {.subject = "repair",
		.sender = "pks@bob.example",
		.from = "pks@bob.example",
		.machine = MACHINE_AUTO,
		.repair = buf_view(body)};

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	buf_done(body);
}

void
begin(struct buf *body)
{
	buf_init(body, 0);
	assert_ok(frame_put_number(body, REPAIR_VERSION, 1));
	assert_ok(frame_put_field(body, REPAIR_STORE, bytes_of(STORE)));
	assert_ok(frame_put_field(body, REPAIR_LEVEL, bytes_of("sks")));
}

void
hear_ask(struct world *w, const char *store, const char *range)
{
	struct buf body;
	char text[128];

	(void)snprintf(text, sizeof(text), "%s %s", store, range);
	begin(&body);
	assert_ok(frame_put_field(&body, REPAIR_ASK, bytes_of(text)));
	hear_repair(w, &body);
}

struct buf
body_of(const struct sent *s)
{
	struct buf body = {0};
	const char *text = strstr(s->text, "\n\n");
	enum { LINE = 76 };

	assert_true(sent_has(s, "Content-Type: application/x-keypost-repair"));
	assert_true(sent_has(s, "Subject: repair"));
	assert_non_null(text);
	for (text += 2; *text != '\0';) {
		size_t n = strcspn(text, "\n");
		uint8_t out[LINE];
		struct bytes line = bytes_make(text, n);
		size_t len = 0;
		uint32_t bits = 0;
		unsigned int held = 0;

		assert_true(n <= LINE);
		for (size_t i = 0; i < n && line.data[i] != '='; i++) {
			static const char digits[] =
				"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
				"tuvwxyz0123456789+/";
			const char *d = strchr(digits, line.data[i]);

			assert_non_null(d);
			bits = bits << 6 | (uint32_t)(d - digits);
			held += 6;
			if (held >= 8) {
				held -= 8;
				out[len++] = (uint8_t)(bits >> held);
			}
		}
		assert_ok(buf_put(&body, bytes_make(out, len)));
		text += n + (text[n] == '\n');
	}
	return body;
}

void
field_of(const struct buf *body, uint8_t want, char out[128])
{
	struct reader r = reader_of(buf_view(body));
	struct bytes value;
	uint8_t name;

	out[0] = '\0';
	while (frame_next_field(&r, &name, &value)) {
		if (name == want && value.len < 128) {
			memcpy(out, value.data, value.len);
			out[value.len] = '\0';
		}
	}
}

void
expect_repair(struct world *w, uint8_t field, const char *want)
{
	struct sent s;
	struct buf body;
	char value[128];

	agent_expect(w, &s);
	assert_string_equal(s.recipient, "pks@bob.example");
	body = body_of(&s);
	field_of(&body, field, value);
	assert_string_equal(value, want);
	agent_accept_letter(w, &s);
	buf_done(&body);
	sent_done(&s);
}
