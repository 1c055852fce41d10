#include "cli/show.h"

#include <stdio.h>
#include <time.h>

#include "cli/visible.h"

const char *
show_text(const json_t *line, const char *key)
{
	const char *s = json_string_value(json_object_get(line, key));

	return s != NULL ? s : "";
}

int64_t
show_number(const json_t *line, const char *key)
{
	return json_integer_value(json_object_get(line, key));
}

struct show_moment
show_moment(int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct show_moment m = {"never"};
	struct tm tm;

	if (seconds > 0 && gmtime_r(&t, &tm) != NULL)
		(void)strftime(
			m.text, sizeof(m.text), "%Y-%m-%d %H:%M:%SZ", &tm);
	return m;
}

static void
show_nothing(const json_t *line)
{
	(void)line;
}

enum cli_exit
show_would(const struct cli *c, const char *what, const char *whom)
{
	if (cli_has(c, CLI_JSON))
		cli_json(json_pack("{s:s, s:o, s:b}", "would", what, "to",
			visible_json(whom), "dry_run", 1));
	else if (!cli_has(c, CLI_QUIET))
		printf("would %s %s\n", what, whom);
	return CLI_YES;
}

enum cli_exit
show_change(struct cli *c, const char *noun)
{
	const char *words[] = {noun, c->words[0],
		c->word_count > 1 ? c->words[1] : NULL, NULL};

	if (!cli_has(c, CLI_DRY_RUN))
		return remote_run(c, words, show_nothing);
	return show_would(
		c, words[1], words[2] != NULL ? words[2] : "every peer");
}

bool
show_parse_time(const char *text, int64_t *time)
{
	static const char *const forms[] = {
		"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d"};
	const char *end;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = {0};

		end = strptime(text, forms[i], &tm);
		if (end == NULL || *end != '\0')
			continue;
		*time = (int64_t)timegm(&tm);
		return true;
	}
	return false;
}
