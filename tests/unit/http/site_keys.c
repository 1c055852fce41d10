/* site_harness.h: keys to submit, and what is asked of answers and time. */
#include "tests/unit/http/site_harness.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "pgp/armor.h"
#include "tests/unit/unit.h"

static void
armor_key(struct buf *raw, struct buf *armor)
{
	struct bytes part = buf_view(raw);

	memset(armor, 0, sizeof(*armor));
	assert_int_equal(armor_write(armor, &part, 1, NULL, true), STATUS_OK);
	buf_done(raw);
}

void
site_key(uint64_t index, struct buf *armor, char fpr[41])
{
	uint8_t octets[20];
	struct buf raw = {0};

	gen_cert(NULL, 7, index, &raw, octets);
	hex_write_upper(bytes_make(octets, 20), fpr);
	armor_key(&raw, armor);
}

void
site_key_of(
	uint64_t index, const char *user_id, struct buf *armor, char fpr[41])
{
	struct bytes id = bytes_of(user_id);
	struct gen_shape shape = {.created = 1500000000,
		.user_ids = &id,
		.user_id_count = 1,
		.others = 2};
	uint8_t octets[20];
	struct buf raw = {0};

	gen_shaped(NULL, 11, index, &shape, &raw, octets);
	hex_write_upper(bytes_make(octets, 20), fpr);
	armor_key(&raw, armor);
}

struct answer
site_add(const struct site *s, struct bytes armor, const char *extra)
{
	struct buf form = {0};
	struct answer a;
	size_t i;

	assert_int_equal(buf_puts(&form, "keytext="), STATUS_OK);
	for (i = 0; i < armor.len; i++)
		assert_int_equal(
			buf_printf(&form, "%%%02X", armor.data[i]), STATUS_OK);
	a = site_post(s, "/pks/add", "application/x-www-form-urlencoded",
		buf_view(&form), extra);
	buf_done(&form);
	return a;
}

struct answer
site_get_key(const struct site *s, const char *fpr)
{
	char target[160];

	snprintf(target, sizeof(target), "/pks/lookup?op=get&search=0x%s", fpr);
	return site_get(s, target);
}

void
answer_expect(struct answer a, int status, const char *says)
{
	if (a.status != status)
		fail_msg("status %d, not %d: %.*s", a.status, status,
			(int)a.raw.len, (const char *)a.raw.data);
	if (says != NULL && !answer_says(&a, says))
		fail_msg("no \"%s\" in: %.*s", says, (int)a.raw.len,
			(const char *)a.raw.data);
	answer_done(&a);
}

bool
site_is_open(int fd)
{
	char text[1];

	return recv(fd, text, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

void
site_settle(const struct site *s)
{
	int fd = site_connect(s);

	site_sends(fd, "GET /healthz HTTP/1.0\r\n\r\n");
	assert_true(site_is_closed(fd));
	close(fd);
}

void
site_sweep_at(const struct site *s, int64_t now)
{
	clock_set_for_test(now, -1);
	(void)server_sweep(s->server);
}

void
answer_must_say(const struct answer *a, const char *text)
{
	if (!answer_says(a, text))
		fail_msg("no \"%s\" in: %.*s", text, (int)a->body.len,
			(const char *)a->body.data);
}
