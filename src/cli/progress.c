#include "cli/progress.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
enum { PATIENCE_MS = 2000, BAR_MS = 200, LINE_MS = 10000, BAR_WIDTH = 40 };

/* There is one standard error. */
static atomic_bool drawn;

void
progress_start(struct progress *p, uint64_t total, bool quiet)
{
	p->total = total;
	p->unit = NULL;
	p->start_ms = clock_mono_ms();
	p->shown_ms = p->start_ms;
	p->quiet = quiet;
	p->terminal = isatty(STDERR_FILENO) == 1;
}

/* The largest unit that the larger number fills. */
static const struct {
	double octets;
	const char *name;
} sizes[] = {{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}};

static void
write_octets(uint64_t done, uint64_t total, char *out, size_t size)
{
	double most = (double)(total > 0 ? total : done);
	size_t i = 0;

	while (i + 1 < sizeof(sizes) / sizeof(sizes[0]) &&
		most < sizes[i].octets)
		i++;
	if (total > 0)
		(void)snprintf(out, size, ": %.1f of %.1f %s",
			(double)done / sizes[i].octets, most / sizes[i].octets,
			sizes[i].name);
	else
		(void)snprintf(out, size, ": %.1f %s", most / sizes[i].octets,
			sizes[i].name);
}

void
progress_write_amount(
	const char *unit, uint64_t done, uint64_t total, char *out, size_t size)
{
	if (size > 0)
		*out = '\0';
	if (done == 0 && total == 0)
		return;
	if (unit == NULL)
		write_octets(done, total, out, size);
	else if (total > 0)
		(void)snprintf(out, size, ": %" PRIu64 " of %" PRIu64 " %s",
			done, total, unit);
	else
		(void)snprintf(out, size, ": %" PRIu64 " %s", done, unit);
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
write_rate(double rate, const char *unit, char *out, size_t size)
{
	if (unit != NULL)
		(void)snprintf(out, size, "%.0f %s/s", rate, unit);
	else if (rate < 1e6)
		(void)snprintf(out, size, "%.0f kB/s", rate / 1e3);
	else
		(void)snprintf(out, size, "%.1f MB/s", rate / 1e6);
}

void
progress_write_time(double seconds, char *out, size_t size)
{
	int64_t s = (int64_t)seconds;
	int minute = (int)(s / 60 % 60), second = (int)(s % 60);

	if (s >= 3600)
		(void)snprintf(out, size, "%" PRId64 ":%02d:%02d", s / 3600,
			minute, second);
	else
		(void)snprintf(out, size, "%d:%02d", minute, second);
}

void
progress_write_pace(
	const char *unit, double rate, uint64_t left, char *out, size_t size)
{
	char pace[64], when[32];

	if (size > 0)
		*out = '\0';
	if (rate < 1)
		return;
	write_rate(rate, unit, pace, sizeof(pace));
	progress_write_time((double)left / rate, when, sizeof(when));
	if (left == 0)
		(void)snprintf(out, size, ", %s", pace);
	else
		(void)snprintf(out, size, ", %s, %s left", pace, when);
}

/* The bar says how much of it. */
static void
draw(const char *step, uint64_t done, uint64_t total, const char *amount,
	const char *pace)
{
	if (total > 0)
		draw_bar(done, total);
	else
		fputs("\r", stderr);
	fprintf(stderr, "%s%s%s\033[K", step, total > 0 ? "" : amount, pace);
	atomic_store(&drawn, true);
}

static void
print_line(const char *step, const char *amount, const char *pace)
{
	fprintf(stderr, "keypost: %s%s%s\n", step, amount, pace);
}

void
progress_step(
	struct progress *p, const char *step, uint64_t done, uint64_t total)
{
	double seconds;
	char pace[128], amount[96];

	follow_step(p, step, done);
	if (!is_time(p))
		return;
	seconds = (double)(clock_mono_ms() - p->step_ms) / 1000;
	progress_write_pace(p->unit,
		seconds > 0 ? (double)(done - p->step_from) / seconds : 0,
		total > done ? total - done : 0, pace, sizeof(pace));
	progress_write_amount(p->unit, done, total, amount, sizeof(amount));
	if (p->terminal)
		draw(step, done, total, amount, pace);
	else
		print_line(step, amount, pace);
}

void
progress_end(struct progress *p)
{
	(void)p;
	progress_hide();
}

void
progress_hide(void)
{
	if (atomic_exchange(&drawn, false))
		fputs("\r\033[K", stderr);
}
