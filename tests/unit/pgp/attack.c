#include "attack.h"

#include "../unit.h"

struct attack attack;

struct bytes
attack_name(void)
{
	return bytes_of("Alice <alice@example.org>");
}

int
attack_open(void **state)
{
	int rc = vectors_setup(state);

	forge_open(&attack.owner, 1);
	forge_open(&attack.other, 2);
	forge_open(&attack.sub, 3);
	return rc;
}

int
attack_close(void **state)
{
	forge_close(&attack.owner);
	forge_close(&attack.other);
	forge_close(&attack.sub);
	buf_done(&attack.input);
	return vectors_teardown(state);
}

struct forge_sig
attack_sig(uint8_t type, const struct forge *signer, const struct forge *names)
{
	return (struct forge_sig){.type = type,
		.created = ATTACK_BORN,
		.signer = signer,
		.names = names,
		.names_hashed = true};
}

void
attack_start(void)
{
	buf_clear(&attack.input);
	forge_put_cert(
		&attack.owner, attack_name(), ATTACK_BORN, &attack.input);
}

/* Appends n of them, each made at another time. */
void
attack_add(struct forge_sig s, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		s.created = ATTACK_BORN + 1 + i;
		forge_put_sig(&attack.owner, &s, &attack.input);
	}
}

void
attack_add_named(struct forge_sig s, uint32_t n)
{
	s.user_id = attack_name();
	attack_add(s, n);
}

struct cert *
attack_read(void)
{
	struct bytes octets;

	assert_ok(arena_copy(vectors_arena, buf_view(&attack.input), &octets));
	return vectors_cert(vectors_arena, octets);
}

size_t
attack_count(const struct level_result *r, enum verdict v)
{
	size_t i, n = 0;

	for (i = 0; i < r->note_count; i++)
		n += r->notes[i].verdict == v;
	return n;
}
