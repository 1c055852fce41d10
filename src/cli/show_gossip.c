#include "cli/show_gossip.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
show_gossip_tree(const json_t *line)
{
	int64_t port = show_number(line, "port");
	int64_t digests = show_number(line, "digests");

	if (port > 0)
		printf("takes gossip at port %" PRId64, port);
	else
		printf("takes no gossip, begins it");
	printf(", as %s, filters %s\n", show_text(line, "profile"),
		*show_text(line, "filters") != '\0' ? show_text(line, "filters")
						    : "(none)");
	if (json_is_true(json_object_get(line, "building"))) {
		puts("the tree is being built; until then there is no gossip");
		return;
	}
	printf("tree: %" PRId64 " digest%s in %" PRId64 " nodes, %" PRId64
	       " octets, as of change %" PRId64,
		digests, cli_s((uint64_t)digests), show_number(line, "nodes"),
		show_number(line, "octets"), show_number(line, "seq"));
	if (show_number(line, "behind") > 0)
		printf(", %" PRId64 " behind", show_number(line, "behind"));
	puts("");
	if (show_number(line, "rebuilds") > 0)
		printf("built anew %" PRId64 " times, last because: %s\n",
			show_number(line, "rebuilds"),
			show_text(line, "rebuilt_why"));
}

/* One word of the daemon's, in words for people. */
static const char *
end_words(const json_t *line)
{
	static const struct {
		const char *word, *said;
	} rows[] = {
		{"never", "no talk yet"},
		{"agreed", "nothing differed"},
		{"learned", "it differed"},
		{"busy", "it has no time for us"},
		{"mismatch", "the configurations differ"},
		{"unreached", "not reached"},
		{"broke", "the talk broke off"},
	};
	const char *word = show_text(line, "end");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].word, word) == 0)
			return rows[i].said;
	}
	return word;
}

static void
show_end(const json_t *line)
{
	fputs(end_words(line), stdout);
	if (*show_text(line, "why") != '\0')
		printf(": %s", show_text(line, "why"));
	puts("");
}

void
show_gossip_peer(const json_t *line, const char *label)
{
	if (json_is_true(json_object_get(line, "self"))) {
		printf("%s: this is our own address; left out\n", label);
		return;
	}
	printf("%s: ", label);
	show_end(line);
	printf("  we began a talk %s, it did %s",
		show_moment(show_number(line, "we_began")).text,
		show_moment(show_number(line, "it_began")).text);
	if (show_number(line, "failures") > 0)
		printf("; %" PRId64 " failed in a row, next try %s",
			show_number(line, "failures"),
			show_moment(show_number(line, "next")).text);
	printf("\n  learned %" PRId64 ", owed it %" PRId64 "; fetched %" PRId64
	       ", waiting %" PRId64 "\n",
		show_number(line, "learned"), show_number(line, "owed"),
		show_number(line, "fetched"), show_number(line, "waiting"));
	if (show_number(line, "refused") + show_number(line, "unexpected") +
			show_number(line, "missing") +
			show_number(line, "backed_off") >
		0)
		printf("  refused %" PRId64 ", unexpected %" PRId64
		       ", missing %" PRId64 "; not asked for now %" PRId64 "\n",
			show_number(line, "refused"),
			show_number(line, "unexpected"),
			show_number(line, "missing"),
			show_number(line, "backed_off"));
}

void
show_gossip_talk(const json_t *line)
{
	printf("%s: ", show_text(line, "peer"));
	show_end(line);
	if (show_number(line, "learned") + show_number(line, "owed") > 0)
		printf("  it has %" PRId64 " that we lack, and lacks %" PRId64
		       " of ours\n",
			show_number(line, "learned"),
			show_number(line, "owed"));
}
