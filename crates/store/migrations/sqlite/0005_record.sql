-- The record: append-only, chained; its end is kept in a table of its own and in a file outside the database.
CREATE TABLE audit_entries (
  practice TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT,
  post TEXT,
  event TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (practice, seq)
) STRICT;
CREATE INDEX audit_post ON audit_entries (practice, post);

CREATE TABLE audit_heads (
  practice TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the record only grows'); END;

CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the record only grows'); END;
