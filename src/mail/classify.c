#include "mail/classify.h"

#include <string.h>

#include "base/mailaddr.h"

/* Answers of other keyservers, and of mailers, by how their subject starts. */
static const char *const answer_starts[] = {"Reply to ", "Your command,"};

static const char *const robot_names[] = {
	"mailer-daemon", "postmaster", "noreply", "no-reply"};

static bool
is_answer(struct bytes subject)
{
	size_t n = sizeof(answer_starts) / sizeof(answer_starts[0]);

	for (size_t i = 0; i < n; i++) {
		if (bytes_starts_nocase(subject, answer_starts[i]))
			return true;
	}
	return false;
}

static struct bytes
local_part(const char *address)
{
	const char *at = strrchr(address, '@');

	return bytes_make(
		address, at == NULL ? strlen(address) : (size_t)(at - address));
}

static bool
ends_nocase(struct bytes b, const char *end)
{
	size_t n = strlen(end);

	return b.len >= n && bytes_eq_nocase(bytes_make(b.data + b.len - n, n),
				     bytes_make(end, n));
}

static bool
is_robot(const char *address)
{
	struct bytes local = local_part(address);
	size_t n = sizeof(robot_names) / sizeof(robot_names[0]);

	for (size_t i = 0; i < n; i++) {
		if (bytes_eq_nocase(local, bytes_of(robot_names[i])))
			return true;
	}
	return bytes_starts_nocase(local, "owner-") ||
	       bytes_starts_nocase(local, "bounce+") ||
	       ends_nocase(local, "-request") || ends_nocase(local, "-owner");
}

enum letter_machine
classify_machine(const struct incoming *in, bool is_command)
{
	if (in->report)
		return MACHINE_BOUNCE;
	if (is_answer(in->subject))
		return MACHINE_REPLY;
	if (is_command)
		return MACHINE_NONE;
	if (in->machine != MACHINE_NONE)
		return in->machine;
	if (in->sender_known && (in->sender[0] == '\0' || is_robot(in->sender)))
		return MACHINE_BOUNCE;
	if (in->from != NULL && is_robot(in->from))
		return MACHINE_BOUNCE;
	return MACHINE_NONE;
}

const char *
classify_word(enum letter_machine m)
{
	static const char *const words[] = {
		[MACHINE_NONE] = "none",
		[MACHINE_BOUNCE] = "bounce",
		[MACHINE_AUTO] = "auto",
		[MACHINE_LIST] = "list",
		[MACHINE_REPLY] = "reply",
		[MACHINE_OWN] = "own",
	};

	return m <= MACHINE_OWN ? words[m] : "none";
}

/* Equal, or one below the other: mail.example.org for example.org. */
static bool
domains_align(const char *a, const char *b)
{
	struct bytes x = bytes_of(strrchr(a, '@') + 1);
	struct bytes y = bytes_of(strrchr(b, '@') + 1);

	return mailaddr_is_within(x, y) || mailaddr_is_within(y, x);
}

static const char *
why_not_from(const struct incoming *in, const struct known *k)
{
	const char *const addresses[] = {in->sender, in->from, in->reply_to};

	for (size_t i = 0; i < 3; i++) {
		if (addresses[i] == NULL)
			continue;
		if (is_robot(addresses[i]))
			return "a robot's address";
		if (known_find(k, addresses[i]) != KNOWN_NOBODY)
			return "a keyserver's address";
	}
	return NULL;
}

const char *
classify_reply(
	const struct incoming *in, const struct known *k, const char **to)
{
	static const char *const loose[] = {"bulk", "junk", "list"};
	const char *why, *target;

	if (in->report || in->machine != MACHINE_NONE)
		return "from a machine";
	if (!in->sender_known || in->sender[0] == '\0')
		return "no envelope sender";
	if (in->from == NULL)
		return "no From";
	if (in->has_seen || in->seen_over)
		return "it has a sent list";
	for (size_t i = 0; i < sizeof(loose) / sizeof(loose[0]); i++) {
		if (bytes_eq_nocase(in->precedence, bytes_of(loose[i])))
			return "its precedence";
	}
	why = why_not_from(in, k);
	if (why != NULL)
		return why;
	target = in->reply_to != NULL ? in->reply_to : in->from;
	if (!domains_align(target, in->sender))
		return "another domain than its envelope sender";
	*to = target;
	return NULL;
}
