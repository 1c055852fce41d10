/* Powers, square roots, and many inverses at once. */

#include <stdlib.h>
#include <string.h>

#include "recon/field.h"

void
zp_inverses(struct zp *list, size_t count)
{
	struct zp before[ZP_INVERSES], all = zp_of(1), value;
	size_t i;

	/* Their product's inverse, taken apart backwards. */
	for (i = 0; i < count; i++) {
		before[i] = all;
		all = zp_mul(all, list[i]);
	}
	all = zp_inverse(all);
	while (i-- > 0) {
		value = list[i];
		list[i] = zp_mul(all, before[i]);
		all = zp_mul(all, value);
	}
}

struct zp
zp_power(struct zp a, struct zp exponent)
{
	struct zp power = zp_of(1);
	unsigned int bit = ZP_BITS;

	while (bit-- > 0) {
		power = zp_mul(power, power);
		if (exponent.limb[bit / 64] >> bit % 64 & 1)
			power = zp_mul(power, a);
	}
	return power;
}

/* p is 3 modulo 4: of a square, that is a root. */
bool
zp_root(struct zp a, struct zp *root)
{
	static const struct zp quarter = {/* (p + 1) / 4 */
		{0xf247e1764c2950c7, 0x63c7443921e2c7f7, 0}};
	struct zp r = zp_power(a, quarter);

	if (!zp_eq(zp_mul(r, r), a))
		return false;
	*root = r;
	return true;
}
