#include "http/pages/show.h"

#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "http/state/format.h"

struct markup {
	char text[120];
};

static struct markup
date_markup(int64_t t)
{
	struct markup m;

	snprintf(m.text, sizeof(m.text), "<time datetime=\"%.20s\">%.60s</time>",
		format_date(t, "%Y-%m-%d").text, format_day(t).text);
	return m;
}

void
show_count(struct page *p, const char *form, size_t n)
{
	page_fill(p, form, format_number((int64_t)n).text);
}

void
show_date(struct page *p, int64_t t)
{
	if (t <= 0)
		page_puts(p, _("never"));
	else
		page_raw(p, date_markup(t).text);
}

void
show_when(struct page *p, const char *sentence, int64_t t)
{
	page_fill(p, sentence, date_markup(t).text);
}

void
show_expiry(struct page *p, int64_t t, bool expired)
{
	if (t <= 0)
		page_puts(p, _("never expires"));
	else
		show_when(p, expired ? _("expired %s") : _("expires %s"), t);
}

void
show_hex(struct page *p, const char *hex)
{
	size_t n = strlen(hex), half = (n / 4 + 1) / 2 * 4, i;

	page_raw(p, "<span class=\"fpr\"><span>");
	for (i = 0; i < n; i += 4) {
		if (i > 0 && i == half && n > 16)
			page_raw(p, "</span> <span>");
		else if (i > 0)
			page_raw(p, " ");
		page_rawf(p, "%.4s", hex + i);
	}
	page_raw(p, "</span></span>");
}

void
show_fingerprint(struct page *p, const struct fingerprint *f)
{
	char hex[FINGERPRINT_HEX_MAX];

	fingerprint_hex(f, hex);
	show_hex(p, hex);
}

void
show_algorithm(struct page *p, const struct public_key *k)
{
	char buf[24];
	const char *name = public_key_algorithm_name(k->algorithm, buf);

	page_puts(p, name);
	/* Some are named after their only curve. */
	if (k->curve != NULL && strcmp(k->curve, name) != 0) {
		page_raw(p, " ");
		page_puts(p, k->curve);
	} else if (k->bits > 0) {
		page_raw(p, " ");
		page_putf(p, _("%u bits"), (unsigned int)k->bits);
	}
}

void
show_state(struct page *p, bool revoked, bool expired)
{
	static const char *const words[] = {
		N_("valid"), N_("expired"), N_("revoked")};
	static const char *const classes[] = {"valid", "expired", "revoked"};
	size_t i = revoked ? 2 : expired ? 1 : 0;

	page_rawf(p, "<strong class=\"%s\">", classes[i]);
	page_puts(p, _(words[i]));
	page_raw(p, "</strong>");
}

void
show_part_state(struct page *p, const struct index_part *part)
{
	if (part->valid || part->revoked) {
		show_state(p, part->revoked, part->expired);
		return;
	}
	page_raw(p, "<strong class=\"expired\">");
	page_puts(p, _("not confirmed by the key"));
	page_raw(p, "</strong>");
}

/* ---- revocation ------------------------------------------------------- */

struct reason_row {
	uint8_t code;
	const char *words;
};

static const struct reason_row reasons[] = {
	{0, N_("No reason is given.")},
	{1, N_("Another key has taken its place.")},
	{2, N_("Its secret is no longer secret: whoever has it can pose as the "
	       "owner.")},
	{3, N_("It is no longer used.")},
	{32, N_("This name or address is no longer right.")},
};

static const char *
reason_words(const struct signature_info *sig)
{
	size_t i;

	if (!sig->has_reason)
		return reasons[0].words;
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].code == sig->reason)
			return reasons[i].words;
	return N_("The reason given is not known here.");
}

void
show_text(struct page *p, struct bytes text, size_t max)
{
	size_t n = text.len;

	if (n > max) {
		n = max;
		while (n > 0 && (text.data[n] & 0xC0) == 0x80)
			n--;
	}
	page_raw(p, "<bdi>");
	page_visible(p, bytes_make(text.data, n));
	page_raw(p, n < text.len ? "…</bdi>" : "</bdi>");
}

void
show_reason(struct page *p, const struct signature *revocation)
{
	const struct signature_info *sig = &revocation->info;

	page_puts(p, _(reason_words(sig)));
	if (sig->reason_text.len == 0)
		return;
	page_raw(p, " ");
	page_puts(p, _("Remark:"));
	page_raw(p, " <q>");
	show_text(p, sig->reason_text, SHOW_TEXT_MAX);
	page_raw(p, "</q>");
}

void
show_revocation(struct page *p, const struct index_part *revoked)
{
	char hex[FINGERPRINT_HEX_MAX];

	show_when(p, _("Revoked %s."), revoked->revocation->info.created);
	page_raw(p, " ");
	if (revoked->revoker.len > 0) {
		page_puts(p, _("Revoked by a designated revoker:"));
		page_raw(p, " ");
		fingerprint_hex(&revoked->revoker, hex);
		show_link(p, "vindex", hex);
		page_raw(p, ">");
		show_hex(p, hex);
		page_raw(p, "</a>. ");
	}
	show_reason(p, revoked->revocation);
}

/* ---- uses ------------------------------------------------------------- */

struct use_row {
	uint8_t bits;
	const char *words;
};

static const struct use_row uses[] = {
	{0x01, N_("certifies keys")},
	{0x02, N_("signs")},
	{0x0C, N_("encrypts")},
	{0x20, N_("authenticates")},
};

void
show_uses(struct page *p, const struct index_part *key)
{
	bool first = true;
	size_t i;

	if (!key->has_flags)
		return;
	for (i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		if ((key->flags & uses[i].bits) == 0)
			continue;
		if (!first)
			page_raw(p, ", ");
		page_puts(p, _(uses[i].words));
		first = false;
	}
	if (first)
		page_puts(p, _("nothing"));
}

void
show_user_id(struct page *p, const struct index_part *u)
{
	page_user_id(p, u->text);
	if (u->valid && !u->revoked && !u->expired)
		return;
	page_raw(p, " ");
	show_part_state(p, u);
}

void
show_link(struct page *p, const char *op, const char *hex)
{
	page_rawf(p,
		"<a rel=\"nofollow\" "
		"href=\"/pks/lookup?op=%s&amp;search=%s%s\"",
		op, strcmp(op, "hget") == 0 ? "" : "0x", hex);
}

/* Old programs follow links of look-ups: those give nothing newer. */
void
show_download(struct page *p, const struct fingerprint *f)
{
	char hex[FINGERPRINT_HEX_MAX];

	fingerprint_hex(f, hex);
	if (f->version <= 4)
		show_link(p, "get", hex);
	else
		page_rawf(p,
			"<a rel=\"nofollow\" "
			"href=\"/vks/v1/by-fingerprint/%s\"",
			hex);
}
