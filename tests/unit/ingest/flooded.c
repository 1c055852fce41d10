#include "flooded.h"

#include "../pgp/forge.h"
#include "pgp/signature.h"

static struct bytes
name(void)
{
	return bytes_of("Alice <alice@example.org>");
}

void
make_flooded(uint64_t seed, uint32_t n, struct buf *out)
{
	struct forge f;
	uint32_t i;

	forge_open(&f, seed);
	forge_put_cert(&f, name(), FLOODED_BORN, out);
	for (i = 0; i < n; i++) {
		struct forge_sig s = {.type = SIG_POSITIVE_CERT,
			.created = FLOODED_BORN + i,
			.names = &f,
			.names_hashed = true,
			.user_id = name()};

		forge_put_sig(&f, &s, out);
	}
	forge_close(&f);
}
