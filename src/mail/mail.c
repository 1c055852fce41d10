#include "mail/mail.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mailaddr.h"
#include "mail/canary.h"
#include "mail/courier.h"
#include "mail/inbox.h"
#include "mail/own_key.h"
#include "mail/repair.h"
#include "pgp/crypto.h"

struct mail {
	const struct mail_settings *settings;
	struct mail_spawn spawn;
	struct compose_site site;
	struct own_key own;
	struct known *known;
	struct auth *auth;
	struct wake inbox_wake, courier_wake;
	struct agent *agent;
	struct courier *courier;
	struct answers *answers;
	struct repair *repair;
	struct inbox *inbox;
	struct canary *canary; /* NULL: switched off */
	struct writer *writer; /* that wakes our courier */
};

static uint32_t
random_number(void)
{
	uint32_t n;

	crypto_random(&n, sizeof(n));
	return n;
}

static enum status
check_address(const char *what, const char *text, struct err *err)
{
	if (text[0] == '\0' || mailaddr_is_safe(text))
		return STATUS_OK;
	err_set(err, "%s %s: not a plain mail address", what, text);
	return STATUS_REJECTED;
}

/* What would stop every letter is better said at the start. */
static enum status
check_settings(const struct mail_settings *s, struct err *err)
{
	enum status st = check_address("address", s->address, err);

	if (st == STATUS_OK)
		st = check_address("maintainer", s->maintainer, err);
	if (st == STATUS_OK)
		st = check_address("bounce", s->bounce, err);
	for (size_t i = 0; st == STATUS_OK && i < s->peer_count; i++) {
		const struct peer_settings *p = &s->peers[i];

		if (peer_is_fed(p) || s->address[0] == '\0' ||
			p->mail[0] == '\0' || p->relay[0] != '\0' ||
			s->relay[0] != '\0')
			continue;
		err_set(err, "peer %s: no relay to send its letters to",
			p->name);
		return STATUS_REJECTED;
	}
	return st;
}

static enum status
make_repair(struct mail *m, struct store *store, struct err *err)
{
	const struct repair_parts parts = {.settings = m->settings,
		.known = m->known,
		.auth = m->auth,
		.site = &m->site,
		.store = store,
		.writer = m->writer,
		.courier = m->courier,
		.random = random_number};

	return repair_new(&parts, &m->repair, err);
}

static enum status
make_parts(struct mail *m, struct store *store, struct ingest *ingest,
	struct err *err)
{
	const struct courier_parts out = {.settings = m->settings,
		.known = m->known,
		.auth = m->auth,
		.site = &m->site,
		.store = store,
		.writer = ingest_writer(ingest),
		.agent = m->agent,
		.wake = &m->courier_wake,
		.random = random_number};
	struct inbox_parts in = {.settings = m->settings,
		.known = m->known,
		.auth = m->auth,
		.site = &m->site,
		.store = store,
		.ingest = ingest,
		.agent = m->agent,
		.wake = &m->inbox_wake};

	enum status st;

	struct answers_parts answers = {
		.settings = m->settings, .site = &m->site, .store = store};

	m->courier = courier_new(&out);
	answers.courier = m->courier;
	m->answers = answers_new(&answers);
	in.answers = m->answers;
	m->writer = out.writer;
	writer_on_change(m->writer, courier_on_change, m->courier);
	st = make_repair(m, store, err);
	in.courier = m->courier;
	in.repair = m->repair;
	m->inbox = inbox_new(&in);
	if (st == STATUS_OK && m->settings->canary)
		st = canary_new(m->settings, ingest, &m->canary, err);
	return st;
}

bool
mail_is_used(const struct mail_settings *settings)
{
	bool used = settings->address[0] != '\0';

	for (size_t i = 0; i < settings->peer_count; i++)
		used = used || peer_is_fed(&settings->peers[i]);
	return used;
}

enum status
mail_new(const struct mail_settings *settings, const struct mail_spawn *spawn,
	struct store *store, struct ingest *ingest, struct mail **mail,
	struct err *err)
{
	struct mail *m = xcalloc(1, sizeof(*m));
	enum status st;

	m->settings = settings;
	m->spawn = *spawn;
	m->site = (struct compose_site){.address = settings->address,
		.maintainer = settings->maintainer,
		.bounce = settings->bounce,
		.host = settings->host,
		.store_id = store_id(store),
		.level = level_word(ingest_policy(ingest)->level)};
	m->inbox_wake.fd = -1;
	m->courier_wake.fd = -1;
	st = check_settings(settings, err);
	if (st == STATUS_OK)
		st = known_new(settings, &m->known, err);
	if (st == STATUS_OK && settings->address[0] != '\0') {
		m->site.own = &m->own;
		st = own_key_open(
			settings->data, (uint32_t)clock_wall_s(), &m->own, err);
	}
	if (st == STATUS_OK && settings->address[0] != '\0')
		st = auth_new(settings, &m->auth, err);
	if (st == STATUS_OK)
		st = wake_init(&m->inbox_wake, err);
	if (st == STATUS_OK)
		st = wake_init(&m->courier_wake, err);
	if (st != STATUS_OK) {
		mail_free(m);
		return st;
	}
	m->agent = agent_new(
		settings, &m->spawn, &m->inbox_wake, &m->courier_wake);
	st = make_parts(m, store, ingest, err);
	if (st != STATUS_OK)
		mail_free(m);
	else
		*mail = m;
	return st;
}

/* Letters go on without it. */
static void
start_canary(struct mail *m)
{
	struct err err = {{0}};

	if (m->canary != NULL && canary_start(m->canary, &err) != STATUS_OK)
		log_line(LOG_ERROR, "canary", "outcome=off why=%s",
			log_quote_str(err.text).text);
}

enum status
mail_start(struct mail *m, struct err *err)
{
	enum status st = courier_start(m->courier, err);

	if (st == STATUS_OK)
		st = repair_start(m->repair, err);
	if (st == STATUS_OK)
		st = answers_start(m->answers, err);
	if (st == STATUS_OK)
		st = inbox_start(m->inbox, err);
	if (st == STATUS_OK) {
		start_canary(m);
		return st;
	}
	answers_stop(m->answers);
	repair_stop(m->repair);
	courier_stop(m->courier);
	return st;
}

void
mail_close_inbox(struct mail *m)
{
	inbox_close(m->inbox);
}

/* The inbox goes last: it keeps keypost-mail alive for the courier. */
void
mail_stop(struct mail *m)
{
	inbox_close(m->inbox);
	if (m->canary != NULL)
		canary_stop(m->canary);
	repair_stop(m->repair);
	courier_stop(m->courier);
	inbox_stop(m->inbox);
	answers_stop(m->answers);
}

void
mail_free(struct mail *m)
{
	if (m == NULL)
		return;
	if (m->writer != NULL)
		writer_forget(m->writer, m->courier);
	canary_free(m->canary);
	inbox_free(m->inbox);
	answers_free(m->answers);
	courier_free(m->courier);
	repair_free(m->repair);
	agent_free(m->agent);
	wake_done(&m->inbox_wake);
	wake_done(&m->courier_wake);
	auth_free(m->auth);
	own_key_wipe(&m->own);
	known_free(m->known);
	free(m);
}

void
mail_wake(struct mail *m)
{
	wake_signal(&m->inbox_wake);
	wake_signal(&m->courier_wake);
	repair_wake(m->repair);
	if (m->canary != NULL)
		canary_wake(m->canary);
}

enum status
mail_pause_peer(struct mail *m, const char *name, bool pause, struct err *err)
{
	return courier_pause(m->courier, name, pause, err);
}

enum status
mail_resync_peer(
	struct mail *m, const char *name, int64_t since, struct err *err)
{
	return repair_resync(m->repair, name, since, err);
}

void
mail_look_at_peer(
	struct mail *m, const char *name, struct mail_waiting *waiting)
{
	courier_look(m->courier, name, waiting);
}

enum status
mail_look_at_repair(struct mail *m, const char *name, struct repair_look *look)
{
	return repair_look(m->repair, name, look);
}

enum status
mail_retry_peer(struct mail *m, const char *name, struct err *err)
{
	enum status st = courier_retry(m->courier, name, err);

	if (st == STATUS_OK)
		repair_owed(m->repair, name);
	return st;
}
