#include "tests/unit/http/one_site.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

struct site site;

int
one_site_start(void **state)
{
	(void)state;
	site_init(&site);
	site_start(&site);
	return 0;
}

int
one_site_stop(void **state)
{
	(void)state;
	site_stop(&site);
	return 0;
}

uint64_t one_site_next_key = 1000;

/* A body of literal text around an armored new key. */
void
one_site_wrap(
	struct buf *out, const char *before, const char *after, char fpr[41])
{
	struct buf armor;

	site_key(one_site_next_key++, &armor, fpr);
	assert_ok(buf_puts(out, before));
	assert_ok(buf_put(out, buf_view(&armor)));
	assert_ok(buf_puts(out, after));
	buf_done(&armor);
}

void
one_site_takes(const char *type, const char *before, const char *after)
{
	struct buf body = {0};
	char fpr[41], line[64];

	one_site_wrap(&body, before, after, fpr);
	snprintf(line, sizeof(line), "inserted %s\n", fpr);
	answer_expect(site_post(&site, "/pks/add", type, buf_view(&body), NULL),
		200, line);
	answer_expect(site_get_key(&site, fpr), 200, "BEGIN PGP");
	buf_done(&body);
}
