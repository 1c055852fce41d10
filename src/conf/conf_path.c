#include "conf/conf_value.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where systemd shows a service's credentials, to root and to it. */
#define CREDENTIALS "/run/credentials/keypostd.service"

char *
conf_absolute_path(const char *text)
{
	char cwd[PATH_MAX];
	size_t size;
	char *path;

	if (*text == '\0' || *text == '/' || getcwd(cwd, sizeof(cwd)) == NULL)
		return xstrdup(text);
	while (strncmp(text, "./", 2) == 0)
		text += 2;
	size = strlen(cwd) + strlen(text) + 2;
	path = xmalloc(size);
	snprintf(path, size, "%s/%s", cwd, text);
	return path;
}

/* systemd keeps its credentials in a folder of the service's own. */
char *
conf_secret_path(const char *text)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	struct buf path = {0};
	char *copy;

	if (*text == '\0' || strchr(text, '/') != NULL)
		return conf_absolute_path(text);
	(void)!buf_printf(&path, "%s/%s",
		dir != NULL && *dir == '/' ? dir : CREDENTIALS, text);
	copy = xstrdup((const char *)path.data);
	buf_done(&path);
	return copy;
}
