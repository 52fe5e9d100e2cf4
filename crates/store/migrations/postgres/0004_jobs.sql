-- Work to be done outside, and messages to people.
CREATE TABLE jobs (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  leased_until BIGINT NOT NULL,
  leased_by TEXT NOT NULL,
  tries BIGINT NOT NULL,
  parked BIGINT NOT NULL CHECK (parked IN (0, 1)),
  trouble TEXT NOT NULL,
  UNIQUE (practice, kind, subject)
);
CREATE INDEX jobs_run ON jobs (parked, run_at);

CREATE TABLE mails (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
  trouble TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  sent_at BIGINT,
  PRIMARY KEY (practice, id)
);
CREATE INDEX mails_created ON mails (practice, created_at);
