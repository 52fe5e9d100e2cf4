-- Installation, people and their sessions. A person may be a member of several practices, so these rows belong to the
-- installation; everything else belongs to one practice.
CREATE TABLE installation (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE people (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE throttle (
  name TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  locked_until BIGINT NOT NULL
);

CREATE TABLE practices (
  id TEXT PRIMARY KEY,
  settings TEXT NOT NULL,
  needs_second_opinion BIGINT NOT NULL CHECK (needs_second_opinion IN (0, 1)),
  created_at BIGINT NOT NULL
);

CREATE TABLE members (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES people (id),
  roles TEXT NOT NULL,
  active BIGINT NOT NULL CHECK (active IN (0, 1)),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, person)
);

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  practice TEXT NOT NULL,
  member TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES people (id),
  csrf TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  FOREIGN KEY (practice, member) REFERENCES members (practice, id)
);
CREATE INDEX sessions_person ON sessions (person);

CREATE TABLE invitations (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  token_sealed BYTEA NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  withdrawn_at BIGINT,
  PRIMARY KEY (practice, id),
  FOREIGN KEY (practice, invited_by) REFERENCES members (practice, id)
);
