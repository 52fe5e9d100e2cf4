-- Installation, people and their sessions. A person may be a member of several practices, so these rows belong to the
-- installation; everything else belongs to one practice.
CREATE TABLE installation (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE people (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE throttle (
  name TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  locked_until INTEGER NOT NULL
) STRICT;

CREATE TABLE practices (
  id TEXT PRIMARY KEY,
  settings TEXT NOT NULL,
  needs_second_opinion INTEGER NOT NULL CHECK (needs_second_opinion IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES people (id),
  roles TEXT NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, person)
) STRICT;

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  practice TEXT NOT NULL,
  member TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES people (id),
  csrf TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  FOREIGN KEY (practice, member) REFERENCES members (practice, id)
) STRICT;
CREATE INDEX sessions_person ON sessions (person);

CREATE TABLE invitations (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  token_sealed BLOB NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  withdrawn_at INTEGER,
  PRIMARY KEY (practice, id),
  FOREIGN KEY (practice, invited_by) REFERENCES members (practice, id)
) STRICT;
