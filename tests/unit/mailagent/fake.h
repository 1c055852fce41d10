/*
 * fake.h - plays keypostd to an agent that runs in a process of its own
 *
 * Threads: one.
 * Errors:  anything unexpected fails the test.
 */
#ifndef KEYPOST_TESTS_MAILAGENT_FAKE_H
#define KEYPOST_TESTS_MAILAGENT_FAKE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/frame.h"
#include "mailagent/protocol.h"

struct fake {
	pid_t pid;
	int in, out;
	struct frame_reader from_in, from_out;
	char dir[200];     /* everything of this test */
	char data[256];    /* data folder */
	char maildir[256]; /* made when asked for */
	char lmtp[256];    /* unix:path */
};

enum { FAKE_LMTP = 1, FAKE_MAILDIR = 2, FAKE_ANY_ADDRESS = 4,
	FAKE_BROKEN_IMAP = 8 /* its password is in `data`/password */ };

#define FAKE_ADDRESS "pgp-public-keys@a.example"

/* Makes the folders and starts an agent; the second start keeps them. */
void fake_init(struct fake *f);
void fake_start(struct fake *f, int what);
/* Closes the sockets, waits for the orderly end. */
void fake_stop(struct fake *f);
/* kill -9, as a test of what is left behind. */
void fake_kill(struct fake *f);
/* Removes the folders. */
void fake_done(struct fake *f);

/* One letter as the agent sent it. */
struct fake_letter {
	uint64_t id;
	struct buf payload;
};

/* Waits for the next; beats are passed over. False after the time. */
bool fake_take(struct fake *f, struct fake_letter *l, int64_t wait_ms);
void fake_free(struct fake_letter *l);
/* The n-th field of that name as a string; NULL if there is none. */
const char *fake_field(const struct fake_letter *l, uint8_t name, size_t n);
uint64_t fake_number(const struct fake_letter *l, uint8_t name);
void fake_answer(
	struct fake *f, uint64_t id, enum letter_fate fate, const char *reason);

/* FRAME_SEND, and the next FRAME_SENT. */
void fake_send(struct fake *f, uint64_t id, const char *peer, const char *relay,
	const char *to, const char *text, enum relay_tls tls);
bool fake_sent(struct fake *f, struct fake_letter *l, int64_t wait_ms);

/* A client of the agent's LMTP socket. */
int fake_connect(const struct fake *f);
void fake_write(int fd, const char *text);
/* The code of the next whole reply. */
int fake_reply(int fd);
/* Writes one command and checks the reply's code. */
void fake_say(int fd, const char *line, int code);
/* MAIL, RCPT, DATA, the letter (LF) and the dot. */
void fake_post(int fd, const char *letter);

/* Writes a file `dir/name`. */
void fake_file(const char *dir, const char *name, const char *text);
/* Plain files in a folder. */
size_t fake_count(const char *dir);
/* Waits until a folder holds that many. */
bool fake_wait_count(const char *dir, size_t n, int64_t wait_ms);

#endif
