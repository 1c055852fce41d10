#include "http/pages/site.h"

#include "base/log.h"
#include "http/services.h"

static void
put_text(struct reply *reply, const char *text)
{
	reply->type = REPLY_TEXT;
	if (buf_puts(&reply->body, text) != STATUS_OK ||
		buf_puts(&reply->body, "\n") != STATUS_OK)
		buf_clear(&reply->body);
}

enum status
site_alive(struct request *req, struct reply *reply)
{
	(void)req;
	put_text(reply, "OK");
	return STATUS_OK;
}

enum status
site_health(struct request *req, struct reply *reply)
{
	const struct services *sv = req->services;
	struct store_session *s;
	int64_t seq;
	enum status st;

	if (atomic_load(&sv->meters->stopping)) {
		err_set(&reply->err, "stopping");
		return STATUS_CLOSED;
	}
	st = session_borrow(sv->store, &s, &reply->err);
	if (st == STATUS_OK) {
		st = store_last_seq(s, &seq, &reply->err);
		session_return(sv->store, s);
	}
	if (st != STATUS_OK) {
		log_line(LOG_ERROR, "health", "outcome=failed reason=%s",
			log_quote_str(reply->err.text).text);
		err_set(&reply->err, "the store does not answer");
		return STATUS_BUSY;
	}
	put_text(reply, "OK");
	return STATUS_OK;
}
