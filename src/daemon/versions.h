/*
 * versions.h - what runs here: keypost and its libraries, for -V
 */
#ifndef KEYPOST_DAEMON_VERSIONS_H
#define KEYPOST_DAEMON_VERSIONS_H

#include <stdio.h>

void versions_print(FILE *out);

#endif
