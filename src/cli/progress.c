#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { PATIENCE_MS = 2000, BAR_MS = 200, LINE_MS = 10000, BAR_WIDTH = 40 };

void
progress_start(struct progress *p, uint64_t total, bool quiet)
{
	p->total = total;
	p->start_ms = clock_mono_ms();
	p->shown_ms = p->start_ms;
	p->quiet = quiet;
	p->terminal = isatty(STDERR_FILENO) == 1;
	p->drawn = false;
}

static void
draw(uint64_t done, uint64_t total, uint64_t items)
{
	uint64_t part = total > 0 ? done * BAR_WIDTH / total : 0;

	if (part > BAR_WIDTH)
		part = BAR_WIDTH;
	fputs("\r[", stderr);
	for (uint64_t i = 0; i < BAR_WIDTH; i++)
		fputc(i < part ? '#' : ' ', stderr);
	fprintf(stderr, "] %3" PRIu64 "%% %" PRIu64 " files",
		total > 0 ? done * 100 / total : 0, items);
}

void
progress_show(struct progress *p, uint64_t done, uint64_t items)
{
	int64_t now = clock_mono_ms();

	if (p->quiet || now - p->start_ms < PATIENCE_MS ||
		now - p->shown_ms < (p->terminal ? BAR_MS : LINE_MS))
		return;
	p->shown_ms = now;
	if (p->terminal) {
		draw(done, p->total, items);
		p->drawn = true;
	} else {
		fprintf(stderr,
			"keypost: %" PRIu64 " of %" PRIu64 " octets, %" PRIu64
			" files\n",
			done, p->total, items);
	}
}

void
progress_end(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}
