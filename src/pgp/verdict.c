#include "pgp/verdict.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/words.h"

struct row {
	const char *word;
	const char *sentence;
};

static const struct row rows[VERDICT_COUNT] = {
	[VERDICT_KEPT] = {"kept", N_("kept")},
	[VERDICT_DUPLICATE] = {"duplicate",
		N_("the same packet was there already")},
	[VERDICT_BAD_HEADER] = {"bad-header",
		N_("what follows is not a packet; everything before it was "
		   "read")},
	[VERDICT_TRUNCATED] = {"truncated",
		N_("the last packet is cut short; everything before it was "
		   "read")},
	[VERDICT_UNUSABLE_KEY] = {"unusable-key",
		N_("the key packet cannot be read")},
	[VERDICT_UNUSABLE_SUBKEY] = {"unusable-subkey",
		N_("a subkey cannot be read and was left out")},
	[VERDICT_UNKNOWN_TAG] = {"unknown-tag",
		N_("a packet that is no part of a certificate was left out")},
	[VERDICT_IGNORED_TAG] = {"ignored-tag", N_("a packet was ignored")},
	[VERDICT_SECRET] = {"secret",
		N_("this contains a secret key, which must now be treated as "
		   "exposed; nothing was stored")},
	[VERDICT_NO_KEY] = {"no-key",
		N_("there is no OpenPGP public key in this")},
	[VERDICT_UNKNOWN_PRIMARY] = {"unknown-primary",
		N_("the signature belongs to a key that is not here")},
	[VERDICT_TOO_LARGE] = {"too-large",
		N_("a packet over the size limit was left out")},
	[VERDICT_OVER_LIMIT] = {"over-limit",
		N_("more than is kept here of one certificate; the rest was "
		   "left out")},
	[VERDICT_TOO_MANY_CERTS] = {"too-many-certs",
		N_("too many keys at once; the rest was not read")},
	[VERDICT_TOO_MANY_PACKETS] = {"too-many-packets",
		N_("too many packets at once; nothing was read")},
	[VERDICT_BAD_ARMOR] = {"bad-armor", N_("the ASCII armor is damaged")},
	[VERDICT_BLOCKED] = {"blocked", N_("not accepted here")},
	[VERDICT_MALFORMED] = {"malformed", N_("a signature cannot be read")},
	[VERDICT_WRONG_TYPE] = {"wrong-type",
		N_("a signature of a type that does not belong there")},
	[VERDICT_IMPLAUSIBLE] = {"implausible",
		N_("a signature that signs nothing in this certificate")},
	[VERDICT_NOT_EXPORTABLE] = {"not-exportable",
		N_("a signature that its maker wants to stay private")},
	[VERDICT_BAD_SIGNATURE] = {"bad-signature",
		N_("a signature in the key's name that the key did not make")},
	[VERDICT_VARIANT] = {"variant",
		N_("another packet holds the same signature")},
	[VERDICT_NOT_BOUND] = {"not-bound",
		N_("the key did not sign that this part belongs to it")},
	[VERDICT_COMPONENT_GONE] = {"component-gone",
		N_("it belongs to a part that was left out")},
	[VERDICT_BAD_PARAMETERS] = {"bad-parameters",
		N_("the key's numbers are too large or too small")},
	[VERDICT_NOTHING_LEFT] = {"nothing-left",
		N_("nothing in it is signed by the key itself")},
	[VERDICT_TOO_MUCH_WORK] = {"too-much-work",
		N_("too many signatures to verify at once; nothing was "
		   "stored")},
	[VERDICT_NOT_APPROVED] = {"not-approved",
		N_("a signature by somebody else that the key's owner did not "
		   "approve")},
	[VERDICT_NO_ATTRIBUTES] = {"no-attributes",
		N_("pictures and other attributes are not kept here")},
	/* Only the command line says these. */
	[VERDICT_PRIMARY] = {"primary", "the primary key"},
	[VERDICT_VERIFIED] = {"verified", "made by the key itself; verified"},
	[VERDICT_BOUND] = {"bound",
		"the key signed that this part belongs to it"},
	[VERDICT_UNVERIFIABLE] = {"unverifiable",
		"plausible; its algorithm cannot be verified here"},
	[VERDICT_THIRD_PARTY] = {"third-party",
		"by another key; plausible, not verified"},
	[VERDICT_APPROVED] = {"approved",
		"by another key; approved by the key's owner"},
	[VERDICT_NAMED_REVOKER] = {"named-revoker",
		"by a revoker whom the key names"},
	[VERDICT_UNNAMED_REVOKER] = {"unnamed-revoker",
		"a revocation by a key that may not revoke this one; it has "
		"no effect"},
	[VERDICT_UNCHECKED] = {"unchecked",
		"kept as it came; level sks verifies nothing"},
	[VERDICT_BUSY] = {"busy", N_("the server is busy; try again later")},
};

const char *
verdict_word(enum verdict v)
{
	assert((unsigned)v < VERDICT_COUNT);
	return rows[v].word;
}

const char *
verdict_sentence(enum verdict v)
{
	assert((unsigned)v < VERDICT_COUNT);
	return rows[v].sentence;
}

bool
verdict_of(const char *word, enum verdict *out)
{
	size_t i;

	for (i = 0; i < VERDICT_COUNT; i++) {
		if (strcmp(rows[i].word, word) != 0)
			continue;
		*out = (enum verdict)i;
		return true;
	}
	return false;
}
