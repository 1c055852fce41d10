/*
 * server.h - what a simulated server is made of: store, ingest and src/mail
 *
 * Threads: one, but for the semaphores, which inbox and courier post at each
 *          of their turns.
 */
#ifndef KEYPOST_SIM_SERVER_H
#define KEYPOST_SIM_SERVER_H

#include <semaphore.h>

#include "base/frame.h"
#include "mail/mail.h"
#include "node.h"

struct node {
	const struct node_settings *set;
	struct store *store;
	struct store_session *session;
	struct ingest *ingest;
	struct mail *mail;
	int in, out; /* keypost-mail's ends */
	struct frame_reader in_reader, out_reader, reader;
	size_t letters, sends; /* not answered yet */
	bool moved;            /* something passed since the last look */
	int64_t now;
	sem_t inbox_turns, courier_turns, repair_turns; /* since we looked */
	char names[SIM_HOSTS_MAX][NODE_ADDRESS_MAX],
		mails[SIM_HOSTS_MAX][NODE_ADDRESS_MAX];
	struct peer_settings peers[SIM_HOSTS_MAX];
	char address[NODE_ADDRESS_MAX], host[NODE_ADDRESS_MAX];
	struct store_settings store_settings;
	struct ingest_settings ingest_settings;
	struct mail_settings mail_settings;
	struct mail_spawn spawn;
};

/* Started anew, or again in the folder that it left. */
void server_start(struct node *n);
void server_stop(struct node *n);
/* Both clocks of the process stand still at this time. */
void server_set_clock(struct node *n, int64_t now);
/* Ends the process with a sentence if it is not OK. */
void server_must(enum status st, const struct err *err);

#endif
