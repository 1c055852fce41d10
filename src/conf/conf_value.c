#include "conf/conf_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/net.h"
#include "conf/conf_check.h"
#include "conf/suggest.h"
#include "mail/carrier.h"

enum { LIST_MAX = 256 };

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit units_ms[] = {{"ms", 1}, {"s", 1000}, {"min", 60000},
	{"h", 3600000}, {"d", 86400000}, {NULL, 0}};
static const struct unit units_s[] = {
	{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}, {NULL, 0}};
static const struct unit units_size[] = {{"B", 1}, {"KiB", 1024},
	{"MiB", 1048576}, {"GiB", 1073741824}, {NULL, 0}};
static const struct unit units_none[] = {{"", 1}, {NULL, 0}};

static void *
field(void *base, size_t at)
{
	return (char *)base + at;
}

static enum status
refuse_unit(const char *given, const struct unit *units, struct err *err)
{
	char names[64] = "";

	for (; units->name != NULL; units++) {
		strcat(names, names[0] == '\0' ? "" : " ");
		strcat(names, units->name);
	}
	if (names[0] == '\0')
		err_set(err, "'%.20s' after the number: it has no unit", given);
	else if (*given == '\0')
		err_set(err, "the unit is missing: one of %s", names);
	else
		err_set(err, "unit '%.20s' is unknown: one of %s", given,
			names);
	return STATUS_MALFORMED;
}

struct amount {
	char text[32];
};

/* In the largest unit that divides it. */
static struct amount
write_amount(int64_t v, const struct unit *units)
{
	const struct unit *best = units;
	struct amount a;

	for (const struct unit *u = units; u->name != NULL; u++) {
		if (v != 0 && v % u->factor == 0)
			best = u;
	}
	snprintf(a.text, sizeof(a.text), "%" PRId64 "%s", v / best->factor,
		best->name);
	return a;
}

static enum status
check_bounds(const struct conf_option *o, int64_t v, const struct unit *units,
	struct err *err)
{
	if ((o->min == 0 && o->max == 0) || (v >= o->min && v <= o->max))
		return STATUS_OK;
	err_set(err, "out of bounds: from %s to %s",
		write_amount(o->min, units).text,
		write_amount(o->max, units).text);
	return STATUS_MALFORMED;
}

static enum status
parse_number(const struct conf_option *o, const char *text,
	const struct unit *units, int64_t *out, struct err *err)
{
	const struct unit *u = units;
	const char *rest = text;
	int64_t v = 0;
	enum status st;

	st = conf_parse_digits(text, &v, &rest);
	if (st != STATUS_OK) {
		err_set(err, "'%.40s' is not a number%s", text,
			st == STATUS_LIMIT ? " that fits" : "");
		return STATUS_MALFORMED;
	}
	while (u->name != NULL && strcmp(u->name, rest) != 0)
		u++;
	if (u->name == NULL)
		return refuse_unit(rest, units, err);
	if (__builtin_mul_overflow(v, u->factor, &v)) {
		err_set(err, "'%.40s' is too large", text);
		return STATUS_MALFORMED;
	}
	st = check_bounds(o, v, units, err);
	if (st == STATUS_OK)
		*out = v;
	return st;
}

static enum status
set_number(const struct conf_option *o, void *base, const char *text,
	struct err *err)
{
	const struct unit *units = units_none;
	bool is_size_t = o->type == CONF_COUNT || o->type == CONF_SIZE;
	int64_t v = 0;
	size_t n;
	enum status st;

	if (o->type == CONF_MS)
		units = units_ms;
	else if (o->type == CONF_S)
		units = units_s;
	else if (o->type == CONF_SIZE || o->type == CONF_SIZE64)
		units = units_size;
	st = parse_number(o, text, units, &v, err);
	if (st != STATUS_OK)
		return st;
	n = (size_t)v;
	if (is_size_t)
		memcpy(field(base, o->at), &n, sizeof(n));
	else
		memcpy(field(base, o->at), &v, sizeof(v));
	return STATUS_OK;
}

static enum status
set_bool(const struct conf_option *o, void *base, const char *text,
	struct err *err)
{
	bool v = strcmp(text, "yes") == 0;

	if (!v && strcmp(text, "no") != 0) {
		err_set(err, "'%.40s' is neither yes nor no", text);
		return STATUS_MALFORMED;
	}
	memcpy(field(base, o->at), &v, sizeof(v));
	return STATUS_OK;
}

/* A word that ends in a slash stands for whatever begins so. */
static bool
word_fits(const char *word, const char *text)
{
	size_t n = strlen(word);

	if (n > 0 && word[n - 1] == '/')
		return strncmp(word, text, n) == 0;
	return strcmp(word, text) == 0;
}

static void
refuse_word(const struct conf_option *o, const char *text, const char *near,
	struct err *err)
{
	char names[100] = "";

	for (const struct conf_word *w = o->words; w->word != NULL; w++) {
		if (w->refused != NULL)
			continue;
		strcat(names, names[0] == '\0' ? "" : " ");
		strcat(names, w->word);
	}
	if (near != NULL)
		err_set(err, "'%.40s' is none of: %s; did you mean '%s'?", text,
			names, near);
	else
		err_set(err, "'%.40s' is none of: %s", text, names);
}

static enum status
set_word(const struct conf_option *o, void *base, const char *text,
	struct err *err)
{
	const struct conf_word *w;
	struct suggest s;

	suggest_start(&s, text);
	for (w = o->words; w->word != NULL; w++) {
		if (word_fits(w->word, text))
			break;
		if (w->refused == NULL)
			suggest_offer(&s, w->word);
	}
	if (w->word != NULL && w->refused == NULL) {
		/* Enumerations are as wide as int on every ABI we know. */
		memcpy(field(base, o->at), &w->value, sizeof(w->value));
		return STATUS_OK;
	}
	if (w->word != NULL)
		err_set(err, "%s", w->refused);
	else
		refuse_word(o, text, s.best, err);
	return STATUS_MALFORMED;
}

static enum status
set_string(const struct conf_option *o, void *base, const char *text,
	struct err *err)
{
	enum status st = STATUS_OK;
	char *copy, *old;

	if (o->type == CONF_ADDRESS)
		st = conf_check_address(text, err);
	else if (o->type == CONF_ENDPOINT)
		st = conf_check_endpoint(text, err);
	else if (o->type == CONF_RELAY)
		st = conf_check_relay(text, err);
	else if (o->type == CONF_IMAP)
		st = conf_check_imap(text, err);
	else if (o->type == CONF_FEED && *text != '\0')
		st = carrier_check(text, err);
	else if (o->type == CONF_PIN)
		st = conf_check_pin(text, err);
	if (st != STATUS_OK)
		return st;
	if (o->type == CONF_PATH)
		copy = conf_absolute_path(text);
	else if (o->type == CONF_SECRET)
		copy = conf_secret_path(text);
	else
		copy = xstrdup(text);
	memcpy(&old, field(base, o->at), sizeof(old));
	free(old);
	memcpy(field(base, o->at), &copy, sizeof(copy));
	return STATUS_OK;
}

static enum status
add_item(const struct conf_option *o, void *base, const char *word,
	struct err *err)
{
	size_t size = o->type == CONF_LISTEN ? sizeof(struct endpoint)
					     : sizeof(char *);
	struct endpoint ep;
	size_t count;
	char *list, *copy;
	enum status st;

	if (o->type == CONF_DOMAINS && strcmp(word, "none") == 0)
		return STATUS_OK;
	memcpy(&list, field(base, o->at), sizeof(list));
	memcpy(&count, field(base, o->count_at), sizeof(count));
	if (count == LIST_MAX) {
		err_set(err, "more than %d entries", LIST_MAX);
		return STATUS_MALFORMED;
	}
	if (o->type == CONF_LISTEN)
		st = endpoint_parse(word, &ep, err);
	else if (o->type == CONF_ADDRESSES)
		st = conf_check_address(word, err);
	else if (o->type == CONF_DOMAINS)
		st = conf_check_domain(word, err);
	else
		st = conf_check_net(word, err);
	if (st != STATUS_OK)
		return STATUS_MALFORMED;
	list = xrealloc(list, (count + 1) * size);
	if (o->type == CONF_LISTEN) {
		memcpy(list + count * size, &ep, size);
	} else {
		copy = xstrdup(word);
		memcpy(list + count * size, &copy, size);
	}
	count++;
	memcpy(field(base, o->at), &list, sizeof(list));
	memcpy(field(base, o->count_at), &count, sizeof(count));
	return STATUS_OK;
}

static enum status
set_list(const struct conf_option *o, void *base, const char *text,
	struct err *err)
{
	char *copy = xstrdup(text);
	char *save = NULL;
	char *word;
	enum status st = STATUS_OK;

	for (word = strtok_r(copy, " \t", &save);
		word != NULL && st == STATUS_OK;
		word = strtok_r(NULL, " \t", &save))
		st = add_item(o, base, word, err);
	free(copy);
	return st;
}

typedef enum status set_value(const struct conf_option *o, void *base,
	const char *text, struct err *err);

static set_value *const setters[] = {
	[CONF_STRING] = set_string,
	[CONF_PATH] = set_string,
	[CONF_BOOL] = set_bool,
	[CONF_WORD] = set_word,
	[CONF_COUNT] = set_number,
	[CONF_COUNT64] = set_number,
	[CONF_SIZE] = set_number,
	[CONF_SIZE64] = set_number,
	[CONF_MS] = set_number,
	[CONF_S] = set_number,
	[CONF_NETS] = set_list,
	[CONF_LISTEN] = set_list,
	[CONF_ENDPOINT] = set_string,
	[CONF_ADDRESS] = set_string,
	[CONF_ADDRESSES] = set_list,
	[CONF_DOMAINS] = set_list,
	[CONF_RELAY] = set_string,
	[CONF_IMAP] = set_string,
	[CONF_SECRET] = set_string,
	[CONF_PIN] = set_string,
	[CONF_FEED] = set_string,
};

enum status
conf_value_set(const struct conf_option *o, void *base, const char *text,
	struct err *err)
{
	return setters[o->type](o, base, text, err) == STATUS_OK
		       ? STATUS_OK
		       : STATUS_MALFORMED;
}

bool
conf_value_is_list(const struct conf_option *o)
{
	return setters[o->type] == set_list;
}

void
conf_value_free(const struct conf_option *o, void *base)
{
	bool strings = o->type == CONF_NETS || o->type == CONF_ADDRESSES ||
		       o->type == CONF_DOMAINS;
	size_t count = 0;
	char *p, *item;

	if (setters[o->type] != set_string && !conf_value_is_list(o))
		return;
	memcpy(&p, field(base, o->at), sizeof(p));
	if (conf_value_is_list(o))
		memcpy(&count, field(base, o->count_at), sizeof(count));
	for (size_t i = 0; strings && i < count; i++) {
		memcpy(&item, p + i * sizeof(item), sizeof(item));
		free(item);
	}
	free(p);
	memset(field(base, o->at), 0, sizeof(p));
	if (conf_value_is_list(o))
		memset(field(base, o->count_at), 0, sizeof(count));
}
