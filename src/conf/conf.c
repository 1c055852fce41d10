#include "conf/conf.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "conf/conf_table.h"
#include "conf/suggest.h"

/* The rows of the ingest policy, as keys of [limits]. */
static const enum conf_type policy_types[] = {[POLICY_COUNT] = CONF_COUNT,
	[POLICY_OCTETS] = CONF_SIZE,
	[POLICY_TIME_MS] = CONF_MS};

struct preset {
	char text[32];
};

static void
preset_write(struct preset *p, const struct policy_row *row)
{
	static const struct conf_unit {
		enum policy_unit unit;
		int64_t factor;
		const char *name;
	} units[] = {{POLICY_OCTETS, 1 << 20, "MiB"},
		{POLICY_OCTETS, 1 << 10, "KiB"}, {POLICY_OCTETS, 1, "B"},
		{POLICY_TIME_MS, 1000, "s"}, {POLICY_TIME_MS, 1, "ms"},
		{POLICY_COUNT, 1, ""}};
	const struct conf_unit *u = units;

	while (u->unit != row->unit || row->preset % u->factor != 0)
		u++;
	snprintf(p->text, sizeof(p->text), "%" PRId64 "%s",
		row->preset / u->factor, u->name);
}

/* Behind what was copied. */
static struct conf_option *
copy_table(struct conf_option *to, const struct conf_table *t)
{
	memcpy(to, t->rows, t->count * sizeof(*to));
	return to + t->count;
}

const struct conf_option *
conf_options(void)
{
	static struct conf_option *all;
	static struct preset *presets;
	struct conf_option *o;

	if (all != NULL)
		return all;
	all = xcalloc(conf_table_main.count + conf_table_mail.count +
			      conf_table_gossip.count + policy_row_count + 1,
		sizeof(*all));
	presets = xcalloc(policy_row_count, sizeof(*presets));
	o = copy_table(all, &conf_table_main);
	o = copy_table(o, &conf_table_mail);
	o = copy_table(o, &conf_table_gossip);
	for (size_t i = 0; i < policy_row_count; i++, o++) {
		const struct policy_row *row = &policy_rows[i];

		preset_write(&presets[i], row);
		o->section = "limits";
		o->key = row->name;
		o->type = policy_types[row->unit];
		o->fallback = presets[i].text;
		o->min = row->min;
		o->max = row->max;
		o->at = offsetof(struct conf, ingest.policy) + row->offset;
		o->help = row->help;
	}
	return all;
}

enum status
conf_check_section(const char *section, struct err *err)
{
	struct suggest s;

	suggest_start(&s, section);
	for (const struct conf_option *o = conf_options(); o->section; o++) {
		if (strcmp(o->section, section) == 0)
			return STATUS_OK;
		suggest_offer(&s, o->section);
	}
	if (s.best != NULL && strcmp(s.best, "peer") != 0)
		err_set(err,
			"[%s]: there is no such section; did you mean [%s]?",
			section, s.best);
	else
		err_set(err, "[%s]: there is no such section%s", section,
			s.best != NULL ? "; did you mean [peer NAME]?" : "");
	return STATUS_MALFORMED;
}

/* Where else a key of this name is at home. */
static const char *
other_section(const char *key)
{
	const struct conf_option *o;

	for (o = conf_options(); o->section != NULL; o++) {
		if (strcmp(o->key, key) == 0)
			return o->section;
	}
	return NULL;
}

enum status
conf_find_option(const char *section, const char *key,
	const struct conf_option **option, struct err *err)
{
	const struct conf_option *o;
	const char *other;
	struct suggest s;

	suggest_start(&s, key);
	for (o = conf_options(); o->section != NULL; o++) {
		if (strcmp(o->section, section) != 0)
			continue;
		if (strcmp(o->key, key) == 0) {
			*option = o;
			return STATUS_OK;
		}
		suggest_offer(&s, o->key);
	}
	other = other_section(key);
	if (other != NULL)
		err_set(err, "%s: not a key of [%s], but of [%s]", key, section,
			other);
	else if (s.best != NULL)
		err_set(err,
			"%s: there is no such key in [%s]; did you mean "
			"%s?",
			key, section, s.best);
	else
		err_set(err, "%s: there is no such key in [%s]", key, section);
	return STATUS_MALFORMED;
}
