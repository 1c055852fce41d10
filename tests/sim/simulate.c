/* Ten servers and a bad world: they always end up with the same. */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/unit.h"
#include "sim.h"

static void
report(const struct sim_scenario *s, const struct sim_change *changes,
	const struct sim_result *r)
{
	double pairs = (double)(s->changes * (s->hosts - 1));

	print_message(
		"# %s: %zu changes to %zu certificates, %zu letters (%zu "
		"lost, %zu doubled), %.2f a change and server, %.0f "
		"octets; the same %.1f h after the last change or fault\n",
		s->name, s->changes, r->certs, r->letters, r->lost, r->doubled,
		(double)r->letters / pairs, (double)r->octets / pairs,
		(double)r->took / SIM_HOUR);
	for (size_t i = 0; i < sim_legacy_count; i++) {
		size_t lost = sim_legacy_lost(&sim_legacy_kinds[i], s, changes);

		print_message("# %s: %s would have lost %.1f %%\n", s->name,
			sim_legacy_kinds[i].name, 100.0 * (double)lost / pairs);
	}
}

static void
run(const struct sim_scenario *s, struct sim_result *r)
{
	struct sim_change *changes = calloc(s->changes, sizeof(*changes));

	assert_non_null(changes);
	sim_make_changes(s, changes);
	sim_run(s, changes, r);
	report(s, changes, r);
	free(changes);
	assert_true(r->same);
	assert_true(r->calm);
	assert_int_equal(r->refused, 0);
}

/* ---- what nobody needs to repair ------------------------------------------
 */

static void
test_a_mesh_that_batches_sends_few_letters(void **state)
{
	const struct sim_scenario s = {.name = "a burst in a mesh",
		.shape = SHAPE_MESH,
		.hosts = 10,
		.changes = 1000,
		.changing = 10 * SIM_MINUTE,
		.certs = 1000,
		.patience = SIM_DAY,
		.seed = 1};
	struct sim_result r;

	(void)state;
	run(&s, &r);
	/* At most 1.2 for each change and server that is to hear of it. */
	assert_true(r.letters * 10 <= s.changes * (s.hosts - 1) * 12);
}

static void
test_twice_and_out_of_order_and_days_late(void **state)
{
	const struct sim_scenario s = {.name = "a ring, with late letters",
		.shape = SHAPE_RING,
		.hosts = 10,
		.weather = {.doubled = 20, .days_late = 20},
		.changes = 200,
		.changing = 2 * SIM_DAY,
		.certs = 100,
		.patience = 10 * SIM_DAY,
		.seed = 2};
	struct sim_result r;

	(void)state;
	run(&s, &r);
}

static void
test_a_week_apart_and_crashes(void **state)
{
	const struct sim_scenario s = {.name = "hubs, a week apart, crashes",
		.shape = SHAPE_HUBS,
		.hosts = 10,
		.weather = {.doubled = 5,
			.days_late = 5,
			.apart_from = SIM_DAY,
			.apart_to = 8 * SIM_DAY,
			.apart = 2,
			.apart_refused = true},
		.changes = 200,
		.changing = 9 * SIM_DAY,
		.certs = 100,
		.crashes = 20,
		.patience = 10 * SIM_DAY,
		.seed = 3};
	struct sim_result r;

	(void)state;
	run(&s, &r);
}

/* ---- what mail loses -------------------------------------------------------
 */

static void
test_a_tenth_is_lost_in_a_mesh(void **state)
{
	const struct sim_scenario s = {.name = "a mesh that loses a tenth",
		.shape = SHAPE_MESH,
		.hosts = 10,
		.weather = {.loss = 10, .doubled = 5},
		.changes = 60,
		.changing = 6 * SIM_HOUR,
		.certs = 40,
		.crashes = 3,
		.patience = 10 * SIM_DAY,
		.seed = 4};
	struct sim_result r;

	(void)state;
	run(&s, &r);
}

static void
test_almost_a_third_is_lost_in_a_ring(void **state)
{
	const struct sim_scenario s = {.name = "a ring that loses three tenths",
		.shape = SHAPE_RING,
		.hosts = 10,
		.weather = {.loss = 30, .doubled = 5, .days_late = 2},
		.changes = 200,
		.changing = SIM_DAY,
		.certs = 100,
		.patience = 20 * SIM_DAY,
		.seed = 5};
	struct sim_result r;

	(void)state;
	run(&s, &r);
}

/* Relays take letters and throw them away after five days. */
static void
test_a_week_apart_and_relays_that_give_up(void **state)
{
	const struct sim_scenario s = {.name = "hubs, a week apart, with loss",
		.shape = SHAPE_HUBS,
		.hosts = 10,
		.weather = {.loss = 20,
			.doubled = 5,
			.apart_from = SIM_DAY,
			.apart_to = 8 * SIM_DAY,
			.apart = 2},
		.changes = 200,
		.changing = 8 * SIM_DAY,
		.certs = 100,
		.crashes = 5,
		.patience = 20 * SIM_DAY,
		.seed = 6};
	struct sim_result r;

	(void)state;
	run(&s, &r);
}

/* A pattern picks some of them. The last ones take a minute each, and wait for
 * KEYPOST_SIM_ALL. */
enum { MORE = 2 };

int
main(int argc, char **argv)
{
	const struct CMUnitTest promises[] = {
		cmocka_unit_test(test_a_mesh_that_batches_sends_few_letters),
		cmocka_unit_test(test_a_tenth_is_lost_in_a_mesh),
		cmocka_unit_test(test_almost_a_third_is_lost_in_a_ring),
		cmocka_unit_test(test_a_week_apart_and_relays_that_give_up),
		cmocka_unit_test(test_twice_and_out_of_order_and_days_late),
		cmocka_unit_test(test_a_week_apart_and_crashes),
	};
	size_t count = sizeof(promises) / sizeof(promises[0]);

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	else if (getenv("KEYPOST_SIM_ALL") == NULL)
		count -= MORE;
	return _cmocka_run_group_tests(
		"a simulated network", promises, count, NULL, NULL);
}
