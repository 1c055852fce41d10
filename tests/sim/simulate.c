/* Ten servers and a bad world: they always end up with the same. */
#include <stdlib.h>

#include "../unit/unit.h"
#include "sim.h"

struct promise {
	const char *name;
	size_t tenths; /* of a letter for each change and server that is to
			  hear of it, at most; 0: any number */
	struct sim_scenario scenario;
};

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

/* All end up with the same, and with few letters where that is promised. */
static void
run(void **state)
{
	const struct promise *p = *state;
	const struct sim_scenario *s = &p->scenario;
	struct sim_change *changes = calloc(s->changes, sizeof(*changes));
	struct sim_result r;

	assert_non_null(changes);
	sim_make_changes(s, changes);
	sim_run(s, changes, &r);
	report(s, changes, &r);
	free(changes);
	assert_true(r.same);
	assert_true(r.calm);
	assert_int_equal(r.refused, 0);
	if (p->tenths > 0)
		assert_true(r.letters * 10 <=
			    s->changes * (s->hosts - 1) * p->tenths);
}

/* The last ones take a minute each, and wait for KEYPOST_SIM_ALL. */
enum { MORE = 2, ALL = 6 };

static const struct promise promises[ALL] = {
	{"a mesh that batches sends few letters", 12,
		{.name = "a burst in a mesh",
			.shape = SHAPE_MESH,
			.hosts = 10,
			.changes = 1000,
			.changing = 10 * SIM_MINUTE,
			.certs = 1000,
			.patience = SIM_DAY,
			.seed = 1}},
	{"a tenth is lost in a mesh, and servers crash", 0,
		{.name = "a mesh that loses a tenth",
			.shape = SHAPE_MESH,
			.hosts = 10,
			.weather = {.loss = 10, .doubled = 5},
			.changes = 60,
			.changing = 6 * SIM_HOUR,
			.certs = 40,
			.crashes = 3,
			.patience = 10 * SIM_DAY,
			.seed = 4}},
	{"almost a third is lost in a ring", 0,
		{.name = "a ring that loses three tenths",
			.shape = SHAPE_RING,
			.hosts = 10,
			.weather = {.loss = 30, .doubled = 5, .days_late = 2},
			.changes = 200,
			.changing = SIM_DAY,
			.certs = 100,
			.patience = 20 * SIM_DAY,
			.seed = 5}},
	/* Relays take letters and throw them away after five days. */
	{"hubs are a week apart, and relays give up", 0,
		{.name = "hubs, a week apart, with loss",
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
			.seed = 6}},
	{"letters come twice, out of order and days late", 0,
		{.name = "a ring, with late letters",
			.shape = SHAPE_RING,
			.hosts = 10,
			.weather = {.doubled = 20, .days_late = 20},
			.changes = 200,
			.changing = 2 * SIM_DAY,
			.certs = 100,
			.patience = 10 * SIM_DAY,
			.seed = 2}},
	{"hubs are a week apart, and servers crash", 0,
		{.name = "hubs, a week apart, crashes",
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
			.seed = 3}},
};

/* A pattern picks some of them. */
int
main(int argc, char **argv)
{
	struct CMUnitTest tests[ALL];
	size_t count = ALL;

	for (size_t i = 0; i < ALL; i++)
		tests[i] = (struct CMUnitTest){.name = promises[i].name,
			.test_func = run,
			.initial_state = (void *)(uintptr_t)&promises[i]};
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	else if (getenv("KEYPOST_SIM_ALL") == NULL)
		count -= MORE;
	return _cmocka_run_group_tests(
		"a simulated network", tests, count, NULL, NULL);
}
