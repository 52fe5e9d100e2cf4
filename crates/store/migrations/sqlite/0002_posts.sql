-- Channels, posts, their revisions, what was found and what people said.
CREATE TABLE channels (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL,
  platform TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  visibility TEXT NOT NULL,
  account_id TEXT,
  account_handle TEXT,
  secret BLOB,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  trouble TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (practice, id)
) STRICT;

CREATE TABLE posts (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL,
  author TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'approved', 'scheduled', 'publishing', 'published', 'withdrawn', 'failed', 'rejected')),
  revision TEXT NOT NULL,
  revision_author TEXT NOT NULL,
  asked_by TEXT,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  deleted_at INTEGER,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, id, author),
  FOREIGN KEY (practice, author) REFERENCES members (practice, id)
) STRICT;
CREATE INDEX posts_changed ON posts (practice, changed_at);

CREATE TABLE revisions (
  practice TEXT NOT NULL,
  id TEXT NOT NULL,
  post TEXT NOT NULL,
  number INTEGER NOT NULL,
  author TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  content TEXT NOT NULL,
  seal TEXT NOT NULL,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, post, number),
  UNIQUE (practice, id, author),
  UNIQUE (practice, id, post),
  FOREIGN KEY (practice, post) REFERENCES posts (practice, id),
  FOREIGN KEY (practice, author) REFERENCES members (practice, id)
) STRICT;

CREATE TABLE checks (
  practice TEXT NOT NULL,
  revision TEXT NOT NULL,
  at INTEGER NOT NULL,
  moment TEXT NOT NULL,
  pack TEXT NOT NULL,
  findings TEXT NOT NULL,
  PRIMARY KEY (practice, revision, at, moment),
  FOREIGN KEY (practice, revision) REFERENCES revisions (practice, id)
) STRICT;

CREATE TABLE overrides (
  practice TEXT NOT NULL,
  revision TEXT NOT NULL,
  rule TEXT NOT NULL,
  words TEXT NOT NULL,
  by_member TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (practice, revision, rule, words),
  FOREIGN KEY (practice, revision) REFERENCES revisions (practice, id),
  FOREIGN KEY (practice, by_member) REFERENCES members (practice, id)
) STRICT;

-- Nobody gives the second opinion on their own post: the authors stand in the row, tied to the post and the revision by
-- foreign keys, and the check compares them with the giver. One approval a revision settles two approvers at once.
CREATE TABLE opinions (
  practice TEXT NOT NULL,
  id TEXT NOT NULL,
  post TEXT NOT NULL,
  revision TEXT NOT NULL,
  post_author TEXT NOT NULL,
  revision_author TEXT NOT NULL,
  by_member TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('approve', 'changes')),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, id, revision, answer),
  UNIQUE (practice, revision),
  CHECK (by_member <> post_author AND by_member <> revision_author),
  FOREIGN KEY (practice, post, post_author) REFERENCES posts (practice, id, author),
  FOREIGN KEY (practice, revision, revision_author) REFERENCES revisions (practice, id, author),
  FOREIGN KEY (practice, revision, post) REFERENCES revisions (practice, id, post),
  FOREIGN KEY (practice, by_member) REFERENCES members (practice, id)
) STRICT;

CREATE TABLE media (
  practice TEXT NOT NULL REFERENCES practices (id),
  sha256 TEXT NOT NULL,
  mime TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (practice, sha256)
) STRICT;

-- "once" triggers: SQLite's INSERT OR REPLACE removes a row without its delete triggers, so they refuse it beforehand.
CREATE TRIGGER posts_fixed BEFORE UPDATE OF practice, id, author ON posts
WHEN NEW.practice <> OLD.practice OR NEW.id <> OLD.id OR NEW.author <> OLD.author
BEGIN SELECT RAISE(ABORT, 'who began a post is never changed'); END;

CREATE TRIGGER revisions_once BEFORE INSERT ON revisions WHEN EXISTS (
  SELECT 1 FROM revisions WHERE practice = NEW.practice AND (id = NEW.id OR (post = NEW.post AND number = NEW.number))
)
BEGIN SELECT RAISE(ABORT, 'there is such a revision already'); END;

CREATE TRIGGER revisions_no_delete BEFORE DELETE ON revisions WHEN EXISTS (
  SELECT 1 FROM posts WHERE practice = OLD.practice AND id = OLD.post AND deleted_at IS NULL
)
BEGIN SELECT RAISE(ABORT, 'a revision goes only with its draft'); END;

CREATE TRIGGER opinions_once BEFORE INSERT ON opinions WHEN EXISTS (
  SELECT 1 FROM opinions WHERE practice = NEW.practice AND (id = NEW.id OR revision = NEW.revision)
)
BEGIN SELECT RAISE(ABORT, 'there is a second opinion on this text already'); END;

CREATE TRIGGER opinions_current BEFORE INSERT ON opinions WHEN NOT EXISTS (
  SELECT 1 FROM posts WHERE practice = NEW.practice AND id = NEW.post AND revision = NEW.revision
    AND deleted_at IS NULL AND asked_by IS DISTINCT FROM NEW.by_member
)
BEGIN SELECT RAISE(ABORT, 'a second opinion is about the present text, and not by who asked for it'); END;

CREATE TRIGGER revisions_no_update BEFORE UPDATE ON revisions
BEGIN SELECT RAISE(ABORT, 'a revision is never changed'); END;

CREATE TRIGGER opinions_no_update BEFORE UPDATE ON opinions
BEGIN SELECT RAISE(ABORT, 'a second opinion is never changed'); END;

CREATE TRIGGER opinions_no_delete BEFORE DELETE ON opinions
BEGIN SELECT RAISE(ABORT, 'a second opinion is never changed'); END;
