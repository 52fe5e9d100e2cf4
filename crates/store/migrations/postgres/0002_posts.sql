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
  secret BYTEA,
  active BIGINT NOT NULL CHECK (active IN (0, 1)),
  trouble TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (practice, id)
);

CREATE TABLE posts (
  practice TEXT NOT NULL REFERENCES practices (id),
  id TEXT NOT NULL,
  author TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'approved', 'scheduled', 'publishing', 'published', 'withdrawn', 'failed', 'rejected')),
  revision TEXT NOT NULL,
  revision_author TEXT NOT NULL,
  asked_by TEXT,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  deleted_at BIGINT,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, id, author),
  FOREIGN KEY (practice, author) REFERENCES members (practice, id)
);
CREATE INDEX posts_changed ON posts (practice, changed_at);

CREATE TABLE revisions (
  practice TEXT NOT NULL,
  id TEXT NOT NULL,
  post TEXT NOT NULL,
  number BIGINT NOT NULL,
  author TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  content TEXT NOT NULL,
  seal TEXT NOT NULL,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, post, number),
  UNIQUE (practice, id, author),
  UNIQUE (practice, id, post),
  FOREIGN KEY (practice, post) REFERENCES posts (practice, id),
  FOREIGN KEY (practice, author) REFERENCES members (practice, id)
);

CREATE TABLE checks (
  practice TEXT NOT NULL,
  revision TEXT NOT NULL,
  at BIGINT NOT NULL,
  moment TEXT NOT NULL,
  pack TEXT NOT NULL,
  findings TEXT NOT NULL,
  PRIMARY KEY (practice, revision, at, moment),
  FOREIGN KEY (practice, revision) REFERENCES revisions (practice, id)
);

CREATE TABLE overrides (
  practice TEXT NOT NULL,
  revision TEXT NOT NULL,
  rule TEXT NOT NULL,
  words TEXT NOT NULL,
  by_member TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (practice, revision, rule, words),
  FOREIGN KEY (practice, revision) REFERENCES revisions (practice, id),
  FOREIGN KEY (practice, by_member) REFERENCES members (practice, id)
);

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
  at BIGINT NOT NULL,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, id, revision, answer),
  UNIQUE (practice, revision),
  CHECK (by_member <> post_author AND by_member <> revision_author),
  FOREIGN KEY (practice, post, post_author) REFERENCES posts (practice, id, author),
  FOREIGN KEY (practice, revision, revision_author) REFERENCES revisions (practice, id, author),
  FOREIGN KEY (practice, revision, post) REFERENCES revisions (practice, id, post),
  FOREIGN KEY (practice, by_member) REFERENCES members (practice, id)
);

CREATE TABLE media (
  practice TEXT NOT NULL REFERENCES practices (id),
  sha256 TEXT NOT NULL,
  mime TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (practice, sha256)
);

CREATE FUNCTION posts_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.practice, NEW.id, NEW.author) IS DISTINCT FROM (OLD.practice, OLD.id, OLD.author) THEN
    RAISE EXCEPTION 'who began a post is never changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER posts_fixed BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION posts_fixed();

CREATE FUNCTION revisions_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM posts WHERE practice = OLD.practice AND id = OLD.post AND deleted_at IS NULL) THEN
    RAISE EXCEPTION 'a revision goes only with its draft';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER revisions_kept BEFORE DELETE ON revisions FOR EACH ROW EXECUTE FUNCTION revisions_kept();

CREATE FUNCTION opinions_current() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM opinions WHERE practice = NEW.practice AND (id = NEW.id OR revision = NEW.revision)) THEN
    RAISE EXCEPTION 'there is a second opinion on this text already';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM posts WHERE practice = NEW.practice AND id = NEW.post AND revision = NEW.revision
      AND deleted_at IS NULL AND asked_by IS DISTINCT FROM NEW.by_member
  ) THEN
    RAISE EXCEPTION 'a second opinion is about the present text, and not by who asked for it';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER opinions_current BEFORE INSERT ON opinions FOR EACH ROW EXECUTE FUNCTION opinions_current();

CREATE FUNCTION revisions_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a revision is never changed'; END $$;
CREATE TRIGGER revisions_fixed BEFORE UPDATE ON revisions FOR EACH ROW EXECUTE FUNCTION revisions_fixed();

CREATE FUNCTION opinions_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a second opinion is never changed'; END $$;
CREATE TRIGGER opinions_fixed BEFORE UPDATE OR DELETE ON opinions FOR EACH ROW EXECUTE FUNCTION opinions_fixed();
CREATE TRIGGER opinions_kept BEFORE TRUNCATE ON opinions FOR EACH STATEMENT EXECUTE FUNCTION opinions_fixed();
