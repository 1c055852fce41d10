-- A store from before the first schema: ours by its mark, version 0, with a
-- table that no step knows. Written by hand for the migration test.
PRAGMA page_size = 8192;
PRAGMA application_id = 1802528619;
CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT);
INSERT INTO note(text) VALUES('one'), ('two'), ('three');
