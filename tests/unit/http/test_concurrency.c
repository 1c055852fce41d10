/*
 * Many clients at once, of every kind, while the sweep runs: each gets its
 * own answer, and a stop in the midst of it all ends in order.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

enum { CLIENTS = 8, ROUNDS = 12 };

static struct site site;
static _Atomic int clients_left;
static _Atomic bool stopping;

struct client {
	pthread_t thread;
	unsigned number;
	int wrong; /* answers that were not what they must be */
	int answered;
};

/* cmocka's assertions belong to the main thread: here faults are counted. */
static void
expects(struct client *c, int fd, const char *request, int status,
	const char *says)
{
	struct answer a;

	site_sends(fd, request);
	a = site_read(fd, false);
	if (a.status == 0 && atomic_load(&stopping)) {
		answer_done(&a);
		return;
	}
	c->answered++;
	if (a.status != status && !(a.status == 503 && atomic_load(&stopping)))
		c->wrong++;
	else if (a.status == status && !answer_says(&a, says))
		c->wrong++;
	answer_done(&a);
}

static void
add_and_get(struct client *c, int fd, unsigned round)
{
	struct buf armor, request = {0};
	char fpr[41], line[80];

	site_key(5000 + c->number * 1000 + round, &armor, fpr);
	if (buf_printf(&request,
		    "POST /pks/add HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    armor.len) != STATUS_OK ||
		buf_put(&request, buf_view(&armor)) != STATUS_OK ||
		buf_put_u8(&request, 0) != STATUS_OK)
		c->wrong++;
	expects(c, fd, (const char *)request.data, 200, fpr);
	buf_clear(&request);
	snprintf(line, sizeof(line), "/pks/lookup?op=vindex&search=0x%s", fpr);
	if (buf_printf(&request, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", line) !=
		STATUS_OK)
		c->wrong++;
	if (!atomic_load(&stopping))
		expects(c, fd, (const char *)request.data, 200, "Subkey");
	buf_done(&request);
	buf_done(&armor);
}

static void *
client_main(void *arg)
{
	struct client *c = arg;
	unsigned round;

	for (round = 0; round < ROUNDS && !atomic_load(&stopping); round++) {
		int fd = site_try_connect(&site);

		if (fd < 0) {
			c->wrong += !atomic_load(&stopping);
			break;
		}
		add_and_get(c, fd, round);
		if (!atomic_load(&stopping))
			expects(c, fd,
				"GET /pks/lookup?search=nobody+of+that+name "
				"HTTP/1.1\r\nHost: x\r\n\r\n",
				404, "No keys found");
		if (!atomic_load(&stopping))
			expects(c, fd,
				"GET /pks/lookup?op=stats&options=mr HTTP/1.1"
				"\r\nHost: x\r\n\r\n",
				200, "numkeys");
		/* Some leave while their question is being worked on. */
		site_sends(fd, "GET /pks/lookup?search=gone+before+the+answer "
			       "HTTP/1.1\r\nHost: x\r\n\r\n");
		close(fd);
	}
	atomic_fetch_sub(&clients_left, 1);
	return NULL;
}

static void
run_clients(struct client *clients, bool stop_early)
{
	unsigned i;

	atomic_store(&stopping, false);
	atomic_store(&clients_left, CLIENTS);
	memset(clients, 0, CLIENTS * sizeof(*clients));
	for (i = 0; i < CLIENTS; i++) {
		clients[i].number = i;
		assert_int_equal(pthread_create(&clients[i].thread, NULL,
					 client_main, &clients[i]),
			0);
	}
	for (i = 0; atomic_load(&clients_left) > 0; i++) {
		(void)server_sweep(site.server);
		usleep(2000);
		if (stop_early && i == 50)
			break;
	}
}

static void
join_clients(struct client *clients)
{
	unsigned i;

	for (i = 0; i < CLIENTS; i++) {
		pthread_join(clients[i].thread, NULL);
		assert_int_equal(clients[i].wrong, 0);
	}
}

static void
test_every_client_gets_its_own_answer(void **state)
{
	struct client clients[CLIENTS];
	unsigned i;

	(void)state;
	site_init(&site);
	site.settings.threads = 4;
	site_start(&site);
	run_clients(clients, false);
	join_clients(clients);
	for (i = 0; i < CLIENTS; i++)
		assert_int_equal(clients[i].answered, 4 * ROUNDS);
	site_stop(&site);
}

static void
test_stop_under_load_ends_in_order(void **state)
{
	struct client clients[CLIENTS];

	(void)state;
	site_init(&site);
	site.settings.threads = 4;
	site_start(&site);
	run_clients(clients, true);
	atomic_store(&stopping, true);
	/* Clients see 503 or the end of their connection, nothing else. */
	site_stop(&site);
	join_clients(clients);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_client_gets_its_own_answer),
		cmocka_unit_test(test_stop_under_load_ends_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
