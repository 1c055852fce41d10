#include <string.h>

#include "base/clock.h"
#include "base/mailaddr.h"
#include "mail/inbox_state.h"

/* Whose rate a letter counts against; addresses are safe, so they have '@'. */
struct bytes
post_source_domain(const struct incoming *in)
{
	const char *address = in->sender[0] != '\0' ? in->sender : in->from;

	if (address == NULL)
		return bytes_of("");
	return bytes_of(strrchr(address, '@') + 1);
}

/* A letter that is not on disk yet has shown it. */
static bool
is_in_hand(const struct inbox *b, const struct digest *proof)
{
	for (const struct post *p = b->under_way; p != NULL; p = p->next) {
		if (p->has_proof && memcmp(p->proof.octets, proof->octets,
					    sizeof(proof->octets)) == 0)
			return true;
	}
	return false;
}

/* What is proven is so once: whoever copies the letter proves nothing. */
static bool
is_proven_anew(struct post *post, const struct auth_proof *proof)
{
	if (!proof->is_one)
		return true;
	if (is_in_hand(post->b, &proof->digest) ||
		proofs_has(post->b->proofs, &proof->digest))
		return false;
	post->proof = proof->digest;
	post->has_proof = true;
	return true;
}

/* How often a stranger's rate it has; 0: no limit. */
static int64_t
times_of(struct post *post)
{
	struct auth_proof proof;

	if (post->peer < 0)
		return 1;
	post->verdict = auth_judge(
		post->b->p.auth, &post->in, post->peer, clock_wall_s(), &proof);
	if (post->verdict == AUTH_PROVEN && !is_proven_anew(post, &proof))
		post->verdict = AUTH_LISTED;
	if (post->verdict == AUTH_PROVEN)
		return 0;
	return post->verdict == AUTH_NONE ? 1 : 10;
}

/* However it is spelled: a name in capitals is no other. */
static bool
take_of_domain(struct inbox *b, const struct incoming *in, int64_t octets,
	int64_t times, int64_t now)
{
	struct bytes domain = post_source_domain(in);
	struct mailaddr plain = {""}, name;

	memcpy(plain.text, domain.data, domain.len);
	mailaddr_normalise(&plain, &name);
	return rate_take(b->strangers, bytes_of(name.text), octets, times, now);
}

bool
person_take(struct rate *rate, const char *address, int64_t octets, int64_t now)
{
	struct mailaddr box;

	mailaddr_mailbox(address, &box);
	return rate_take(rate, bytes_of(box.text), octets, 1, now);
}

/* L17; an ADD of a person counts against that person too. */
bool
post_is_within_rate(struct post *post)
{
	struct inbox *b = post->b;
	int64_t now = clock_mono_ms(), times = times_of(post);
	int64_t octets = (int64_t)(post->in.size > FRAME_MAX ? FRAME_MAX
							     : post->in.size);

	if (times == 0)
		return true;
	if (!take_of_domain(b, &post->in, octets, times, now))
		return false;
	if (post->peer >= 0 || (post->command->flags & COMMAND_UPDATE) ||
		post->in.from == NULL)
		return true;
	return person_take(b->users, post->in.from, 0, now);
}
