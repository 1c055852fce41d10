#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../unit/mail/keys.h"
#include "../unit/unit.h"
#include "base/clock.h"
#include "server.h"

enum {
	WAIT_MS = 60 * 1000,       /* real time: what hangs is ended */
	STEP_MS = 29 * SIM_SECOND, /* two beats in AGENT_BEAT_MS */
	CALM_ROUNDS = 3,
	WALK_ROWS = 256
};

/* ---- frames that pass -----------------------------------------------------
 */

static void
pass(int fd, const struct frame *f)
{
	struct err err = {"its socket broke"};

	server_must(frame_send(fd, f->type, f->id, f->payload,
			    clock_mono_ms() + WAIT_MS),
		&err);
}

/* What keypost-mail hears from its daemon goes to the network. */
static void
read_agent(struct node *n, struct frame_reader *r, int fd)
{
	struct err err = {"the daemon's socket broke"};
	struct frame f;
	enum status st;

	server_must(frame_fill(r, fd), &err);
	while ((st = frame_take(r, &f)) == STATUS_OK) {
		if (f.type == FRAME_CONFIG)
			continue;
		n->moved = true;
		n->letters -= f.type == FRAME_DONE;
		n->sends += f.type == FRAME_SEND;
		pass(n->set->socket, &f);
	}
	assert_int_equal(st, STATUS_NOT_FOUND);
}

static const struct frame beat = {.type = FRAME_BEAT};

/* Until the thread has looked at what there is, and has this, too. */
static void
beat_thread(int fd, sem_t *turns)
{
	while (sem_trywait(turns) == 0)
		;
	pass(fd, &beat);
	while (sem_wait(turns) != 0)
		;
}

static void
wait_turn(struct node *n, sem_t *turns)
{
	while (sem_trywait(turns) == 0)
		;
	mail_wake(n->mail);
	while (sem_wait(turns) != 0)
		;
}

/* Lets all threads see what there is, and what they write be committed. */
static enum status
run_nothing(struct write_job *job, struct store_session *s, struct err *err)
{
	(void)s;
	(void)err;
	job->wrote_nothing = true;
	return STATUS_NOT_FOUND;
}

static void
turn(struct node *n)
{
	struct write_job job = {.run = run_nothing};
	struct err err = {{0}};

	beat_thread(n->in, &n->inbox_turns);
	beat_thread(n->out, &n->courier_turns);
	wait_turn(n, &n->repair_turns);
	/* It says so when it was reached. */
	assert_int_equal(writer_do(ingest_writer(n->ingest), &job, &err),
		STATUS_NOT_FOUND);
}

static void take_frames(struct node *n);

/* Reads what there is from all three sides; false: there was nothing. */
static bool
hear(struct node *n, int wait_ms)
{
	struct pollfd fds[3] = {{.fd = n->in, .events = POLLIN},
		{.fd = n->out, .events = POLLIN},
		{.fd = n->set->socket, .events = POLLIN}};

	n->moved = false;
	/* Those behind the one that is being answered. */
	take_frames(n);
	if (n->moved || poll(fds, 3, wait_ms) <= 0)
		return n->moved;
	if (fds[0].revents != 0)
		read_agent(n, &n->in_reader, n->in);
	if (fds[1].revents != 0)
		read_agent(n, &n->out_reader, n->out);
	if (fds[2].revents != 0) {
		if (frame_fill(&n->reader, n->set->socket) != STATUS_OK)
			_exit(0); /* the network is gone */
		take_frames(n);
	}
	return n->moved;
}

/* ---- what the network asks for --------------------------------------------
 */

/* In steps, because keypost-mail must beat in time. */
static void
go_to(struct node *n, int64_t then)
{
	size_t calm = 0;

	while (n->now < then) {
		server_set_clock(
			n, then - n->now > STEP_MS ? n->now + STEP_MS : then);
		beat_thread(n->in, &n->inbox_turns);
	}
	while (calm < CALM_ROUNDS) {
		turn(n);
		calm = hear(n, n->letters + n->sends > 0 ? 20 : 0) ||
				       n->letters + n->sends > 0
			       ? 0
			       : calm + 1;
	}
}

static void
submit(struct node *n, uint64_t id)
{
	struct submission *sub = submission_new(16 * 1024 * 1024);
	struct buf octets = {0};

	key_armor(&octets, (unsigned int)(id >> 32), (unsigned int)id);
	sub->origin = "http";
	sub->seen = "";
	sub->armor = ARMOR_LENIENT;
	sub->body = buf_view(&octets);
	server_must(ingest_submit_wait(n->ingest, sub), &sub->err);
	server_must(sub->status, &sub->err);
	assert_int_equal(sub->counts[OUTCOME_REFUSED], 0);
	submission_free(sub);
	buf_done(&octets);
}

static void
sum_certs(struct node *n, uint64_t *count, uint8_t sum[16])
{
	struct arena *arena = arena_new(64 * 1024 * 1024);
	struct store_walk walk = {.max = WALK_ROWS};
	struct cert_rows rows;
	struct err err = {{0}};

	while (!walk.at_end) {
		arena_reset(arena);
		server_must(
			store_list_certs(n->session, &walk, arena, &rows, &err),
			&err);
		for (size_t i = 0; i < rows.count; i++) {
			for (size_t k = 0; k < 16; k++)
				sum[k] ^= rows.list[i].sks_digest.octets[k];
		}
		*count += rows.count;
	}
	arena_free(arena);
}

static uint64_t
count_behind(struct node *n)
{
	struct arena *arena = arena_new(1024 * 1024);
	struct err err = {{0}};
	struct peer *list;
	size_t count;
	int64_t last;
	uint64_t behind = 0;

	server_must(store_last_seq(n->session, &last, &err), &err);
	server_must(
		store_list_peers(n->session, arena, &list, &count, &err), &err);
	for (size_t i = 0; i < count; i++)
		behind += (uint64_t)(last - list[i].cursor);
	arena_free(arena);
	return behind;
}

static void
tell_state(struct node *n)
{
	struct frame f = {.type = SIM_STATE};
	struct buf b = {0};
	uint64_t certs = 0;
	uint8_t sum[16] = {0};

	sum_certs(n, &certs, sum);
	assert_ok(frame_put_number(&b, STATE_CERTS, certs));
	assert_ok(frame_put_field(&b, STATE_SUM, bytes_make(sum, sizeof(sum))));
	assert_ok(frame_put_number(&b, STATE_BEHIND, count_behind(n)));
	f.payload = buf_view(&b);
	pass(n->set->socket, &f);
	buf_done(&b);
}

static void
on_frame(struct node *n, const struct frame *f)
{
	struct frame answer = {.type = f->type, .id = f->id};

	switch (f->type) {
	case FRAME_LETTER:
		n->letters++;
		pass(n->in, f);
		break;
	case FRAME_SENT:
		n->sends--;
		pass(n->out, f);
		break;
	case SIM_TIME:
		go_to(n, (int64_t)f->id);
		pass(n->set->socket, &answer);
		break;
	case SIM_SUBMIT:
		submit(n, f->id);
		pass(n->set->socket, &answer);
		break;
	case SIM_STATE:
		tell_state(n);
		break;
	default:
		server_stop(n);
		_exit(0);
	}
}

static void
take_frames(struct node *n)
{
	struct frame f;

	while (frame_take(&n->reader, &f) == STATUS_OK) {
		struct buf copy = {0};

		/* on_frame may read on. */
		assert_ok(buf_put(&copy, f.payload));
		f.payload = buf_view(&copy);
		n->moved = true;
		on_frame(n, &f);
		buf_done(&copy);
	}
}

void
node_run(const struct node_settings *settings)
{
	static struct node node;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_IGN);
	node.set = settings;
	server_start(&node);
	for (;;)
		(void)hear(&node, -1);
}
