#include <string.h>
#include <unistr.h>

#include "base/clock.h"
#include "cli/explain.h"
#include "cli/show.h"

enum { COL_WORD = 15, TEXT_SHOWN = 200 };

#define GREEN "\033[32m"
#define RED "\033[31m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

struct writing {
	FILE *out;
	bool colours;
};

/* ---- pieces ----------------------------------------------------------- */

static void
colour(const struct writing *w, const char *code)
{
	if (w->colours)
		fputs(code, w->out);
}

/* Nothing that steers a terminal or turns the line around. */
static bool
is_hidden(ucs4_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void
put_visible(const struct writing *w, const char *text)
{
	struct bytes b = bytes_of(text);
	size_t at = 0;

	while (at < b.len && at < TEXT_SHOWN) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, b.data + at, b.len - at);

		if (n <= 0)
			break;
		if (is_hidden(c))
			fprintf(w->out, "\\u%04X", (unsigned int)c);
		else
			fwrite(b.data + at, 1, (size_t)n, w->out);
		at += (size_t)n;
	}
	if (at < b.len)
		fputs("...", w->out);
}

static struct clock_text
day_of(int64_t t)
{
	return t > 0 ? clock_day(t) : (struct clock_text){"----------"};
}

static bool
is_on(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

static void
put_fpr(const struct writing *w, const char *hex)
{
	size_t i, n = strlen(hex);

	for (i = 0; i < n; i += 4)
		fprintf(w->out, "%s%s%.4s", i > 0 ? " " : "",
			i > 0 && i == n / 2 ? " " : "", hex + i);
}

static void
put_algorithm(const struct writing *w, const json_t *o)
{
	fputs(show_text(o, "algorithm"), w->out);
	if (*show_text(o, "curve") != '\0')
		fprintf(w->out, " %s", show_text(o, "curve"));
	else if (show_number(o, "bits") > 0)
		fprintf(w->out, " of %lld bits",
			(long long)show_number(o, "bits"));
}

/* ---- the head --------------------------------------------------------- */

static void
put_revocation(const struct writing *w, const json_t *r)
{
	fprintf(w->out, "revoked on %s",
		day_of(show_number(r, "created")).text);
	if (*show_text(r, "by") != '\0')
		fprintf(w->out, " by a designated revoker, %s",
			show_text(r, "by"));
	fprintf(w->out, ": %s", show_text(r, "reason_words"));
	if (*show_text(r, "text") != '\0') {
		fputs(" (\"", w->out);
		put_visible(w, show_text(r, "text"));
		fputs("\")", w->out);
	}
}

static void
put_state(const struct writing *w, const json_t *cert)
{
	const json_t *s = json_object_get(cert, "state");
	const json_t *r = json_object_get(s, "revocation");
	int64_t expires = show_number(s, "expires");

	fputs("  state     ", w->out);
	if (s == NULL) {
		colour(w, RED);
		fprintf(w->out, "refused: %s", show_text(cert, "sentence"));
		colour(w, PLAIN);
	} else if (r != NULL) {
		colour(w, RED);
		put_revocation(w, r);
		colour(w, PLAIN);
	} else if (expires > 0) {
		fprintf(w->out, "%s on %s",
			is_on(s, "expired") ? "expired" : "valid; expires",
			day_of(expires).text);
	} else {
		fputs("valid; never expires", w->out);
	}
	fputc('\n', w->out);
}

static void
put_stored(const struct writing *w, const json_t *cert)
{
	const json_t *s = json_object_get(cert, "stored"), *flag;
	size_t i;

	if (s == NULL)
		return;
	fprintf(w->out, "  stored    at level %s, %lld octets, digest %s\n",
		show_text(s, "level"), (long long)show_number(s, "octets"),
		show_text(s, "digest"));
	json_array_foreach(json_object_get(s, "flags"), i, flag)
		fprintf(w->out, "%s%s", i == 0 ? "  flags     " : ", ",
			json_string_value(flag));
	if (json_array_size(json_object_get(s, "flags")) > 0)
		fputc('\n', w->out);
	if (show_number(s, "learned") > 0)
		fprintf(w->out, "  learned   %s from %s\n",
			show_moment(show_number(s, "learned")).text,
			show_text(s, "learned_from"));
	fprintf(w->out, "  changed   %s",
		show_moment(show_number(s, "updated")).text);
	if (*show_text(s, "changed_from") != '\0')
		fprintf(w->out, " from %s", show_text(s, "changed_from"));
	fputc('\n', w->out);
	if (strcmp(show_text(s, "level"), show_text(cert, "level")) != 0)
		fprintf(w->out,
			"  note      what follows is what level %s would keep "
			"of "
			"it\n",
			show_text(cert, "level"));
}

static void
put_head(const struct writing *w, const json_t *cert)
{
	const json_t *state = json_object_get(cert, "state");

	if (*show_text(cert, "fingerprint") == '\0') {
		fputs("No certificate\n", w->out);
		return;
	}
	put_fpr(w, show_text(cert, "fingerprint"));
	fputc('\n', w->out);
	if (*show_text(state, "user_id") != '\0') {
		fputs("  name      ", w->out);
		put_visible(w, show_text(state, "user_id"));
		fputc('\n', w->out);
	}
	fputs("  key       ", w->out);
	put_algorithm(w, cert);
	fprintf(w->out, ", version %lld, created %s\n",
		(long long)show_number(cert, "version"),
		day_of(show_number(cert, "created")).text);
	put_state(w, cert);
	if (*show_text(cert, "taken_down") != '\0')
		fprintf(w->out,
			"  note      taken down here (%s), whatever a level "
			"would "
			"keep\n",
			show_text(cert, "taken_down"));
	if (is_on(cert, "unverifiable"))
		fputs("  note      its algorithm cannot be verified here: what "
		      "looks right is kept\n",
			w->out);
	if (is_on(cert, "weak"))
		fputs("  note      weak: it signed itself with MD5 or SHA-1\n",
			w->out);
	put_stored(w, cert);
}

/* ---- packets ---------------------------------------------------------- */

static void
put_maker(const struct writing *w, const json_t *p)
{
	const char *who = show_text(p, "issuer_fingerprint");

	if (is_on(p, "self")) {
		fputs(" by the key itself", w->out);
		return;
	}
	if (*who == '\0')
		who = show_text(p, "issuer");
	fprintf(w->out, " by %s", *who != '\0' ? who : "nobody named");
	if (*show_text(p, "name") != '\0') {
		fputs(", ", w->out);
		put_visible(w, show_text(p, "name"));
	}
}

static void
put_what(const struct writing *w, const json_t *p)
{
	const char *kind = show_text(p, "kind");

	if (show_number(p, "tag") == PACKET_SIGNATURE &&
		json_object_get(p, "type") != NULL) {
		fprintf(w->out, "  %s", show_text(p, "type_words"));
		put_maker(w, p);
		if (is_on(p, "weak"))
			fprintf(w->out, ", weak: %s", show_text(p, "hash"));
		return;
	}
	if (show_number(p, "tag") == 0)
		fputs("the rest", w->out);
	else if (*kind == '\0')
		fprintf(w->out, "packet of tag %lld",
			(long long)show_number(p, "tag"));
	else
		fprintf(w->out, "%s%s",
			show_number(p, "tag") == PACKET_SIGNATURE ? "  " : "",
			kind);
	if (json_object_get(p, "text") != NULL) {
		fputs(" \"", w->out);
		put_visible(w, show_text(p, "text"));
		fputs("\"", w->out);
	}
	if (*show_text(p, "key_id") != '\0') {
		fprintf(w->out, " %s, ", show_text(p, "key_id"));
		put_algorithm(w, p);
	}
	if (show_number(p, "tag") == PACKET_USER_ATTRIBUTE)
		fprintf(w->out, " of %lld octets",
			(long long)show_number(p, "octets"));
}

static void
put_why(const struct writing *w, const json_t *p)
{
	const json_t *limit = json_object_get(p, "limit");

	if (limit != NULL)
		fprintf(w->out, "; over %s = %lld", show_text(limit, "name"),
			(long long)show_number(limit, "max"));
	if (show_number(p, "into") > 0)
		fprintf(w->out, "; see %lld",
			(long long)show_number(p, "into"));
	if (show_number(p, "home") > 0)
		fprintf(w->out, "; stood below %lld, belongs to %lld",
			(long long)show_number(p, "under"),
			(long long)show_number(p, "home"));
}

static void
put_packet(const struct writing *w, const json_t *p)
{
	bool kept = is_on(p, "kept");
	int64_t created = show_number(p, "created");

	fprintf(w->out, "%6lld  ", (long long)show_number(p, "n"));
	colour(w, kept ? GREEN : RED);
	fprintf(w->out, "%-5s %-*s", kept ? "kept" : "-", COL_WORD,
		show_text(p, "verdict"));
	colour(w, PLAIN);
	fprintf(w->out, "  %-10s  ", created > 0 ? day_of(created).text : "");
	put_what(w, p);
	put_why(w, p);
	fputc('\n', w->out);
}

/* Each word that was used, once. */
static void
put_words(const struct writing *w, const json_t *cert)
{
	const json_t *p, *packets = json_object_get(cert, "packets");
	json_t *seen = json_object();
	size_t i;

	fputs("\n", w->out);
	json_array_foreach(packets, i, p)
	{
		const char *word = show_text(p, "verdict");

		if (json_object_get(seen, word) != NULL)
			continue;
		(void)json_object_set_new(seen, word, json_true());
		colour(w, DIM);
		fprintf(w->out, "  %5lld %-*s  %s\n",
			(long long)show_number(
				json_object_get(cert, "verdicts"), word),
			COL_WORD, word, show_text(p, "sentence"));
		colour(w, PLAIN);
	}
	json_decref(seen);
}

void
explain_to_text(FILE *out, const json_t *cert, bool colours)
{
	struct writing w = {out, colours};
	int64_t kept = show_number(cert, "kept_packets");
	const json_t *p;
	size_t i;

	put_head(&w, cert);
	fprintf(out, "  level     %s: %lld of %lld packets are kept\n\n",
		show_text(cert, "level"), (long long)kept,
		(long long)(kept + show_number(cert, "dropped_packets")));
	json_array_foreach(json_object_get(cert, "packets"), i, p)
		put_packet(&w, p);
	put_words(&w, cert);
}
