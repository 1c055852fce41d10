/* What was not loaded, by file and offset. */
#include <inttypes.h>

#include "cli/load.h"
#include "cli/visible.h"

struct load_place
load_place_of(const struct load_place *piece, size_t at)
{
	struct load_place p = *piece;

	if (p.within && at != SIZE_MAX)
		p.at += at;
	else if (p.within)
		p.unknown = true;
	return p;
}

/* "FILE: offset 7: FPR: ", as far as it is known. */
static void
write_place(const struct load_place *p, const char *fpr, struct buf *out)
{
	enum status st = buf_printf(out, "%s: ", p->file);

	if (st == STATUS_OK && !p->unknown)
		st = buf_printf(out, "%soffset %" PRIu64 ": ",
			p->within ? "" : "from ", p->at);
	if (st == STATUS_OK && fpr != NULL)
		st = buf_printf(out, "%s: ", fpr);
	if (st != STATUS_OK)
		buf_clear(out);
}

static bool
is_told(const struct load_told *t)
{
	return t->all || t->told < LOAD_PLACES_MAX;
}

static void
keep(struct load_told *t, const struct load_place *p, const char *fpr,
	const char *why, const char *what)
{
	json_t *j;

	if (json_array_size(t->list) >= LOAD_PLACES_MAX)
		return;
	j = json_pack("{s:o, s:o}", "file", visible_json(p->file), "what",
		visible_json(what));
	if (!p->unknown)
		(void)json_object_set_new(
			j, "offset", json_integer((json_int_t)p->at));
	if (fpr != NULL)
		(void)json_object_set_new(j, "fingerprint", json_string(fpr));
	if (why != NULL)
		(void)json_object_set_new(j, "why", json_string(why));
	(void)json_array_append_new(t->list, j);
}

void
load_tell(struct load_told *t, const struct load_place *place, const char *fpr,
	const char *why, const char *what)
{
	struct buf line = {0};

	keep(t, place, fpr, why, what);
	if (is_told(t)) {
		write_place(place, fpr, &line);
		if (buf_printf(&line, "%s%s", why != NULL ? "refused: " : "",
			    what) == STATUS_OK)
			cli_say("%s", (const char *)line.data);
	}
	t->told++;
	buf_done(&line);
}

void
load_warn(struct load_told *t, const char *file, const char *what)
{
	if (t->all || t->warned < LOAD_PLACES_MAX)
		cli_say("%s: warning: %s", file, what);
	if (t->warned < LOAD_PLACES_MAX)
		(void)json_array_append_new(t->warnings,
			json_pack("{s:o, s:o}", "file", visible_json(file),
				"what", visible_json(what)));
	t->warned++;
}

void
load_tell_packets(struct load_told *t, const struct load_place *place,
	const char *fpr, const json_t *dropped)
{
	const char *word, *between = "left out:";
	struct buf line = {0};
	const json_t *n;

	if (!t->all)
		return;
	write_place(place, fpr, &line);
	json_object_foreach((json_t *)(uintptr_t)dropped, word, n)
	{
		if (buf_printf(&line, "%s %" PRId64 " %s", between,
			    (int64_t)json_integer_value(n), word) != STATUS_OK)
			break;
		between = ",";
	}
	cli_say("%s", (const char *)line.data);
	buf_done(&line);
}

void
load_tell_end(const struct load_told *t)
{
	if (!t->all && t->told > LOAD_PLACES_MAX)
		cli_say("and %zu more; -v tells of all",
			t->told - LOAD_PLACES_MAX);
}
