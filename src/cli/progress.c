#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"

enum { PATIENCE_MS = 2000, BAR_MS = 200, LINE_MS = 10000, BAR_WIDTH = 40 };

void
progress_start(struct progress *p, uint64_t total, bool quiet)
{
	p->total = total;
	p->unit = NULL;
	p->start_ms = clock_mono_ms();
	p->shown_ms = p->start_ms;
	p->quiet = quiet;
	p->terminal = isatty(STDERR_FILENO) == 1;
	p->drawn = false;
}

static void
draw_bar(uint64_t done, uint64_t total)
{
	uint64_t part = done < total ? done * BAR_WIDTH / total : BAR_WIDTH;

	fputs("\r[", stderr);
	for (uint64_t i = 0; i < BAR_WIDTH; i++)
		fputc(i < part ? '#' : ' ', stderr);
	fprintf(stderr, "] %3" PRIu64 "%% ",
		total > 0 ? done * 100 / total : 0);
}

static void
draw(const struct progress *p, uint64_t done, uint64_t items)
{
	uint64_t total = p->total;

	if (total == 0) {
		fprintf(stderr, "\r%" PRIu64 " octets, %" PRIu64 " file%s",
			done, items, cli_s(items));
		return;
	}
	draw_bar(done, total);
	fprintf(stderr, "%" PRIu64 " %s", items, p->unit ? p->unit : "files");
}

static bool
is_time(struct progress *p)
{
	int64_t now = clock_mono_ms();

	if (p->quiet || now - p->start_ms < PATIENCE_MS ||
		now - p->shown_ms < (p->terminal ? BAR_MS : LINE_MS))
		return false;
	p->shown_ms = now;
	return true;
}

/* The rate is that of the step. */
static void
follow_step(struct progress *p, const char *step, uint64_t done)
{
	if (p->step == step && done >= p->step_from)
		return;
	p->step = step;
	p->step_from = done;
	p->step_ms = clock_mono_ms();
}

static void
tell_pace(const struct progress *p, uint64_t done, uint64_t total, char *out,
	size_t size)
{
	double seconds = (double)(clock_mono_ms() - p->step_ms) / 1000;
	double rate = seconds > 0 ? (double)(done - p->step_from) / seconds : 0;
	double left =
		rate > 0 && total > done ? (double)(total - done) / rate : 0;

	if (rate < 1)
		(void)snprintf(out, size, "%s", "");
	else if (total == 0)
		(void)snprintf(out, size, ", %.0f/s", rate);
	else
		(void)snprintf(out, size, ", %.0f/s, %.0f:%02.0f left", rate,
			(double)((int64_t)left / 60),
			(double)((int64_t)left % 60));
}

void
progress_step(
	struct progress *p, const char *step, uint64_t done, uint64_t total)
{
	const char *unit = p->unit != NULL ? p->unit : "octets";
	char pace[64];

	follow_step(p, step, done);
	if (!is_time(p))
		return;
	tell_pace(p, done, total, pace, sizeof(pace));
	if (p->terminal) {
		if (total > 0)
			draw_bar(done, total);
		else
			fprintf(stderr, "\r%" PRIu64 " %s ", done, unit);
		fprintf(stderr, "%s%s\033[K", step, pace);
		p->drawn = true;
	} else {
		if (done == 0 && total == 0) {
			fprintf(stderr, "keypost: %s\n", step);
			return;
		}
		fprintf(stderr, "keypost: %s: %" PRIu64, step, done);
		if (total > 0)
			fprintf(stderr, " of %" PRIu64, total);
		fprintf(stderr, " %s%s\n", unit, pace);
	}
}

void
progress_show(struct progress *p, uint64_t done, uint64_t items)
{
	if (!is_time(p))
		return;
	if (p->terminal) {
		draw(p, done, items);
		p->drawn = true;
	} else {
		fprintf(stderr, "keypost: %" PRIu64, done);
		/* Of folders nobody has counted how much it will be. */
		if (p->total > 0)
			fprintf(stderr, " of %" PRIu64, p->total);
		if (p->unit != NULL)
			fprintf(stderr, " %s\n", p->unit);
		else
			fprintf(stderr, " octets, %" PRIu64 " file%s\n", items,
				cli_s(items));
	}
}

void
progress_end(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}
