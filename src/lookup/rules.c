#include "lookup/rules.h"

#include <string.h>

#include "pgp/user_id.h"

static enum status
rules_may_list(struct arena *arena, const struct lookup_rules *rules,
	struct bytes domain, bool *may)
{
	struct bytes key;
	enum status st;
	size_t i;

	*may = false;
	for (i = 0; i < rules->enumerate_count && !*may; i++) {
		st = user_id_domain_key(
			arena, bytes_of(rules->enumerate[i]), &key);
		if (st != STATUS_OK)
			return st;
		*may = strcmp(rules->enumerate[i], "all") == 0 ||
		       bytes_eq_nocase(key, domain);
	}
	return STATUS_OK;
}

/* Rows 8 to 10 end in words; before row 7's there is a key that has no name.
 */
static bool
rules_is_by_key(const struct query *q)
{
	return q->tries[0].kind == QUERY_FINGERPRINT ||
	       q->tries[0].kind == QUERY_KEY_ID;
}

static void
rules_set_miss(struct query *q, enum status st, const char *text)
{
	q->miss = st;
	q->miss_text = text;
}

enum status
rules_apply(struct arena *arena, const struct lookup_rules *rules,
	struct query *q, struct err *err)
{
	bool listed = true, by_key = rules_is_by_key(q);
	enum status st = STATUS_OK;
	size_t i, n = 0;

	if (q->domain.len > 0)
		st = rules_may_list(arena, rules, q->domain, &listed);
	if (st != STATUS_OK)
		return st;
	if (q->domain_only && !listed) {
		err_set(err, "searches for a domain alone are not answered");
		return STATUS_UNSUPPORTED;
	}
	for (i = 0; i < q->count; i++) {
		if (q->tries[i].kind == QUERY_WORDS && !rules->word_search) {
			if (!by_key)
				rules_set_miss(q, STATUS_UNSUPPORTED,
					"this server finds fingerprints, key "
					"IDs and addresses");
		} else if (q->tries[i].kind == QUERY_WORDS && !listed) {
			continue;
		} else if (q->tries[i].kind == QUERY_SHORT_ID &&
			   !rules->short_ids) {
			if (q->miss == STATUS_NOT_FOUND)
				rules_set_miss(q, STATUS_MALFORMED,
					"short key IDs are not accepted: use "
					"the fingerprint");
		} else {
			q->tries[n++] = q->tries[i];
		}
	}
	q->count = n;
	if (n > 0)
		return STATUS_OK;
	err_set(err, "%s", q->miss_text);
	return q->miss;
}
