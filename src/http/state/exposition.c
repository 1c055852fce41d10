#include "http/state/exposition.h"

#include <inttypes.h>
#include <string.h>

#include "base/counter.h"
#include "config.h"
#include "http/server/conn.h"
#include "http/state/families.h"
#include "http/state/metrics.h"

enum { PEERS_ARENA_MAX = 16 << 20 };

static enum status
write_head(
	struct buf *out, const char *name, const char *type, const char *help)
{
	return buf_printf(
		out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static enum status
write_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	enum status st = write_head(out, name, "gauge", help);

	if (st == STATUS_OK)
		st = buf_printf(out, "%s %" PRId64 "\n", name, value);
	return st;
}

struct sink {
	struct buf *out;
	const struct family *family;
	bool begun;
	enum status status;
};

/* base{label=value} becomes name{label="value"}. */
static void
put_counter(void *ctx, const char *name, int64_t value)
{
	struct sink *s = ctx;
	size_t n = strcspn(name, "{");
	const char *label = name[n] == '{' ? name + n + 1 : NULL;

	if (s->status != STATUS_OK || strlen(s->family->counter) != n ||
		memcmp(s->family->counter, name, n) != 0)
		return;
	if (!s->begun)
		s->status = write_head(s->out, s->family->name, s->family->type,
			s->family->help);
	s->begun = true;
	if (s->status != STATUS_OK)
		return;
	n = label == NULL ? 0 : strcspn(label, "=");
	if (label == NULL)
		s->status = buf_printf(
			s->out, "%s %" PRId64 "\n", s->family->name, value);
	else
		s->status = buf_printf(s->out,
			"%s{%.*s=\"%.*s\"} %" PRId64 "\n", s->family->name,
			(int)n, label, (int)strcspn(label + n + 1, "}"),
			label + n + 1, value);
}

static enum status
write_counters(struct buf *out)
{
	size_t i;

	for (i = 0; i < families_count; i++) {
		struct sink s = {out, &families[i], false, STATUS_OK};

		counter_each(put_counter, &s);
		if (s.status != STATUS_OK)
			return s.status;
	}
	return STATUS_OK;
}

static enum status
write_label(struct buf *out, const char *value)
{
	enum status st = STATUS_OK;

	for (; st == STATUS_OK && *value != '\0'; value++)
		if (*value == '\n')
			st = buf_puts(out, "\\n");
		else if (*value == '"' || *value == '\\')
			st = buf_printf(out, "\\%c", *value);
		else
			st = buf_put_u8(out, (uint8_t)*value);
	return st;
}

/* ---- peers ------------------------------------------------------------- */

struct mail_state {
	const struct peer *peers;
	const int64_t *oldest; /* when each one's oldest change was made */
	size_t count;
	int64_t last_seq;
};

static int64_t
peer_waits(const struct mail_state *m, const struct peer *p)
{
	return m->last_seq > p->cursor ? m->last_seq - p->cursor : 0;
}

static int64_t
peer_attempts(const struct mail_state *m, const struct peer *p)
{
	(void)m;
	return p->attempts;
}

static int64_t
peer_sent(const struct mail_state *m, const struct peer *p)
{
	(void)m;
	return p->last_sent;
}

static int64_t
peer_received(const struct mail_state *m, const struct peer *p)
{
	(void)m;
	return p->last_received;
}

static int64_t
peer_stopped(const struct mail_state *m, const struct peer *p)
{
	(void)m;
	return (p->flags & (PEER_PAUSED | PEER_STOPPED)) != 0;
}

static int64_t
peer_oldest(const struct mail_state *m, const struct peer *p)
{
	return m->oldest[p - m->peers];
}

static const struct {
	const char *name;
	const char *help;
	int64_t (*value)(const struct mail_state *m, const struct peer *p);
	const char *counter; /* of the peer, where there is no `value` */
} figures[] = {
	{"keypost_mail_peer_oldest_timestamp_seconds",
		"When the oldest change was made that waits; 0: none does.",
		peer_oldest, NULL},
	{"keypost_mail_peer_letters_waiting", "Letters made, not delivered.",
		NULL, "mail_letters_waiting"},
	{"keypost_mail_peer_octets_waiting", "Octets of them.", NULL,
		"mail_octets_waiting"},
	{"keypost_mail_peer_gaps", "Ranges of its letters that never came.",
		NULL, "mail_gaps"},
	{"keypost_mail_peer_gaps_asked", "Ranges of them, asked for.", NULL,
		"mail_gaps_asked"},
	{"keypost_mail_peer_agreed_timestamp_seconds",
		"When it was last found to hold the same; 0: never.", NULL,
		"mail_agreed"},
	{"keypost_mail_peer_differed_timestamp_seconds",
		"When it was last found to hold other things; 0: never.", NULL,
		"mail_differed"},
	{"keypost_mail_peer_resync_left",
		"Places of certificates that a resync has to go.", NULL,
		"mail_resync_left"},
	{"keypost_peer_canary_timestamp_seconds",
		"When the newest canary was signed that it serves; 0: none.",
		NULL, "canary_seen"},
	{"keypost_peer_canary_seconds",
		"From signing it until the peer served it; 0: not known.", NULL,
		"canary_seconds"},
	{"keypost_mail_peer_behind", "Changes that the peer has not got yet.",
		peer_waits, NULL},
	{"keypost_mail_peer_failures", "Attempts that failed in a row.",
		peer_attempts, NULL},
	{"keypost_mail_peer_stopped", "1: paused, or refused for good.",
		peer_stopped, NULL},
	{"keypost_mail_peer_sent_timestamp_seconds",
		"When the last letter went out; 0: never.", peer_sent, NULL},
	{"keypost_mail_peer_received_timestamp_seconds",
		"When the last letter came in; 0: never.", peer_received, NULL},
};

static int64_t
figure_of(size_t k, const struct mail_state *m, const struct peer *p)
{
	if (figures[k].value != NULL)
		return figures[k].value(m, p);
	return counter_value(
		counter_get_labelled(figures[k].counter, "peer", p->name));
}

static enum status
write_peers(const struct mail_state *m, struct buf *out)
{
	enum status st = STATUS_OK;
	size_t i, k;

	for (k = 0; k < sizeof(figures) / sizeof(figures[0]); k++) {
		if (m->count > 0)
			st = write_head(
				out, figures[k].name, "gauge", figures[k].help);
		for (i = 0; st == STATUS_OK && i < m->count; i++) {
			st = buf_printf(out, "%s{peer=\"", figures[k].name);
			if (st == STATUS_OK)
				st = write_label(out, m->peers[i].name);
			if (st == STATUS_OK)
				st = buf_printf(out, "\"} %" PRId64 "\n",
					figure_of(k, m, &m->peers[i]));
		}
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

static enum status
write_queue(struct store_session *s, struct arena *arena, struct buf *out,
	struct err *err)
{
	struct mail_state m = {0};
	struct peer *list = NULL;
	struct letter *letters;
	int64_t *oldest;
	size_t i, n, queue = 0;
	enum status st;

	st = store_list_peers(s, arena, &list, &m.count, err);
	m.peers = list;
	if (st == STATUS_OK)
		st = store_last_seq(s, &m.last_seq, err);
	oldest = arena_array(arena, m.count + 1, sizeof(*oldest));
	m.oldest = oldest;
	if (st == STATUS_OK && oldest == NULL)
		st = STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < m.count; i++) {
		struct change_mark first;

		st = store_list_letters(
			s, list[i].name, arena, &letters, &n, err);
		queue += st == STATUS_OK ? n : 0;
		if (st == STATUS_OK)
			st = store_read_marks(
				s, list[i].cursor, &first, 1, &n, err);
		oldest[i] = st == STATUS_OK && n > 0 ? first.time : 0;
	}
	if (st == STATUS_OK)
		st = write_gauge(out, "keypost_mail_queue",
			"Letters that are planned or on their way.",
			(int64_t)queue);
	return st == STATUS_OK ? write_peers(&m, out) : st;
}

/* ---- the store --------------------------------------------------------- */

static enum status
write_facts(const struct store_facts *f, struct buf *out)
{
	const struct {
		const char *name;
		const char *help;
		int64_t value;
	} rows[] = {
		{"keypost_keys", "Certificates.", f->certs},
		{"keypost_store_changes", "Records of the change log.",
			f->changes},
		{"keypost_store_last_change", "The number of the last one.",
			f->last_seq},
		{"keypost_store_octets", "Size of the database.", f->octets},
		{"keypost_store_free_octets", "Free space on its disk.",
			f->free_octets},
		{"keypost_store_damaged", "1: damaged; writing has stopped.",
			f->read_failed},
	};
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; st == STATUS_OK && i < sizeof(rows) / sizeof(rows[0]); i++)
		st = write_gauge(
			out, rows[i].name, rows[i].help, rows[i].value);
	return st;
}

static enum status
write_store(struct store *store, struct buf *out, struct err *err)
{
	struct arena *arena;
	struct store_session *s;
	struct store_facts facts;
	enum status st;

	st = session_borrow(store, &s, err);
	if (st != STATUS_OK)
		return st;
	arena = arena_new(PEERS_ARENA_MAX);
	st = store_get_facts(s, &facts, err);
	if (st == STATUS_OK)
		st = write_facts(&facts, out);
	if (st == STATUS_OK)
		st = write_queue(s, arena, out, err);
	arena_free(arena);
	session_return(store, s);
	return st;
}

enum status
exposition_write(const struct services *s, struct conn_table *conns,
	struct buf *out, struct err *err)
{
	enum status st;

	st = write_head(out, "keypost_build_info", "gauge",
		"Always 1; the version is its label.");
	if (st == STATUS_OK)
		st = buf_puts(out,
			"keypost_build_info{version=\"" PACKAGE_VERSION
			"\"} 1\n");
	if (st == STATUS_OK)
		st = metrics_write(s->metrics, out);
	if (st == STATUS_OK)
		st = write_gauge(out, "keypost_http_in_flight",
			"Requests being read, worked on or answered.",
			(int64_t)conn_count_busy(conns));
	if (st == STATUS_OK)
		st = write_gauge(out, "keypost_http_connections",
			"Open connections.", (int64_t)conn_count(conns));
	if (st == STATUS_OK)
		st = write_counters(out);
	return st == STATUS_OK ? write_store(s->store, out, err) : st;
}
