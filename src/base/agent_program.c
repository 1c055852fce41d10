#include "base/agent_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
agent_find_program(char *path, size_t size)
{
	const char *given = getenv("KEYPOST_MAIL");
	char self[4096];
	ssize_t n;
	char *slash;

	if (given != NULL) {
		snprintf(path, size, "%s", given);
		return;
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		snprintf(path, size, "%.*s/" AGENT_PROGRAM,
			slash != NULL ? (int)(slash - self) : 0, self);
		if (access(path, X_OK) == 0)
			return;
	}
	snprintf(path, size, "%s", LIBEXECDIR "/" AGENT_PROGRAM);
}
