#include "mailagent/classify.h"

#include <string.h>
#include <strings.h>

/* The local part of an address is a daemon's. */
static bool
is_daemon(const char *address)
{
	static const char *const names[] = {"mailer-daemon", "postmaster"};
	size_t i, n;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		n = strlen(names[i]);
		if (strncasecmp(address, names[i], n) == 0 &&
			(address[n] == '@' || address[n] == '\0'))
			return true;
	}
	return false;
}

static bool
is_bounce(const struct classify_facts *f)
{
	if (f->report || f->to_bounces)
		return true;
	if (f->has_sender && (f->sender[0] == '\0' || is_daemon(f->sender)))
		return true;
	return f->from != NULL && is_daemon(f->from);
}

/* Answers of other keyservers to what looked like a command. */
static bool
is_reply(struct bytes subject)
{
	return bytes_starts_nocase(subject, "Reply to ADD") ||
	       bytes_starts_nocase(subject, "Reply to INDEX") ||
	       bytes_starts_nocase(subject, "Your command,");
}

static bool
is_auto(const struct head *head)
{
	struct bytes value;

	if (head_find(head, "X-Auto-Response-Suppress", &value) ||
		head_find(head, "X-Autoreply", &value) ||
		head_find(head, "X-Autorespond", &value))
		return true;
	if (!head_find(head, "Auto-Submitted", &value))
		return false;
	value = bytes_trim(value);
	/* "no" may carry a comment or parameters. */
	return !(bytes_starts_nocase(value, "no") &&
		 (value.len == 2 || strchr(" \t;(", value.data[2]) != NULL));
}

static bool
is_list(const struct head *head)
{
	static const char *const words[] = {"bulk", "list", "junk"};
	struct bytes value;
	size_t i;

	if (head_has_prefix(head, "List-") || head_find(head, "X-Loop", &value))
		return true;
	if (!head_find(head, "Precedence", &value))
		return false;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (bytes_eq_nocase(bytes_trim(value), bytes_of(words[i])))
			return true;
	}
	return false;
}

enum letter_machine
classify_letter(const struct classify_facts *facts)
{
	if (is_bounce(facts))
		return MACHINE_BOUNCE;
	if (is_reply(facts->subject))
		return MACHINE_REPLY;
	if (is_auto(facts->head))
		return MACHINE_AUTO;
	return is_list(facts->head) ? MACHINE_LIST : MACHINE_NONE;
}
