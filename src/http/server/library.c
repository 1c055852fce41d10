#include "http/server/library.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

enum { CONNECTION_MEMORY = 32 * 1024, CONNECTION_STEP = 8 * 1024 };

static void
log_library(void *cls, const char *fmt, va_list ap)
{
	static const char words[] = "HTTP response code is ";
	char text[200];
	const char *code;
	int n;

	(void)cls;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	n = vsnprintf(text, sizeof(text), fmt, ap);
#pragma GCC diagnostic pop
	/* Its own answers: of some we hear nothing else. */
	if (n > 0 && (code = strstr(text, words)) != NULL)
		log_line(LOG_INFO, "http",
			"bad-request status=%.3s reason=unreadable",
			code + strlen(words));
	if (n > 0)
		log_line(LOG_DEBUG, "http", "library=%s",
			log_quote(bytes_trim(bytes_of(text))).text);
}

/*
 * Not strict: dirmngr sends raw '<', '>' and blanks in its targets. Turbo: it
 * reads at once, before it asks epoll, and closes without a shutdown.
 */
struct MHD_Daemon *
library_start(size_t connections, struct dispatch *d,
	MHD_NotifyConnectionCallback changed, void *cls)
{
	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_TURBO | MHD_USE_NO_LISTEN_SOCKET |
			MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
		0, NULL, NULL, dispatch_access, d, MHD_OPTION_EXTERNAL_LOGGER,
		log_library, NULL, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)connections,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)CONNECTION_STEP,
		MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_STRICT_FOR_CLIENT,
		-1, MHD_OPTION_URI_LOG_CALLBACK, dispatch_uri, d,
		MHD_OPTION_NOTIFY_COMPLETED, dispatch_completed, d,
		MHD_OPTION_NOTIFY_CONNECTION, changed, cls, MHD_OPTION_END);
}
