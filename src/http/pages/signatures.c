#include "http/pages/signatures.h"

#include <stdio.h>

#include "base/words.h"
#include "http/pages/show.h"
#include "pgp/subpacket.h"

enum {
	SUBPACKET_NOTATION = 20,
	SUBPACKET_POLICY = 26,
	NOTATION_HEAD = 8,
	NOTATION_IS_TEXT = 0x80
};

void
signatures_init(
	struct signatures *s, const struct signers *signers, bool verifies)
{
	*s = (struct signatures){.signers = signers,
		.rows_left = SIGNATURES_ROWS_MAX,
		.verifies = verifies,
		.budget = {SIGNATURES_HASHED_MAX, SIGNATURES_OPERATIONS}};
}

/* ---- what kind -------------------------------------------------------- */

static const char *const kinds[] = {
	[INDEX_SIG_SELF] = N_("self-signature"),
	[INDEX_SIG_REVOCATION] = N_("revocation"),
	[INDEX_SIG_BINDING] = N_("subkey binding"),
	[INDEX_SIG_DIRECT] = N_("direct key signature"),
};

static void
put_kind(struct page *p, const struct index_sig *s)
{
	unsigned int type = s->sig->info.type;

	if (s->kind == INDEX_SIG_CERTIFICATION)
		page_putf(p, _("certification, level %u"),
			type - SIG_GENERIC_CERT);
	else if (s->kind == INDEX_SIG_OTHER)
		page_putf(p, _("another kind, type %u"), type);
	else
		page_puts(p, _(kinds[s->kind]));
}

/* ---- what it says of itself ------------------------------------------- */

static void
open_remark(struct page *p, const char *words)
{
	/* A text browser knows no blocks in a cell. */
	page_raw(p, "<br><span class=\"remark\">");
	page_puts(p, words);
}

static void
close_remark(struct page *p)
{
	page_raw(p, "</span>");
}

/* Four octets of flags, two lengths, name, value; text only if it says so. */
static void
put_notation(struct page *p, struct bytes body)
{
	size_t name, value;

	if (body.len < NOTATION_HEAD)
		return;
	name = (size_t)body.data[4] << 8 | body.data[5];
	value = (size_t)body.data[6] << 8 | body.data[7];
	if (body.len != NOTATION_HEAD + name + value)
		return;
	open_remark(p, _("Notation:"));
	page_raw(p, " ");
	show_text(
		p, bytes_make(body.data + NOTATION_HEAD, name), SHOW_TEXT_MAX);
	page_raw(p, " = ");
	if (body.data[0] & NOTATION_IS_TEXT)
		show_text(p,
			bytes_make(body.data + NOTATION_HEAD + name, value),
			SHOW_TEXT_MAX);
	else
		show_count(p, words_count("%s octet", "%s octets", value),
			value);
	close_remark(p);
}

/* Signed remarks only: anybody could add to the unhashed area. */
static void
put_remarks(struct page *p, const struct signature_info *sig)
{
	struct reader area = reader_of(sig->hashed);
	struct subpacket sub;
	size_t notations = 0;

	while (subpacket_next(&area, &sub) == STATUS_OK) {
		if (sub.type == SUBPACKET_POLICY) {
			open_remark(p, _("Policy:"));
			page_raw(p, " ");
			show_text(p, sub.body, SHOW_TEXT_MAX);
			close_remark(p);
		} else if (sub.type == SUBPACKET_NOTATION &&
			   notations++ < SIGNATURES_NOTATIONS_MAX) {
			put_notation(p, sub.body);
		}
	}
	if (notations > SIGNATURES_NOTATIONS_MAX) {
		notations -= SIGNATURES_NOTATIONS_MAX;
		open_remark(p, "");
		show_count(p,
			words_count("and %s more notation",
				"and %s more notations", notations),
			notations);
		close_remark(p);
	}
}

/* ---- who -------------------------------------------------------------- */

static void
put_signer_link(struct page *p, const struct signature_info *sig,
	const struct signer *known)
{
	char hex[FINGERPRINT_HEX_MAX];

	if (sig->has_issuer_fpr)
		fingerprint_hex(&sig->issuer_fpr, hex);
	else if (known != NULL && known->found)
		fingerprint_hex(&known->cert, hex);
	else
		snprintf(hex, sizeof(hex), "%016llX",
			(unsigned long long)sig->issuer);
	show_link(p, "vindex", hex);
	page_raw(p, ">");
	if (!sig->has_issuer_fpr)
		snprintf(hex, sizeof(hex), "%016llX",
			(unsigned long long)sig->issuer);
	show_hex(p, hex);
	page_raw(p, "</a>");
}

/* `forged`: whoever it names did not make it. */
static void
put_signer(struct page *p, const struct signatures *list,
	const struct index_sig *s, bool forged)
{
	const struct signature_info *sig = &s->sig->info;
	const struct signer *known;

	if (s->self) {
		page_puts(p, _("this key"));
		return;
	}
	if (!sig->has_issuer_fpr && !sig->has_issuer) {
		page_puts(p, _("it does not say"));
		return;
	}
	known = signers_get(list->signers, sig);
	if (!forged && known != NULL && known->found &&
		known->user_id.len > 0) {
		page_user_id(p, known->user_id);
		page_raw(p, "<br>");
	}
	put_signer_link(p, sig, known);
}

/* ---- the table -------------------------------------------------------- */

static void
open_cell(struct page *p, const char *class, const char *label)
{
	page_rawf(p, "</td><td class=\"%s\" data-label=\"", class);
	page_puts(p, label);
	page_raw(p, "\">");
}

static void
put_mark(struct page *p, const char *class, const char *words)
{
	page_rawf(p, " <strong class=\"%s\">", class);
	page_puts(p, words);
	page_raw(p, "</strong>");
}

/* Nothing is said of one that is good. */
static enum verify_result
put_verdict(struct page *p, struct signatures *list,
	const struct index_part *part, const struct index_sig *s)
{
	enum verify_result r = VERIFY_GOOD;

	if (!s->plausible) {
		put_mark(p, "expired", _("does not fit"));
		return VERIFY_IMPLAUSIBLE;
	}
	if (list->verifies)
		r = signers_judge(
			list->signers, list->cert, part, s, &list->budget);
	if (r == VERIFY_BAD)
		put_mark(p, "revoked", _("forged"));
	else if (r != VERIFY_GOOD)
		put_mark(p, "expired", _("not verified"));
	return r;
}

static void
put_row(struct page *p, struct signatures *list, const struct index_part *part,
	const struct index_sig *s)
{
	enum verify_result r;

	page_raw(p, "<tr><td>");
	put_kind(p, s);
	r = put_verdict(p, list, part, s);
	if (s->kind == INDEX_SIG_REVOCATION) {
		open_remark(p, "");
		show_reason(p, s->sig);
		close_remark(p);
	}
	put_remarks(p, &s->sig->info);
	open_cell(p, "who", _("by"));
	put_signer(p, list, s, r == VERIFY_BAD || r == VERIFY_IMPLAUSIBLE);
	open_cell(p, "when", _("created"));
	show_date(p, s->created);
	open_cell(p, "when", _("expires"));
	show_date(p, s->expires);
	page_raw(p, "</td></tr>\n");
}

static void
open_table(struct page *p, size_t count, bool one)
{
	static const char *const heads[] = {
		N_("Signature"), N_("By"), N_("Created"), N_("Expires")};
	size_t i;

	page_rawf(p, "<table class=\"%s\">\n<caption>",
		one ? "sigs one" : "sigs");
	show_count(p, words_count("%s signature", "%s signatures", count),
		count);
	page_raw(p, "</caption>\n<thead><tr>");
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		page_raw(p, "<th scope=\"col\">");
		page_puts(p, _(heads[i]));
		page_raw(p, "</th>");
	}
	page_raw(p, "</tr></thead>\n<tbody>\n");
}

static void
close_table(struct page *p)
{
	page_raw(p, "</tbody></table>\n");
}

static bool
take_row(struct signatures *s)
{
	if (s->rows_left == 0)
		return false;
	s->rows_left--;
	return true;
}

/* Of others, those from number `from` on and before `to`; how many there was
 * no room for. */
static size_t
put_others(struct page *p, struct signatures *s, const struct index_part *part,
	size_t from, size_t to)
{
	size_t i, n = 0, lost = 0;

	for (i = 0; i < part->sig_count; i++) {
		if (part->sigs[i].self || n++ < from || n > to)
			continue;
		if (take_row(s))
			put_row(p, s, part, &part->sigs[i]);
		else
			lost++;
	}
	return lost;
}

static void
put_left(struct page *p, size_t n)
{
	if (n == 0)
		return;
	page_raw(p, "<p class=\"note\">");
	show_count(p,
		words_count("And %s more signature, which is not shown: "
			    "download the key to see it.",
			"And %s more signatures, which are not shown: "
			"download the key to see them.",
			n),
		n);
	page_raw(p, "</p>\n");
}

void
signatures_put(
	struct page *p, struct signatures *s, const struct index_part *part)
{
	size_t i, own = 0, others, lost = part->sigs_left;

	if (part->sig_count == 0)
		return;
	for (i = 0; i < part->sig_count; i++)
		own += part->sigs[i].self;
	others = part->sig_count - own;
	open_table(p, part->sig_count + part->sigs_left,
		part->sig_count + part->sigs_left == 1 && own == 1);
	for (i = 0; i < part->sig_count; i++) {
		if (!part->sigs[i].self)
			continue;
		if (take_row(s))
			put_row(p, s, part, &part->sigs[i]);
		else
			lost++;
	}
	lost += put_others(p, s, part, 0, SIGNATURES_SHOWN);
	close_table(p);
	if (others > SIGNATURES_SHOWN && s->rows_left > 0) {
		page_raw(p, "<details><summary>");
		others -= SIGNATURES_SHOWN;
		show_count(p,
			words_count("%s more signature", "%s more signatures",
				others),
			others);
		page_raw(p, "</summary>\n");
		open_table(p, others, false);
		lost += put_others(p, s, part, SIGNATURES_SHOWN, SIZE_MAX);
		close_table(p);
		page_raw(p, "</details>\n");
	} else if (others > SIGNATURES_SHOWN) {
		lost += others - SIGNATURES_SHOWN;
	}
	put_left(p, lost);
}
