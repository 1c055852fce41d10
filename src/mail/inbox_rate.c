#include <string.h>

#include "base/clock.h"
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

/* What is proven is so once: whoever copies the letter proves nothing. */
static bool
is_proven_anew(struct post *post, const struct auth_proof *proof)
{
	if (!proof->is_one)
		return true;
	post->proof = proof->digest;
	post->has_proof = true;
	return !proofs_has(post->b->proofs, &post->proof);
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
	if (!rate_take(b->strangers, post_source_domain(&post->in), octets,
		    times, now))
		return false;
	if (post->peer >= 0 || (post->command->flags & COMMAND_UPDATE) ||
		post->in.from == NULL)
		return true;
	return rate_take(b->users, bytes_of(post->in.from), 0, 1, now);
}
