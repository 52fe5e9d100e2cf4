-- The record: append-only, chained; its end is kept in a table of its own and in a file outside the database.
CREATE TABLE audit_entries (
  practice TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq > 0),
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

-- SQLite's INSERT OR REPLACE removes a row without its delete triggers.
CREATE TRIGGER audit_entries_once BEFORE INSERT ON audit_entries WHEN EXISTS (
  SELECT 1 FROM audit_entries WHERE practice = NEW.practice AND seq = NEW.seq
)
BEGIN SELECT RAISE(ABORT, 'the record only grows'); END;

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the record only grows'); END;

CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the record only grows'); END;
