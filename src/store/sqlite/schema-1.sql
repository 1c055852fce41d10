-- What is kept. Each file schema-N.sql is a step of migrate.c; a step that
-- was released is never edited.

CREATE TABLE meta(
	key TEXT PRIMARY KEY,
	value
) WITHOUT ROWID;

-- Bodies are appended by row number, so that a growing store keeps writing
-- at its end. Unique by (version, fpr, body_sha256): the one writer looks
-- for the primary's handle first, which spares an index here.
-- AUTOINCREMENT: a change must not come to name another certificate.
CREATE TABLE cert(
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	version INTEGER NOT NULL,
	fpr BLOB NOT NULL,
	body_sha256 BLOB NOT NULL,    -- versions 2 and 3; else empty
	key_id INTEGER NOT NULL,
	sks_digest BLOB NOT NULL,
	level INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	search BLOB NOT NULL,         -- its rows in subkey and user_id: terms.h
	octets_sum INTEGER NOT NULL,  -- of the next column: rowcheck.h
	octets BLOB NOT NULL          -- last: what is long
);

-- With flags: what gossips learns from here which digests count.
CREATE INDEX cert_by_digest ON cert(sks_digest, flags);

-- Every key of a certificate, its primary included, by handle (terms.h).
CREATE TABLE subkey(
	handle BLOB NOT NULL,
	cert INTEGER NOT NULL,
	role INTEGER NOT NULL,
	PRIMARY KEY(handle, cert)
) WITHOUT ROWID;

-- What its user IDs are found by (terms.h), as hashed tokens. An inverted
-- index that appends: rows of a B-tree by term would touch a page for each.
-- It keeps no text: a row's own `search` says what to take out again.
CREATE VIRTUAL TABLE user_id USING fts5(
	terms, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
);

-- AUTOINCREMENT: an emptied log must not count from 1 again, below cursors.
-- A change outlives its certificate: no foreign key.
CREATE TABLE change(
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	cert INTEGER NOT NULL,
	old_digest BLOB NOT NULL,
	new_digest BLOB NOT NULL,
	flags INTEGER NOT NULL,
	delta BLOB NOT NULL,
	origin TEXT NOT NULL,
	seen TEXT NOT NULL,
	time INTEGER NOT NULL
);

CREATE INDEX change_by_cert ON change(cert);

-- When a certificate was first stored, and from where: the log forgets. One
-- that was loaded without a log has no row here.
CREATE TABLE learned(
	cert INTEGER PRIMARY KEY REFERENCES cert(id) ON DELETE CASCADE,
	time INTEGER NOT NULL,
	origin TEXT NOT NULL
);

CREATE TABLE peer(
	name TEXT PRIMARY KEY,
	address TEXT NOT NULL,
	cursor INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	next_try INTEGER NOT NULL,
	last_sent INTEGER NOT NULL,
	last_received INTEGER NOT NULL,
	last_error TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE letter(
	peer TEXT NOT NULL REFERENCES peer(name) ON DELETE CASCADE,
	first_seq INTEGER NOT NULL,
	last_seq INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	PRIMARY KEY(peer, first_seq)
) WITHOUT ROWID;

CREATE TABLE owed(
	peer TEXT NOT NULL REFERENCES peer(name) ON DELETE CASCADE,
	cert INTEGER NOT NULL,
	since INTEGER NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY(peer, cert)
) WITHOUT ROWID;

CREATE TABLE rejected_digest(
	digest BLOB PRIMARY KEY,
	until INTEGER NOT NULL,
	reason TEXT NOT NULL
) WITHOUT ROWID;
