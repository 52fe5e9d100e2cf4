-- Work to be done outside, and messages to people.
CREATE TABLE jobs (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  run_at INTEGER NOT NULL,
  leased_until INTEGER NOT NULL,
  leased_by TEXT NOT NULL,
  tries INTEGER NOT NULL,
  parked INTEGER NOT NULL CHECK (parked IN (0, 1)),
  trouble TEXT NOT NULL,
  UNIQUE (practice, kind, subject)
) STRICT;
CREATE INDEX jobs_run ON jobs (parked, run_at);

CREATE TABLE mails (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
  trouble TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  PRIMARY KEY (practice, id)
) STRICT;
CREATE INDEX mails_created ON mails (practice, created_at);
