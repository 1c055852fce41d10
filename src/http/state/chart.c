#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/words.h"
#include "http/state/format.h"
#include "http/state/render.h"
#include "http/state/svg.h"

/*
 * Columns over time, one for each span: what is new below, what changed on
 * top of it. Little ink: a few rules at round numbers, a label where one
 * fits.
 */

struct frame {
	int width, height;
	double left, top, right, bottom; /* of the plot */
	double slot;                     /* width of a span */
};

struct axis {
	int64_t step;
	int64_t top; /* a multiple of step */
};

enum { RULES_MAX = 4 };

/* The smallest of 1, 2, 5 times a power of ten with at most RULES_MAX rules. */
static struct axis
make_axis(int64_t max)
{
	static const int64_t factors[] = {2, 5, 10};
	struct axis a = {1, RULES_MAX};
	int64_t power = 1;
	size_t i = 0;

	while (a.step < INT64_MAX / 100 && a.step * RULES_MAX < max) {
		a.step = power * factors[i];
		if (++i == 3) {
			power *= 10;
			i = 0;
		}
	}
	a.top = (max + a.step - 1) / a.step * a.step;
	if (a.top == 0)
		a.top = RULES_MAX;
	return a;
}

/* 800, 9,500, 20 k, 1.5 M */
static struct format_text
axis_label(int64_t n)
{
	struct format_text w;

	if (n < 10000)
		return format_number(n);
	if (n < 1000000)
		snprintf(w.text, sizeof(w.text), "%lld k",
			(long long)(n / 1000));
	else if (n % 1000000 == 0)
		snprintf(w.text, sizeof(w.text), "%.40s M",
			format_number(n / 1000000).text);
	else
		snprintf(w.text, sizeof(w.text), _("%lld.%lld M"),
			(long long)(n / 1000000),
			(long long)(n / 100000 % 10));
	return w;
}

static bool
by_hour(const struct histogram *h)
{
	return h->unit < 86400;
}

static double
height_of(const struct frame *f, const struct axis *a, int64_t n)
{
	return (f->bottom - f->top) * (double)n / (double)a->top;
}

/* The left edge of the span `back` before the newest. */
static double
x_of(const struct frame *f, const struct histogram *h, size_t back)
{
	return f->left + f->slot * (double)(h->spans - 1 - back);
}

/* ---- parts ------------------------------------------------------------ */

static void
put_rules(struct page *p, const struct frame *f, const struct axis *a)
{
	for (int64_t n = 0; n <= a->top; n += a->step) {
		double y = f->bottom - height_of(f, a, n);

		page_rawf(p,
			"<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" "
			"x2=\"%.1f\" y2=\"%.1f\"/>\n"
			"<text class=\"end\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			n == 0 ? "base" : "grid", f->left, y, f->right, y,
			f->left - 8, y + 4, axis_label(n).text);
	}
}

/* What is not known is not zero: it is veiled, and says so if there is room. */
static void
put_veil(struct page *p, const struct frame *f, const struct histogram *h,
	size_t known)
{
	double width = f->slot * (double)(h->spans - known);

	if (known >= h->spans)
		return;
	page_rawf(p,
		"<rect class=\"veil\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		"height=\"%.1f\"/>\n",
		f->left, f->top, width, f->bottom - f->top);
	if (width >= 90)
		page_rawf(p,
			"<text class=\"mid\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			f->left + width / 2, (f->top + f->bottom) / 2,
			_("not counted"));
}

static double
put_part(struct page *p, const char *class, double x, double y, double width,
	double height)
{
	if (height <= 0)
		return y;
	/* Something is never nothing. */
	if (height < 1)
		height = 1;
	page_rawf(p,
		"<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
		"height=\"%.2f\"/>\n",
		class, x, y - height, width, height);
	return y - height;
}

static void
put_columns(struct page *p, const struct frame *f, const struct axis *a,
	const struct histogram *h, size_t known, int64_t now)
{
	double width = f->slot * 0.72;

	for (size_t back = known; back-- > 0;) {
		struct tally t = histogram_get(h, back, now);
		double x = x_of(f, h, back) + (f->slot - width) / 2;
		double y = f->bottom;

		y = put_part(
			p, "new", x, y, width, height_of(f, a, t.inserted));
		y = put_part(p, "upd", x, y, width, height_of(f, a, t.updated));
		(void)put_part(
			p, "rem", x, y, width, height_of(f, a, t.removed));
	}
}

/* Is this span one that carries a label? Every nth, at round times. */
static bool
is_labelled(const struct frame *f, const struct histogram *h, size_t back,
	int64_t start)
{
	static const size_t days[] = {1, 2, 7, 14}, hours[] = {3, 6, 12, 24};
	const size_t *every = by_hour(h) ? hours : days;
	size_t i = 0;

	while (i < 3 && f->slot * (double)every[i] < 58)
		i++;
	if (by_hour(h))
		return (size_t)(start / 3600 % 24) % every[i] == 0;
	return back % every[i] == 0; /* counted from today */
}

/* 22 Nov */
static struct format_text
day_label(int64_t t)
{
	static const char *const months[] = {N_("Jan"), N_("Feb"), N_("Mar"),
		N_("Apr"), N_("May"), N_("Jun"), N_("Jul"), N_("Aug"),
		N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")};
	struct format_text w = format_date(t, "%m");
	size_t month = (size_t)strtoul(w.text, NULL, 10);

	assert(month >= 1 && month <= 12);
	/* TRANSLATORS: a day and its month, as in 26 Oct. */
	snprintf(w.text, sizeof(w.text), _("%.4s %.20s"),
		format_date(t, "%-d").text, _(months[month - 1]));
	return w;
}

static void
put_times(struct page *p, const struct frame *f, const struct histogram *h,
	int64_t now)
{
	for (size_t back = 0; back < h->spans; back++) {
		int64_t start = histogram_start(h, back, now);
		double x = x_of(f, h, back) + f->slot / 2;
		bool clock = by_hour(h) && start % 86400 != 0;

		if (!is_labelled(f, h, back, start))
			continue;
		/* One at the edge would leave the picture. */
		if (x < f->left + 4 && f->slot * 2 < 40)
			continue;
		page_rawf(p,
			"<line class=\"base\" x1=\"%.1f\" y1=\"%.1f\" "
			"x2=\"%.1f\" y2=\"%.1f\"/>\n"
			"<text class=\"mid\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			x, f->bottom, x, f->bottom + 4, x, f->bottom + 18,
			clock ? format_date(start, "%H:%M").text
			      : day_label(start).text);
	}
}

/* On the right of the heading; below it where there is no room. */
static void
put_legend(struct page *p, const struct frame *f, const struct tally *sum,
	bool narrow)
{
	static const struct {
		const char *class, *word;
		double width;
	} keys[] = {{"new", N_("new"), 60}, {"upd", N_("updated"), 84},
		{"rem", N_("removed"), 84}};
	size_t count = sum->removed == 0 ? 2 : 3;
	double x = 12, y = narrow ? 45 : 23;

	if (!narrow)
		for (size_t i = 0, w = 0; i < count; i++) {
			w += (size_t)keys[i].width;
			x = f->right - (double)w;
		}
	for (size_t i = 0; i < count; i++) {
		page_rawf(p,
			"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" "
			"width=\"10\" height=\"10\"/>\n"
			"<text x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			keys[i].class, x, y - 9, x + 15, y, _(keys[i].word));
		x += keys[i].width;
	}
}

/* ---- the whole -------------------------------------------------------- */

static int64_t
find_most(const struct histogram *h, int64_t now, size_t *back)
{
	int64_t most = 0;

	*back = 0;
	for (size_t i = 0; i < h->spans; i++) {
		struct tally t = histogram_get(h, i, now);

		if (tally_total(&t) > most) {
			most = tally_total(&t);
			*back = i;
		}
	}
	return most;
}

static void
describe(const struct site_state *s, const struct histogram *h,
	const struct tally *sum, int64_t most, size_t back, char *out,
	size_t size)
{
	int64_t at = histogram_start(h, back, s->now);

	if (most == 0)
		snprintf(out, size, "%s", _("No changes in this time."));
	else
		snprintf(out, size,
			_("In all %s new, %s updated, %s removed. The most "
			  "were %s at %s UTC."),
			format_number(sum->inserted).text,
			format_number(sum->updated).text,
			format_number(sum->removed).text,
			format_number(most).text,
			by_hour(h) ? format_minute(at).text
				   : format_day(at).text);
}

static struct frame
make_frame(const struct histogram *h, bool narrow)
{
	struct frame f = {.width = 760, .height = 260};

	if (narrow) {
		f.width = 288;
		f.height = 250;
	}
	f.left = 48;
	f.top = narrow ? 62 : 44;
	f.right = f.width - 20;
	f.bottom = f.height - 30;
	f.slot = (f.right - f.left) / (double)h->spans;
	return f;
}

void
render_chart(const struct site_state *s, const struct histogram *h, bool narrow,
	struct page *p)
{
	struct frame f = make_frame(h, narrow);
	size_t known = histogram_known(h, s->counted_since, s->now), back;
	int64_t most = find_most(h, s->now, &back);
	struct tally sum = histogram_sum(h, h->spans, s->now);
	struct axis a = make_axis(most);
	const char *title =
		by_hour(h) ? _("Changes an hour") : _("Changes a day");
	char text[500];

	describe(s, h, &sum, most, back, text, sizeof(text));
	svg_open(p, f.width, f.height, title, text);
	page_rawf(p, "<text class=\"strong\" x=\"12\" y=\"24\">%s</text>\n",
		title);
	put_legend(p, &f, &sum, narrow);
	put_veil(p, &f, h, known);
	put_rules(p, &f, &a);
	put_columns(p, &f, &a, h, known, s->now);
	put_times(p, &f, h, s->now);
	if (most == 0 && known > h->spans / 2)
		page_rawf(p,
			"<text class=\"mid\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			(f.left + f.right) / 2, (f.top + f.bottom) / 2,
			_("no changes in this time"));
	svg_close(p);
}
