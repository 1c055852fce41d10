#include "http/pages/glossary.h"

#include "base/words.h"

struct glossary_row {
	const char *word;
	const char *meaning;
};

static const struct glossary_row glossary[] = {
	{N_("fingerprint"),
		N_("The key's own number, made from the key itself. If its "
		   "owner tells you the same digits, you have the right key.")},
	{N_("valid"),
		N_("Neither expired nor revoked. It does not mean that the "
		   "names on the key are right.")},
	{N_("User ID"),
		N_("A name and a mail address that the key is said to belong "
		   "to. Anybody can write any.")},
	{N_("subkey"),
		N_("A further key below the main one, for one kind of work: to "
		   "read encrypted mail, for example.")},
	{N_("self-signature"),
		N_("The key's own statement that a User ID belongs to it, with "
		   "its expiry and preferences.")},
	{N_("certification"),
		N_("Somebody else's statement that this name belongs to this "
		   "key. The level tells how well they say they checked: 0 "
		   "they do not say, 1 not at all, 2 casually, 3 carefully.")},
	{N_("revocation"),
		N_("A statement withdrawn: of the whole key, a subkey, a User "
		   "ID or a certification.")},
	{N_("subkey binding"),
		N_("The key's statement that a subkey belongs to it, and what "
		   "the subkey is for.")},
	{N_("direct key signature"),
		N_("A statement about the key as a whole, not about one User "
		   "ID.")},
	{N_("does not fit"),
		N_("Two octets in it do not agree with what it claims to sign: "
		   "it is damaged or forged, or made by a method this server "
		   "does not know.")},
	{N_("not verified"),
		N_("The key that it names is not on this server, is of a kind "
		   "that it cannot ask, or there were too many signatures to "
		   "ask about: anybody could have written it.")},
	{N_("forged"),
		N_("The key that it names is here and did not make it.")},
};

static const char *
verified_words(bool verifies, bool waiting)
{
	if (!verifies)
		return N_("This server keeps what it is given and does not "
			  "verify signatures; your OpenPGP program does, when "
			  "it imports the key.");
	if (waiting)
		return N_("What was stored before this server verified "
			  "signatures is verified in the background; a key on "
			  "this page still has to wait for that.");
	return N_("This server verified the signatures that are not marked "
		  "otherwise. Whether a signer is who the name says, it "
		  "cannot know.");
}

void
glossary_put(struct page *p, bool verifies, bool waiting)
{
	size_t i;

	page_raw(p, "<div class=\"plain\">\n<details><summary>");
	page_puts(p, _("What these words mean"));
	page_raw(p, "</summary>\n<dl class=\"words\">\n");
	for (i = 0; i < sizeof(glossary) / sizeof(glossary[0]); i++) {
		page_raw(p, "<dt>");
		page_puts(p, _(glossary[i].word));
		page_raw(p, "</dt><dd>");
		page_puts(p, _(glossary[i].meaning));
		page_raw(p, "</dd>\n");
	}
	page_raw(p, "</dl>\n<p>");
	page_puts(p, _(verified_words(verifies, waiting)));
	page_raw(p, "</p></details>\n</div>\n");
}
