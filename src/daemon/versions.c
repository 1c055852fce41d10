#include "daemon/versions.h"

#include "config.h"

#include <jansson.h>
#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#include "http/server/server.h"
#include "pgp/crypto.h"

void
versions_print(FILE *out)
{
	const char *library;

	fprintf(out, "keypost %s\n", PACKAGE_VERSION);
	fprintf(out, "libmicrohttpd %s\n", server_library());
	for (size_t i = 0; (library = store_library(i)) != NULL; i++)
		fprintf(out, "%s\n", library);
	fprintf(out, "libetpan %s (when built; in keypost-mail)\n",
		ETPAN_VERSION);
	fprintf(out, "libgcrypt %s\n", crypto_version());
	fprintf(out, "jansson %s\n", jansson_version_str());
#ifdef HAVE_SECCOMP
	const struct scmp_version *v = seccomp_version();

	fprintf(out, "libseccomp %u.%u.%u\n", v->major, v->minor, v->micro);
#endif
}
