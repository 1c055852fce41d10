/* The table against the manual page and etc/keypost.conf. */
#include "../unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "conf/conf.h"

static struct buf
read_source(const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	struct err err;
	struct buf b;

	buf_init(&b, 1024 * 1024);
	snprintf(path, sizeof(path), "%s/%s", top != NULL ? top : ".", name);
	assert_ok(file_read(path, 1024 * 1024, &b, &err));
	assert_ok(buf_put_u8(&b, '\0'));
	return b;
}

/* Where a section begins; its end is where the next one does. */
static char *
section_of(struct buf *b, const char *heading, const char *next, char **end)
{
	char *start = strstr((char *)b->data, heading);

	if (start == NULL)
		fail_msg("there is no %s", heading);
	*end = strstr(start + strlen(heading), next);
	if (*end == NULL)
		*end = start + strlen(start);
	return start;
}

static void
must_have(char *start, char *end, const char *line, const char *section)
{
	char kept = *end;
	bool found;

	*end = '\0';
	found = strstr(start, line) != NULL;
	*end = kept;
	if (!found)
		fail_msg("section %s lacks: %s", section, line);
}

static void
test_etc_has_every_key_with_its_default(void **state)
{
	struct buf b = read_source("etc/keypost.conf");
	char heading[64], line[200];
	char *start, *end;

	(void)state;
	for (const struct conf_option *o = conf_options(); o->section; o++) {
		bool peer = strcmp(o->section, "peer") == 0;

		snprintf(heading, sizeof(heading), "\n%s[%s%s", peer ? ";" : "",
			o->section, peer ? " " : "]\n");
		start = section_of(&b, heading, "\n[", &end);
		snprintf(line, sizeof(line), "\n;%s =%s%s\n", o->key,
			*o->fallback != '\0' ? " " : "", o->fallback);
		must_have(start, end, line, o->section);
	}
	buf_done(&b);
}

/* roff: a hyphen that is a minus is written \-. */
static void
write_roff(char *out, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text != '\0' && n + 2 < size; text++) {
		if (*text == '-')
			out[n++] = '\\';
		out[n++] = *text;
	}
	out[n] = '\0';
}

static void
write_item(char *out, size_t size, const struct conf_option *o)
{
	char fallback[100];

	write_roff(fallback, sizeof(fallback), o->fallback);
	snprintf(out, size, "\n.It Cm %s =%s%s\n", o->key,
		*fallback != '\0' ? " " : "", fallback);
}

static void
test_the_manual_has_every_key_with_its_default(void **state)
{
	struct buf b = read_source("doc/man/keypost.conf.5");
	char heading[64], line[200];
	char *start, *end;

	(void)state;
	for (const struct conf_option *o = conf_options(); o->section; o++) {
		snprintf(heading, sizeof(heading), "\n.Sh SECTION [%s",
			o->section);
		start = section_of(&b, heading, "\n.Sh ", &end);
		write_item(line, sizeof(line), o);
		must_have(start, end, line, o->section);
	}
	buf_done(&b);
}

/* What the manual says of one key. */
static char *
item_of(struct buf *b, const struct conf_option *o, char **end)
{
	char heading[64], line[200];
	char *start, *section_end;

	snprintf(heading, sizeof(heading), "\n.Sh SECTION [%s", o->section);
	start = section_of(b, heading, "\n.Sh ", &section_end);
	write_item(line, sizeof(line), o);
	start = strstr(start, line);
	assert_non_null(start);
	start += strlen(line);
	for (*end = start; *end < section_end; (*end)++)
		if (strncmp(*end, "\n.It Cm ", 8) == 0 &&
			strchr(*end + 1, '=') < strchr(*end + 1, '\n'))
			break;
	return start;
}

/* "\nFrom A to B.\n", as keypost says it itself; false: it has no bounds. */
static bool
write_bounds(const struct conf_option *o, char *out, size_t size)
{
	static const char *const smallest[] = {[CONF_COUNT] = "",
		[CONF_COUNT64] = "",
		[CONF_SIZE] = "B",
		[CONF_SIZE64] = "B",
		[CONF_MS] = "ms",
		[CONF_S] = "s"};
	int64_t field[2] = {0};
	struct conf_option here = *o;
	struct err err;
	const char *to;
	char text[64];

	if (o->min == 0 && o->max == 0)
		return false;
	here.at = 0;
	snprintf(text, sizeof(text), "%" PRId64 "%s", o->max + 1,
		smallest[o->type]);
	assert_status(
		conf_value_set(&here, field, text, &err), STATUS_MALFORMED);
	to = strstr(err.text, " to ");
	assert_non_null(to);
	/* Nothing is nothing in any unit. */
	if (o->min == 0 && o->type == CONF_MS)
		snprintf(out, size, "\nFrom 0s%s.\n", to);
	else
		snprintf(out, size, "\nF%s.\n", strstr(err.text, "rom "));
	return true;
}

static void
test_the_manual_has_every_bound(void **state)
{
	struct buf b = read_source("doc/man/keypost.conf.5");
	char line[300];
	char *start, *end;

	(void)state;
	for (const struct conf_option *o = conf_options(); o->section; o++) {
		if (!write_bounds(o, line, sizeof(line)))
			continue;
		start = item_of(&b, o, &end);
		must_have(start, end + 1, line, o->key);
	}
	buf_done(&b);
}

static void
test_the_manual_has_every_word(void **state)
{
	struct buf b = read_source("doc/man/keypost.conf.5");
	char *start, *end;
	char word[40];

	(void)state;
	for (const struct conf_option *o = conf_options(); o->section; o++) {
		if (o->type != CONF_WORD)
			continue;
		start = item_of(&b, o, &end);
		for (const struct conf_word *w = o->words; w->word; w++) {
			write_roff(word, sizeof(word), w->word);
			if (w->refused == NULL)
				must_have(start, end, word, o->key);
		}
	}
	buf_done(&b);
}

static void
test_etc_is_a_right_configuration(void **state)
{
	struct buf b = read_source("etc/keypost.conf");
	struct conf *c = NULL;
	struct err err = {""};

	(void)state;
	b.len--;
	if (conf_load_text(buf_view(&b), "etc", &c, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	conf_free(c);
	buf_done(&b);
}

/* What is in etc is in the table: its keys are taken when uncommented. */
static void
test_etc_has_no_key_beyond_the_table(void **state)
{
	struct buf b = read_source("etc/keypost.conf");
	struct conf *c = NULL;
	struct err err = {""};

	(void)state;
	b.len--;
	for (size_t i = 1; i < b.len; i++) {
		if (b.data[i - 1] == '\n' && b.data[i] == ';' &&
			i + 1 < b.len && b.data[i + 1] != ' ' &&
			b.data[i + 1] != '\n')
			b.data[i] = ' ';
	}
	/* All that is wrong with it now is what a peer must say itself. */
	assert_status(conf_load_text(buf_view(&b), "etc", &c, &err),
		STATUS_MALFORMED);
	if (strstr(err.text, "[peer mainz] mail: missing") == NULL)
		fail_msg("%s", err.text);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_etc_has_every_key_with_its_default),
		cmocka_unit_test(
			test_the_manual_has_every_key_with_its_default),
		cmocka_unit_test(test_the_manual_has_every_bound),
		cmocka_unit_test(test_the_manual_has_every_word),
		cmocka_unit_test(test_etc_is_a_right_configuration),
		cmocka_unit_test(test_etc_has_no_key_beyond_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
