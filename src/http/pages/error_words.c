#include "http/pages/error_words.h"

#include <string.h>

#include "base/words.h"

#define OFTEN                                                                  \
	N_("Many requests came from your network address in a short "          \
	   "time. Wait a minute, then try again.")

/* The first row that fits. */
static const struct error_words rows[] = {
	{400, "Bad request: Insufficiently specific",
		N_("The search is too short"),
		N_("Words of one letter are not looked for. Search for a "
		   "longer word, a whole mail address or a fingerprint.")},
	{400, "Bad request: search is empty", N_("Nothing to search for"),
		N_("Type a name, a mail address, a fingerprint or a key ID "
		   "into the field below.")},
	{400, "Bad request: short key IDs", N_("Eight digits are too few"),
		N_("Anybody can make a key with the same last eight digits. "
		   "Search for the whole fingerprint, or for the mail "
		   "address.")},
	{400, "Bad request: no keytext", N_("Nothing was submitted"),
		N_("Paste your public key into the field, or choose the file "
		   "that holds it, and publish it then.")},
	{400, "Bad request: more than", N_("Too much at once"),
		N_("The request had more fields than this server reads. To "
		   "submit several keys, put all of them into one text or "
		   "file.")},
	{400, "", N_("The server did not understand that"),
		N_("A fingerprint has 40 or 64 digits from 0 to 9 and A to F, "
		   "with or without 0x before them; a mail address looks like "
		   "alice@example.org. Check what you typed, or start again "
		   "with the form below.")},
	{403, "", N_("That is not allowed here"),
		N_("The operator of this server has switched it off. Another "
		   "keyserver may offer it.")},
	{404, "No keys found for this program", N_("A key of a newer kind"),
		N_("Programs that know older kinds alone are not given it. "
		   "Search for it below, and download it from its page.")},
	{404, "No keys found", N_("No keys found"),
		N_("No key on this server matches. Check the spelling, or "
		   "search for another mail address of the same person. A key "
		   "that its owner never published is on no server.")},
	{404, "", N_("There is no such page"),
		N_("The address may be mistyped, or the page has gone. The "
		   "links above lead to everything there is.")},
	{405, "", N_("That is not how this address is used"),
		N_("Use the forms on the first page: one searches, the other "
		   "submits.")},
	{411, "", N_("The length of the submission is missing"),
		N_("A program that submits a key has to say first how long it "
		   "is. Use the form on the first page instead.")},
	{413, "Too many responses", N_("Too many keys match"),
		N_("More keys match than one page can hold. Add another word, "
		   "or search for the whole mail address or the fingerprint.")},
	{413, "", N_("That is too large"),
		N_("This is more than the server takes or gives at once. "
		   "Submit fewer keys at a time, or ask for fewer.")},
	{414, "", N_("The address is too long"),
		N_("Search for fewer words, or for the fingerprint alone.")},
	{415, "", N_("This kind of file is not read here"),
		N_("Submit the key as text, as your program exports it, or as "
		   "the file it made; the form on the first page takes both.")},
	{422, "Not usable: this holds a secret key",
		N_("That was a secret key"),
		N_("This server kept nothing of it. Yet it has left your "
		   "computer: treat it as known to others, revoke it and make "
		   "a new one. What is published is the public key alone; your "
		   "program exports that without the secret one.")},
	{422, "", N_("Nothing was published"),
		N_("What was sent holds no public key that this server can "
		   "keep. Export the key again with your program, whole, and "
		   "submit that.")},
	{429, "", N_("Too many requests"), OFTEN},
	{431, "", N_("Your browser sent too much"),
		N_("The head of the request is larger than this server "
		   "reads. Open the first page and start again.")},
	{500, "", N_("Something went wrong on this server"),
		N_("This is not your fault. Try again later; if it stays, "
		   "tell the operator the number below.")},
	{501, "", N_("This server does not offer that"),
		N_("Search for a mail address, a fingerprint or a key ID. "
		   "Another keyserver may offer what is missing here.")},
	{503, "too many requests", N_("Too many requests"), OFTEN},
	{503, "too many searches", N_("Too many requests"), OFTEN},
	{503, "", N_("The server is busy"),
		N_("It has too much to do right now, or is being looked "
		   "after. Wait a few seconds, then try again.")},
	{0, "", N_("That did not work"),
		N_("Start again from the first page.")},
};

const struct error_words *
error_words_table(void)
{
	return rows;
}

const struct error_words *
error_words_for(unsigned int status, const char *text)
{
	const struct error_words *w = rows;

	while (w->status != 0 &&
		(w->status != status ||
			strncmp(text, w->begins, strlen(w->begins)) != 0))
		w++;
	return w;
}
