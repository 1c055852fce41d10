#include "daemon/versions.h"

#include "config.h"

#include <jansson.h>
#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

void
versions_print(FILE *out)
{
	fprintf(out, "keypost %s\n", PACKAGE_VERSION);
	fprintf(out, "jansson %s\n", jansson_version_str());
#ifdef HAVE_SECCOMP
	const struct scmp_version *v = seccomp_version();

	fprintf(out, "libseccomp %u.%u.%u\n", v->major, v->minor, v->micro);
#endif
}
