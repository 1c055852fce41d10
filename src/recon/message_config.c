/* The Config frame: reading, writing, and whether two agree. */

#include <string.h>

#include "recon/message.h"
#include "recon/profile.h"

enum { NUMBER = 4 };

/* In the order of SKS. One of `number` and `text` is set. */
static const struct {
	const char *key;
	enum message_config_has bit;
	size_t number, text; /* offset + 1 in the struct; 0: not of this kind */
} rows[] = {
	{"bitquantum", CONFIG_BITQUANTUM,
		offsetof(struct message_config, bitquantum) + 1, 0},
	{"filters", CONFIG_FILTERS, 0,
		offsetof(struct message_config, filters) + 1},
	{"http port", CONFIG_HTTP_PORT,
		offsetof(struct message_config, http_port) + 1, 0},
	{"mbar", CONFIG_MBAR, offsetof(struct message_config, mbar) + 1, 0},
	{"version", CONFIG_VERSION, 0,
		offsetof(struct message_config, version) + 1},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* ---- reading ---------------------------------------------------------- */

static enum status
read_pair(struct message_config *c, struct bytes key, struct bytes value)
{
	struct reader r = reader_of(value);
	uint32_t number;
	size_t i;

	for (i = 0; i < ROWS && !bytes_eq(key, bytes_of(rows[i].key)); i++)
		continue;
	if (i == ROWS) /* unknown: means nothing to us */
		return STATUS_OK;
	if (rows[i].number) {
		if (value.len != NUMBER)
			return STATUS_MALFORMED;
		number = reader_be32(&r);
		memcpy((char *)c + rows[i].number - 1, &number, sizeof(number));
	} else
		memcpy((char *)c + rows[i].text - 1, &value, sizeof(value));
	c->has |= rows[i].bit;
	return STATUS_OK;
}

enum status
message_config_read(struct reader *r, struct message_config *out)
{
	struct message_config c = {0};
	uint32_t i, count = reader_be32(r);
	enum status st = STATUS_OK;

	if (count > MESSAGE_PAIRS_MAX)
		return STATUS_LIMIT;
	for (i = 0; i < count && st == STATUS_OK; i++) {
		struct bytes key = message_string(r);
		struct bytes value = message_string(r);

		st = r->failed ? STATUS_MALFORMED : read_pair(&c, key, value);
	}
	if (st == STATUS_OK)
		*out = c;
	return st;
}

/* ---- writing ---------------------------------------------------------- */

static enum status
put_pair(struct buf *body, const struct message_config *c, size_t i)
{
	enum status st = message_put_string(body, bytes_of(rows[i].key));
	struct bytes text;
	uint32_t number;

	if (st != STATUS_OK)
		return st;
	if (rows[i].text) {
		memcpy(&text, (const char *)c + rows[i].text - 1, sizeof(text));
		return message_put_string(body, text);
	}
	memcpy(&number, (const char *)c + rows[i].number - 1, sizeof(number));
	st = buf_put_be32(body, NUMBER);
	return st == STATUS_OK ? buf_put_be32(body, number) : st;
}

enum status
message_put_config(struct buf *out, const struct message_config *config)
{
	enum status st;
	uint32_t count = 0;
	struct buf body;
	size_t i;

	for (i = 0; i < ROWS; i++)
		count += (config->has & rows[i].bit) != 0;
	buf_init(&body, MESSAGE_MAX_EARLY);
	st = buf_put_u8(&body, MESSAGE_CONFIG);
	if (st == STATUS_OK)
		st = buf_put_be32(&body, count);
	for (i = 0; i < ROWS && st == STATUS_OK; i++)
		if (config->has & rows[i].bit)
			st = put_pair(&body, config, i);
	/* A frame is u32 length and octets: in form a string. */
	if (st == STATUS_OK)
		st = message_put_string(out, buf_view(&body));
	buf_done(&body);
	return st;
}

/* ---- judging ---------------------------------------------------------- */

static bool
read_part(struct reader *r, unsigned int *number)
{
	size_t digits = 0;

	*number = 0;
	while (reader_left(r) && r->in.data[r->pos] != '.') {
		uint8_t c = reader_u8(r);

		if (c < '0' || c > '9' || ++digits > 6)
			return false;
		*number = *number * 10 + (unsigned int)(c - '0');
	}
	return digits > 0;
}

/* Three numbers and nothing else. */
static bool
read_version(struct bytes text, unsigned int part[3])
{
	struct reader r = reader_of(text);
	int i;

	for (i = 0; i < 3; i++) {
		if (!read_part(&r, &part[i]))
			return false;
		if (i < 2 && reader_u8(&r) != '.')
			return false;
	}
	return !r.failed && !reader_left(&r);
}

static bool
version_at_least(const unsigned int a[3], const unsigned int b[3])
{
	int i;

	for (i = 0; i < 2 && a[i] == b[i]; i++)
		continue;
	return a[i] >= b[i];
}

static enum status
object_version(const struct message_config *our,
	const struct message_config *their, struct buf *why, struct err *words)
{
	static const unsigned int least[3] = {0, 1, 5};
	unsigned int version[3];

	(void)our;
	(void)words;
	if (!read_version(their->version, version))
		return buf_puts(why, "Error parsing configdata: version");
	if (version_at_least(version, least))
		return STATUS_OK;
	return buf_printf(why,
		"Requires version at least 0.1.5.  %u.%u.%u provided ",
		version[0], version[1], version[2]);
}

/* What an operator can do something about: not two long lists. */
static enum status
object_filters(const struct message_config *our,
	const struct message_config *their, struct buf *why, struct err *words)
{
	const struct profile *known = profile_of_filters(their->filters);
	struct err differ;

	if (profile_filters_eq(our->filters, their->filters))
		return STATUS_OK;
	profile_filters_differ(our->filters, their->filters, &differ);
	if (known != NULL)
		err_set(words, "its filters are those of %s: %s",
			known->software, differ.text);
	else
		err_set(words, "filters %s", differ.text);
	return buf_printf(why,
		"filters do not match.\n\tlocal filters: [ %.*s ]\n\t"
		"remote filters: [ %.*s ]",
		(int)our->filters.len, (const char *)our->filters.data,
		(int)their->filters.len, (const char *)their->filters.data);
}

static enum status
say_number(const char *name, uint32_t our, uint32_t their, struct buf *why,
	struct err *words)
{
	err_set(words, "%s is %u here and %u there", name, (unsigned int)our,
		(unsigned int)their);
	return buf_printf(why, "%s values do not match", name);
}

static enum status
object_bitquantum(const struct message_config *our,
	const struct message_config *their, struct buf *why, struct err *words)
{
	if (our->bitquantum == their->bitquantum)
		return STATUS_OK;
	return say_number(
		"bitquantum", our->bitquantum, their->bitquantum, why, words);
}

static enum status
object_mbar(const struct message_config *our,
	const struct message_config *their, struct buf *why, struct err *words)
{
	if (our->mbar == their->mbar)
		return STATUS_OK;
	return say_number("mbar", our->mbar, their->mbar, why, words);
}

static enum status
object_nothing(const struct message_config *our,
	const struct message_config *their, struct buf *why, struct err *words)
{
	(void)our;
	(void)their;
	(void)why;
	(void)words;
	return STATUS_OK;
}

/* In the order of SKS, but for the port: that one it misses afterwards. */
static const struct {
	enum message_config_has bit;
	enum status (*object)(const struct message_config *our,
		const struct message_config *their, struct buf *why,
		struct err *words);
} objections[] = {
	{CONFIG_VERSION, object_version},
	{CONFIG_FILTERS, object_filters},
	{CONFIG_BITQUANTUM, object_bitquantum},
	{CONFIG_MBAR, object_mbar},
	{CONFIG_HTTP_PORT, object_nothing},
};

enum { OBJECTIONS = sizeof(objections) / sizeof(objections[0]) };

static enum status
say_missing(enum message_config_has bit, struct buf *why, struct err *words)
{
	size_t i = 0;

	while (i < ROWS - 1 && rows[i].bit != bit)
		i++;
	err_set(words, "its configuration leaves out '%s'", rows[i].key);
	return buf_puts(why, "Missing entry in configdata");
}

/* The first one; nothing when there is none. */
static enum status
config_objection(const struct message_config *our,
	const struct message_config *their, struct buf *why, struct err *words)
{
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; i < OBJECTIONS && st == STATUS_OK && !why->len; i++)
		st = their->has & objections[i].bit
			     ? objections[i].object(our, their, why, words)
			     : say_missing(objections[i].bit, why, words);
	return st;
}

enum status
message_config_judge(const struct message_config *our,
	const struct message_config *their, struct buf *why, struct err *words)
{
	enum status st;

	buf_clear(why);
	words->text[0] = '\0';
	st = config_objection(our, their, why, words);
	if (st != STATUS_OK || why->len == 0)
		return st;
	if (words->text[0] == '\0')
		err_set(words, "%.*s", (int)why->len, (const char *)why->data);
	return STATUS_REJECTED;
}
