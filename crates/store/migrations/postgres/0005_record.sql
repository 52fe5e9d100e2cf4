-- The record: append-only, chained; its end is kept in a table of its own and in a file outside the database.
CREATE TABLE audit_entries (
  practice TEXT NOT NULL,
  seq BIGINT NOT NULL CHECK (seq > 0),
  at BIGINT NOT NULL,
  actor TEXT,
  post TEXT,
  event TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (practice, seq)
);
CREATE INDEX audit_post ON audit_entries (practice, post);

CREATE TABLE audit_heads (
  practice TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL
);

CREATE FUNCTION audit_entries_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the record only grows'; END $$;
CREATE TRIGGER audit_entries_fixed BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_fixed();
CREATE TRIGGER audit_entries_kept BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_fixed();
