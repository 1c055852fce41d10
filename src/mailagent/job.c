#include "mailagent/job.h"

#include <assert.h>

#include "base/frame.h"

enum job_field {
	JOB_SENDER = 1,
	JOB_TRUST_PATH = 2,
	JOB_TO_BOUNCES = 3,
	JOB_LETTER = 4
};

static void
put(struct buf *job, enum job_field name, struct bytes value)
{
	enum status st = frame_put_field(job, (uint8_t)name, value);

	assert(st == STATUS_OK);
}

void
job_write(struct bytes letter, const struct decode_hint *hint, struct buf *job)
{
	struct bytes none = {NULL, 0};

	if (hint->has_sender)
		put(job, JOB_SENDER, hint->sender);
	if (hint->trust_path)
		put(job, JOB_TRUST_PATH, none);
	if (hint->to_bounces)
		put(job, JOB_TO_BOUNCES, none);
	put(job, JOB_LETTER, letter);
}

void
job_work(struct bytes job, uint8_t *type, struct buf *answer)
{
	struct decode_hint hint = {.has_sender = false};
	struct reader r = reader_of(job);
	struct bytes letter = {NULL, 0}, value;
	struct err why;
	uint8_t name;
	enum status st;

	while (frame_next_field(&r, &name, &value)) {
		if (name == JOB_SENDER) {
			hint.has_sender = true;
			hint.sender = value;
		} else if (name == JOB_TRUST_PATH) {
			hint.trust_path = true;
		} else if (name == JOB_TO_BOUNCES) {
			hint.to_bounces = true;
		} else if (name == JOB_LETTER) {
			letter = value;
		}
	}
	st = decode_letter(letter, &hint, answer, &why);
	*type = st == STATUS_OK ? JOB_FIELDS : JOB_SET_ASIDE;
	if (st != STATUS_OK && buf_puts(answer, why.text) != STATUS_OK)
		buf_clear(answer);
}
