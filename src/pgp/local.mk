noinst_LIBRARIES += libpgp.a
libpgp_a_SOURCES = \
	src/pgp/armor.h \
	src/pgp/cert.h \
	src/pgp/crypto.h \
	src/pgp/delta.h \
	src/pgp/digest.h \
	src/pgp/fingerprint.h \
	src/pgp/level.h \
	src/pgp/merge.h \
	src/pgp/packet.h \
	src/pgp/public_key.h \
	src/pgp/signature.h \
	src/pgp/subpacket.h \
	src/pgp/user_id.h \
	src/pgp/verdict.h \
	src/pgp/verify.h
