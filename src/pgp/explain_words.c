#include "pgp/explain.h"

struct row {
	uint8_t code;
	const char *words;
};

static const struct row kinds[] = {
	{PACKET_SIGNATURE, "signature"},
	{PACKET_PUBLIC_KEY, "primary key"},
	{PACKET_USER_ID, "user ID"},
	{PACKET_PUBLIC_SUBKEY, "subkey"},
	{PACKET_USER_ATTRIBUTE, "user attribute"},
};

static const struct row types[] = {
	{0x00, "signature of a document"},
	{0x01, "signature of a text"},
	{0x02, "signature of nothing"},
	{SIG_GENERIC_CERT, "certification"},
	{SIG_PERSONA_CERT, "certification (unchecked)"},
	{SIG_CASUAL_CERT, "certification (casually checked)"},
	{SIG_POSITIVE_CERT, "certification (carefully checked)"},
	{SIG_APPROVAL, "approval of certifications"},
	{SIG_SUBKEY_BINDING, "binding of the subkey"},
	{SIG_PRIMARY_BINDING, "binding of the primary key"},
	{SIG_DIRECT_KEY, "direct-key signature"},
	{SIG_KEY_REVOCATION, "revocation of the key"},
	{SIG_SUBKEY_REVOCATION, "revocation of the subkey"},
	{SIG_CERT_REVOCATION, "revocation of a certification"},
	{0x40, "time stamp"},
	{0x50, "confirmation of a signature"},
};

static const struct row hashes[] = {
	{1, "MD5"},
	{2, "SHA-1"},
	{3, "RIPEMD-160"},
	{8, "SHA-256"},
	{9, "SHA-384"},
	{10, "SHA-512"},
	{11, "SHA-224"},
	{12, "SHA3-256"},
	{14, "SHA3-512"},
};

static const char *
find(const struct row *rows, size_t n, uint8_t code)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (rows[i].code == code)
			return rows[i].words;
	return NULL;
}

const char *
explain_kind(uint8_t tag)
{
	return find(kinds, sizeof(kinds) / sizeof(kinds[0]), tag);
}

const char *
explain_type(uint8_t type)
{
	return find(types, sizeof(types) / sizeof(types[0]), type);
}

const char *
explain_hash(uint8_t hash)
{
	return find(hashes, sizeof(hashes) / sizeof(hashes[0]), hash);
}
