/*
 * agent_program.h - where the program keypost-mail is
 *
 * Threads: any; reads the environment.
 */
#ifndef KEYPOST_BASE_AGENT_PROGRAM_H
#define KEYPOST_BASE_AGENT_PROGRAM_H

#include <stddef.h>

#define AGENT_PROGRAM "keypost-mail"

/* KEYPOST_MAIL, or keypost-mail beside our own program (an uninstalled build),
 * or the installed one. */
void agent_find_program(char *path, size_t size);

#endif
