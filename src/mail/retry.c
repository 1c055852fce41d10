#include "mail/retry.h"

#include <string.h>

struct rule {
	unsigned int first_stage, last_stage;
	unsigned int first_code, last_code;
	enum retry_action action;
};

/* The first row that fits decides. Code 0: no answer was read. */
static const struct rule rules[] = {
	{STAGE_DONE, STAGE_DONE, 200, 299, RETRY_DELIVERED},
	/* Somebody has to set something right: that takes a while. */
	{STAGE_TLS, STAGE_AUTH, 0, 0, RETRY_LATER},
	{STAGE_CONNECT, STAGE_DONE, 0, 0, RETRY_SOON},
	{STAGE_CONNECT, STAGE_CONNECT, 0, 999, RETRY_SOON},
	{STAGE_GREETING, STAGE_TLS, 0, 999, RETRY_LATER},
	{STAGE_AUTH, STAGE_AUTH, 500, 599, RETRY_STOP},
	/* The message is larger than the relay announced that it takes. */
	{STAGE_MAIL, STAGE_MAIL, 552, 552, RETRY_LETTER},
	{STAGE_MAIL, STAGE_RCPT, 500, 599, RETRY_PEER},
	{STAGE_DATA, STAGE_DONE, 500, 599, RETRY_LETTER},
};

/* RFC 3463: 5.3.4 and 5.2.3 say "too big" whatever the code before them. */
static bool
says_too_big(unsigned int code, struct bytes text)
{
	static const char *const words[] = {"5.3.4", "5.2.3"};

	if (code < 500 || text.len == 0)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (memmem(text.data, text.len, words[i], 5) != NULL)
			return true;
	}
	return false;
}

enum retry_action
retry_classify(enum sent_stage stage, unsigned int code, struct bytes text)
{
	if (stage >= STAGE_MAIL && says_too_big(code, text))
		return RETRY_LETTER;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *r = &rules[i];

		if ((unsigned int)stage >= r->first_stage &&
			(unsigned int)stage <= r->last_stage &&
			code >= r->first_code && code <= r->last_code)
			return r->action;
	}
	return RETRY_LATER;
}

const char *
retry_word(enum retry_action a)
{
	static const char *const words[] = {
		[RETRY_DELIVERED] = "delivered",
		[RETRY_SOON] = "unreachable",
		[RETRY_LATER] = "deferred",
		[RETRY_PEER] = "refused",
		[RETRY_LETTER] = "letter-refused",
		[RETRY_STOP] = "stopped",
	};

	return words[a];
}

static const uint32_t soon_seconds[] = {1, 2, 4, 8, 16, 32, 60};
static const uint32_t later_seconds[] = {
	60, 120, 300, 900, 1800, 3600, 3 * 3600};

int64_t
retry_wait_ms(enum retry_action a, unsigned int failures, uint32_t random)
{
	const uint32_t *table = a == RETRY_SOON ? soon_seconds : later_seconds;
	size_t n = sizeof(soon_seconds) / sizeof(soon_seconds[0]);
	size_t i = failures == 0 ? 0 : failures - 1;
	int64_t ms = (int64_t)table[i < n ? i : n - 1] * 1000;

	/* From four fifths to six fifths. */
	return ms * 4 / 5 + (ms * 2 / 5) * (int64_t)(random >> 16) / 65535;
}

_Static_assert(sizeof(soon_seconds) == sizeof(later_seconds),
	"both tables have the same length");
