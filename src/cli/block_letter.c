#include "cli/block_letter.h"

#include <string.h>

#include "base/clock.h"

static const struct {
	const char *kind;
	const char *done;
} kinds[] = {
	{"block",
		"We have taken down what this server stored of the keys "
		"below.\n"
		"It no longer gives out their user IDs, pictures, subkeys and\n"
		"signatures, and does not take them again, whoever sends "
		"them.\n"
		"If the owner of a key has revoked it, or does so later, the\n"
		"bare key is given out with that revocation and nothing else,\n"
		"so that others can learn that it must not be used any "
		"more.\n"},
	{"erase",
		"We have erased the keys below from this server: the keys\n"
		"themselves, all that came with them, and what they could be\n"
		"found by. The server does not take them again, whoever sends\n"
		"them. To be able to refuse them it keeps a number for each\n"
		"that was computed with a secret; who has only that number\n"
		"cannot tell from it which key it stands for.\n"},
	{"uid", "We have erased the names and addresses below from all keys "
		"on\n"
		"this server, and it does not take them again, whoever sends\n"
		"them. The keys themselves stay where other names remain on\n"
		"them. To be able to refuse the names the server keeps a\n"
		"number for each that was computed with a secret; who has "
		"only\n"
		"that number cannot tell from it which name it stands for.\n"},
};

static const char other[] =
	"We have taken down what is listed below, and this server does not\n"
	"take it again.\n";

static const char beyond[] =
	"What we cannot do: keyservers pass on keys to each other, and "
	"anybody\n"
	"may have fetched a copy. We have no say over other servers and over\n"
	"copies that others made. Where you find one, ask whoever runs that\n"
	"server. Copies of our own that we keep in case of a fault (backups)\n"
	"are replaced in turn; should one have to be used, what is listed\n"
	"here is taken out of it again before it is served.\n";

void
block_letter(const struct cli *c, const char *items, FILE *out)
{
	bool named = *c->conf->name != 0;
	const char *done = other;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, c->kind) == 0)
			done = kinds[i].done;
	fprintf(out,
		"\n---- for the person who asked ----\n"
		"Date:   %s\n"
		"Ticket: %s\n"
		"%s%s%s"
		"\n%s\n%s\n%s",
		clock_day(clock_wall_s()).text, c->ticket,
		named ? "Server: " : "", c->conf->name, named ? "\n" : "", done,
		items, beyond);
}
