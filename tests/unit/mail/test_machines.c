/* Letters that machines wrote, ours among them. */
#include "../unit.h"

#include "returned.h"

/* ---- other machines ---------------------------------------------------------
 */

static void
test_our_own_letter_is_not_taken_in(void **state)
{
	struct world *w = *state;
	struct offer o = {.subject = "incremental",
		.sender = "bounce+bob.1-2@here.example",
		.from = "ours@here.example",
		.seed = 98,
		.parts = KEY_SELF};
	struct sent s;
	char id[300];
	int64_t before = counted("mail_in_machine", "own");

	deliver_one(w, &s);
	id_of(&s, id);
	o.message_id = id;
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_false(world_stored(w, 98));
	assert_int_equal(counted("mail_in_machine", "own") - before, 1);
	sent_done(&s);
}

static void
test_machines_are_counted_by_kind(void **state)
{
	static const struct {
		const char *kind;
		struct offer offer;
	} rows[] = {
		{"bounce", {.subject = "x", .sender = "", .report = true}},
		{"auto", {.subject = "Out of office",
				 .sender = "a@b.example",
				 .machine = MACHINE_AUTO}},
		{"list", {.subject = "[keys] digest",
				 .sender = "a@b.example",
				 .machine = MACHINE_LIST}},
		{"reply", {.subject = "Reply to ADD", .sender = "a@b.example"}},
		{"reply", {.subject = "Your command, ADD",
				  .sender = "a@b.example"}},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t before = counted("mail_in_machine", rows[i].kind);
		struct offer o = rows[i].offer;

		o.seed = 97;
		o.parts = KEY_SELF;
		assert_int_equal(agent_letter(w, &o), FATE_FOREIGN);
		assert_false(world_stored(w, 97));
		assert_int_equal(
			counted("mail_in_machine", rows[i].kind) - before, 1);
	}
	agent_expect_silence(w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_our_own_letter_is_not_taken_in),
		WORLD_STARTED_PROMISE(test_machines_are_counted_by_kind),
	};

	return cmocka_run_group_tests_name("machines", tests, NULL, NULL);
}
