/*
 * bare_mhd.c - libmicrohttpd by itself: the ceiling for any server on it
 *
 *     bare-mhd PORT THREADS [OCTETS [STORE]]
 *
 * Answers every request with one body from memory (3072 octets unless said)
 * until a signal ends it. What keypost needs beyond this program is its own.
 * With a store (keypost.db) it finds and armors what is asked for, and does no
 * more: what keypost needs beyond that is neither SQLite's nor libmicrohttpd's.
 */
#include "config.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bare_sqlite.h"

enum { OCTETS = 3072, CONNECTIONS = 1024 };

static struct MHD_Response *response;
static bool from_store;

static enum MHD_Result
answer_row(struct MHD_Connection *c)
{
	struct MHD_Response *row = bare_sqlite_respond(c);
	enum MHD_Result r;

	if (row == NULL)
		return MHD_queue_response(c, MHD_HTTP_NOT_FOUND, response);
	r = MHD_queue_response(c, MHD_HTTP_OK, row);
	MHD_destroy_response(row);
	return r;
}

static enum MHD_Result
answer(void *cls, struct MHD_Connection *c, const char *url, const char *method,
	const char *version, const char *data, size_t *size, void **state)
{
	(void)cls;
	(void)url;
	(void)method;
	(void)version;
	(void)data;
	/* The first call brings the head only. */
	if (*state == NULL) {
		*state = response;
		return MHD_YES;
	}
	*size = 0;
	return from_store ? answer_row(c)
			  : MHD_queue_response(c, MHD_HTTP_OK, response);
}

static void
wait_for_signal(void)
{
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigwait(&set, &got);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	struct MHD_Daemon *daemon;
	sigset_t block;
	size_t octets;
	char *body;

	if (argc < 3) {
		fprintf(stderr, "usage: bare-mhd PORT THREADS "
				"[OCTETS [STORE]]\n");
		return 64;
	}
	sigfillset(&block);
	pthread_sigmask(SIG_BLOCK, &block, NULL);
	octets = argc > 3 ? strtoul(argv[3], NULL, 10) : OCTETS;
	from_store = argc > 4;
	if (from_store)
		bare_sqlite_open(argv[4]);
	body = malloc(octets + 1);
	if (body == NULL)
		return 1;
	memset(body, 'A', octets);
	response = MHD_create_response_from_buffer(
		octets, body, MHD_RESPMEM_MUST_FREE);
	at.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL,
		answer, NULL, MHD_OPTION_SOCK_ADDR, &at,
		MHD_OPTION_THREAD_POOL_SIZE,
		(unsigned int)strtoul(argv[2], NULL, 10),
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS,
		MHD_OPTION_END);
	if (daemon == NULL) {
		perror("bare-mhd");
		return 1;
	}
	wait_for_signal();
	MHD_stop_daemon(daemon);
	MHD_destroy_response(response);
	return 0;
}
