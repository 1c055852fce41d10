#include "recon/prefix.h"

#include <string.h>

_Static_assert(sizeof(struct sks_digest) == PREFIX_BITS_MAX / 8,
	"a prefix may be a whole digest");

struct prefix
prefix_root(void)
{
	struct prefix p = {0};

	return p;
}

/* The bits of octet `i` that belong to the prefix. */
static uint8_t
prefix_mask(const struct prefix *p, size_t i)
{
	size_t start = i * 8;

	if (p->bits >= start + 8)
		return 0xff;
	if (p->bits <= start)
		return 0;
	return (uint8_t)(0xff << (start + 8 - p->bits));
}

enum status
prefix_of(uint32_t bits, struct bytes octets, struct prefix *out)
{
	struct prefix p = {0};
	size_t i;

	if (bits > PREFIX_BITS_MAX || bits % PREFIX_STEP ||
		octets.len != (bits + 7) / 8)
		return STATUS_MALFORMED;
	p.bits = bits;
	for (i = 0; i < octets.len; i++)
		p.octets[i] = octets.data[i] & prefix_mask(&p, i);
	*out = p;
	return STATUS_OK;
}

struct prefix
prefix_child(const struct prefix *p, unsigned int i)
{
	struct prefix child = *p;
	unsigned int shift = 8 - PREFIX_STEP - p->bits % 8;

	child.octets[p->bits / 8] |= (uint8_t)(i << shift);
	child.bits += PREFIX_STEP;
	return child;
}

struct bytes
prefix_octets(const struct prefix *p)
{
	return bytes_make(p->octets, (p->bits + 7) / 8);
}

void
prefix_first(const struct prefix *p, struct sks_digest *out)
{
	memcpy(out->octets, p->octets, sizeof(out->octets));
}

void
prefix_last(const struct prefix *p, struct sks_digest *out)
{
	size_t i;

	for (i = 0; i < sizeof(out->octets); i++)
		out->octets[i] =
			(uint8_t)(p->octets[i] | (0xff & ~prefix_mask(p, i)));
}

bool
prefix_holds(const struct prefix *p, const struct sks_digest *d)
{
	size_t i;

	for (i = 0; i < sizeof(d->octets); i++)
		if ((d->octets[i] & prefix_mask(p, i)) != p->octets[i])
			return false;
	return true;
}

unsigned int
prefix_branch(const struct sks_digest *d, unsigned int level)
{
	unsigned int bit = level * PREFIX_STEP;

	return (unsigned int)(d->octets[bit / 8] >>
			      (8 - PREFIX_STEP - bit % 8)) %
	       PREFIX_CHILDREN;
}

struct prefix
prefix_above(const struct sks_digest *d, unsigned int level)
{
	struct prefix p = {.bits = level * PREFIX_STEP};
	size_t i;

	for (i = 0; i < sizeof(p.octets); i++)
		p.octets[i] = d->octets[i] & prefix_mask(&p, i);
	return p;
}
