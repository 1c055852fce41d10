#include "cli/show_gossip.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* Built once is what a first start does. */
static void
show_origin(const json_t *line)
{
	int64_t rebuilds = show_number(line, "rebuilds");

	if (strcmp(show_text(line, "origin"), "loaded") == 0) {
		puts("  loaded from its file at the start");
		return;
	}
	printf("  built, reason: %s", show_text(line, "rebuilt_why"));
	if (rebuilds > 1)
		printf("; %" PRId64 " times since the start", rebuilds);
	puts("");
}

void
show_gossip_tree(const json_t *line)
{
	int64_t port = show_number(line, "port");
	int64_t digests = show_number(line, "digests");
	int64_t nodes = show_number(line, "nodes");

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
	printf("tree: %" PRId64 " digest%s in %" PRId64 " node%s, %" PRId64
	       " octets, as of change %" PRId64,
		digests, cli_s((uint64_t)digests), nodes,
		cli_s((uint64_t)nodes), show_number(line, "octets"),
		show_number(line, "seq"));
	if (show_number(line, "behind") > 0)
		printf(", %" PRId64 " behind", show_number(line, "behind"));
	puts("");
	show_origin(line);
}

/* One word of the daemon's, in words for people. */
static const char *
say(const char *word)
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

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].word, word) == 0)
			return rows[i].said;
	}
	return word;
}

const char *
show_gossip_end(const json_t *line)
{
	if (json_is_true(json_object_get(line, "self")))
		return "this is our own address; left out";
	return say(show_text(line, "end"));
}

/* That all was said is no news where nothing differed. */
static void
show_end(const json_t *line)
{
	fputs(show_gossip_end(line), stdout);
	if (*show_text(line, "why") != '\0' &&
		strcmp(show_text(line, "end"), "agreed") != 0)
		printf(": %s", show_text(line, "why"));
	puts("");
}

static void
show_times(const json_t *line)
{
	int64_t next = show_number(line, "next");

	if (show_number(line, "it_began") + show_number(line, "we_began") == 0)
		printf("  no talk went well yet");
	else
		printf("  talks that went well: last begun by it %s, by us %s",
			show_moment(show_number(line, "it_began")).text,
			show_moment(show_number(line, "we_began")).text);
	if (!json_is_true(json_object_get(line, "called")))
		printf("; only it begins them");
	if (show_number(line, "failures") > 0)
		printf("; %" PRId64 " failed in a row",
			show_number(line, "failures"));
	if (show_number(line, "failures") > 0 && next > clock_wall_s())
		printf(", none before %s", show_moment(next).text);
	puts("");
}

/* What its line above does not say: one way may fail while the other is well.
 */
static void
show_way(const json_t *line, const char *who, const char *end_key,
	const char *why_key)
{
	const char *end = show_text(line, end_key);

	if (strcmp(end, "never") == 0 || strcmp(end, "agreed") == 0 ||
		strcmp(end, "learned") == 0 ||
		strcmp(end, show_text(line, "end")) == 0)
		return;
	printf("  the last that %s began: %s: %s\n", who, say(end),
		show_text(line, why_key));
}

static void
show_backed_off(const json_t *line)
{
	static const struct {
		const char *word, *said;
	} rows[] = {
		{"missing", "offered and not given"},
		{"unreadable", "not answered well"},
		{"refused", "refused here"},
		{"changed", "kept here in another form"},
		{"less", "of which we have more"},
	};
	const json_t *as = json_object_get(line, "backed_off_as");
	const char *before = ": ";

	printf("  not asked for now %" PRId64, show_number(line, "backed_off"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t n = show_number(as, rows[i].word);

		if (n == 0)
			continue;
		printf("%s%" PRId64 " %s", before, n, rows[i].said);
		before = ", ";
	}
	puts("");
}

void
show_gossip_peer(const json_t *line, const char *label)
{
	if (json_is_true(json_object_get(line, "self"))) {
		printf("%s: %s\n", label, show_gossip_end(line));
		return;
	}
	printf("%s: ", label);
	show_end(line);
	show_times(line);
	show_way(line, "it", "it_began_end", "it_began_why");
	show_way(line, "we", "we_began_end", "we_began_why");
	printf("  learned %" PRId64 ", owed it %" PRId64 "; fetched %" PRId64
	       ", waiting %" PRId64 "\n",
		show_number(line, "learned"), show_number(line, "owed"),
		show_number(line, "fetched"), show_number(line, "waiting"));
	if (show_number(line, "refused") + show_number(line, "unexpected") +
			show_number(line, "missing") >
		0)
		printf("  refused %" PRId64 ", unexpected %" PRId64
		       ", missing %" PRId64 "\n",
			show_number(line, "refused"),
			show_number(line, "unexpected"),
			show_number(line, "missing"));
	if (*show_text(line, "fetch_why") != '\0')
		printf("  the last fetch: %s: %s\n",
			strcmp(show_text(line, "fetch"), "unreached") == 0
				? "not reached"
				: "not answered well",
			show_text(line, "fetch_why"));
	if (show_number(line, "backed_off") > 0)
		show_backed_off(line);
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
