/* The table against the manual page and etc/keypost.conf. */
#include "../unit.h"

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
write_item(char *out, size_t size, const struct conf_option *o)
{
	size_t n = (size_t)snprintf(out, size, "\n.It Cm %s =%s", o->key,
		*o->fallback != '\0' ? " " : "");

	for (const char *p = o->fallback; *p != '\0' && n + 3 < size; p++) {
		if (*p == '-')
			out[n++] = '\\';
		out[n++] = *p;
	}
	out[n++] = '\n';
	out[n] = '\0';
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
		cmocka_unit_test(test_etc_is_a_right_configuration),
		cmocka_unit_test(test_etc_has_no_key_beyond_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
