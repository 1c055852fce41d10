/*
 * agent_fd.h - where keypost-mail finds its two sockets when it starts
 *
 * The daemon's starter puts them there and keypost-mail uses them; what goes
 * through is mailagent/protocol.h.
 */
#ifndef KEYPOST_BASE_AGENT_FD_H
#define KEYPOST_BASE_AGENT_FD_H

enum {
	AGENT_FD_IN = 3, /* letters in; configuration */
	AGENT_FD_OUT = 4 /* letters out */
};

#endif
