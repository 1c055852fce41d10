/*
 * control.h - the frames between keypost and keypostd's control socket
 *
 * The client sends one CONTROL_REQUEST: the command's words, then zero or more
 * CONTROL_BODY with key material, then CONTROL_END. The daemon answers each
 * body with CONTROL_LINE frames and one CONTROL_TAKEN, both with that body's
 * id, in any order of ids; and the request with CONTROL_LINE frames and one
 * CONTROL_EXIT, which is the last. A line is one JSON object. At most
 * CONTROL_BODIES_MAX bodies may wait for their CONTROL_TAKEN.
 *
 * Both sides check every field: neither trusts the other to be this version.
 */
#ifndef KEYPOST_BASE_CONTROL_H
#define KEYPOST_BASE_CONTROL_H

#define CONTROL_SOCKET "control.sock" /* in the data folder */

enum {
	CONTROL_BODIES_MAX = 16,
	CONTROL_WORDS_MAX = 16,
	CONTROL_BODY_MAX = 10 * 1024 * 1024,
	CONTROL_LINE_MAX = 64 * 1024,
	CONTROL_SECONDS = 60 /* without a frame from the other side */
};

enum control_frame {
	CONTROL_REQUEST = 'Q', /* client: fields below */
	CONTROL_BODY = 'B',    /* client: octets, armored or binary */
	CONTROL_END = 'E',     /* client: no more bodies */
	CONTROL_LINE = 'R',    /* daemon: one JSON object */
	CONTROL_TAKEN = 'K',   /* daemon: this body is done with */
	CONTROL_EXIT = 'X'     /* daemon: fields below */
};

enum control_field {
	CONTROL_WORD = 1, /* request: the command's words, in order */
	CONTROL_CODE = 2, /* exit: what keypost shall exit with, number */
	CONTROL_TEXT = 3  /* exit: a sentence, empty when all went well */
};

#endif
