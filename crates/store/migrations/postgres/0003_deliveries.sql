-- The delivery ledger: what is let out, through which door, and what became of it.
CREATE TABLE deliveries (
  practice TEXT NOT NULL,
  id TEXT NOT NULL,
  post TEXT NOT NULL,
  revision TEXT NOT NULL,
  channel TEXT NOT NULL,
  seal TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'held', 'late', 'sending', 'by_hand', 'live', 'not_sent', 'unknown', 'cancelled', 'taking_down', 'take_down_by_hand', 'gone')),
  due BIGINT NOT NULL,
  key_seed BIGINT NOT NULL,
  frozen TEXT,
  attempts BIGINT NOT NULL,
  late_allowed BIGINT NOT NULL CHECK (late_allowed IN (0, 1)),
  link TEXT NOT NULL,
  trouble TEXT NOT NULL,
  settled_at BIGINT,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, revision, channel),
  FOREIGN KEY (practice, revision, post) REFERENCES revisions (practice, id, post),
  FOREIGN KEY (practice, channel) REFERENCES channels (practice, id)
);
CREATE INDEX deliveries_post ON deliveries (practice, post);
CREATE INDEX deliveries_due ON deliveries (practice, due);

CREATE TABLE authorisations (
  practice TEXT NOT NULL,
  delivery TEXT NOT NULL,
  revision TEXT NOT NULL,
  seal TEXT NOT NULL,
  opinion TEXT,
  answer TEXT NOT NULL CHECK (answer = 'approve'),
  accepted TEXT NOT NULL,
  at BIGINT NOT NULL,
  voided_at BIGINT,
  PRIMARY KEY (practice, delivery),
  FOREIGN KEY (practice, delivery) REFERENCES deliveries (practice, id),
  FOREIGN KEY (practice, opinion, revision, answer) REFERENCES opinions (practice, id, revision, answer)
);

CREATE TABLE attempts (
  practice TEXT NOT NULL,
  delivery TEXT NOT NULL,
  number BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  heard_at BIGINT,
  outcome TEXT NOT NULL,
  PRIMARY KEY (practice, delivery, number),
  FOREIGN KEY (practice, delivery) REFERENCES deliveries (practice, id)
);

-- No bytes leave without a live authorisation for exactly them, whatever the program above does.
CREATE FUNCTION deliveries_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'queued' THEN RAISE EXCEPTION 'a delivery begins in the queue'; END IF;
    RETURN NEW;
  END IF;
  IF (NEW.practice, NEW.id, NEW.seal, NEW.revision, NEW.post, NEW.channel, NEW.key_seed)
    IS DISTINCT FROM (OLD.practice, OLD.id, OLD.seal, OLD.revision, OLD.post, OLD.channel, OLD.key_seed)
    OR (OLD.frozen IS NOT NULL AND NEW.frozen IS DISTINCT FROM OLD.frozen) THEN
    RAISE EXCEPTION 'what a delivery sends is never changed';
  END IF;
  IF (NEW.state IN ('sending', 'by_hand') AND OLD.state NOT IN ('queued', NEW.state))
    OR (NEW.state = 'live' AND OLD.state IN ('queued', 'held', 'late', 'taking_down', 'take_down_by_hand', 'gone'))
    OR (OLD.state = 'cancelled' AND NEW.state NOT IN ('cancelled', 'live')) THEN
    RAISE EXCEPTION 'a delivery cannot go from this state to that';
  END IF;
  IF NEW.state IN ('sending', 'by_hand') AND OLD.state <> NEW.state AND NOT EXISTS (
    SELECT 1 FROM authorisations a JOIN posts p ON p.practice = a.practice AND p.id = NEW.post JOIN practices t ON t.id = a.practice
    WHERE a.practice = NEW.practice AND a.delivery = NEW.id AND a.voided_at IS NULL
      AND a.seal = NEW.seal AND a.revision = NEW.revision AND p.revision = NEW.revision AND p.deleted_at IS NULL
      AND (a.opinion IS NOT NULL OR t.needs_second_opinion = 0)
  ) THEN
    RAISE EXCEPTION 'a delivery needs a live authorisation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER deliveries_guard BEFORE INSERT OR UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION deliveries_guard();

CREATE FUNCTION authorisations_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.opinion IS NULL AND EXISTS (
      SELECT 1 FROM practices WHERE id = NEW.practice AND needs_second_opinion = 1
    ) THEN
      RAISE EXCEPTION 'this practice asks for a second opinion';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.practice, NEW.delivery, NEW.revision, NEW.seal, NEW.opinion, NEW.answer, NEW.accepted, NEW.at)
    IS DISTINCT FROM (OLD.practice, OLD.delivery, OLD.revision, OLD.seal, OLD.opinion, OLD.answer, OLD.accepted, OLD.at) THEN
    RAISE EXCEPTION 'an authorisation is never changed';
  END IF;
  IF OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at THEN
    RAISE EXCEPTION 'a voided authorisation stays voided';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER authorisations_guard BEFORE INSERT OR UPDATE ON authorisations FOR EACH ROW EXECUTE FUNCTION authorisations_guard();

CREATE FUNCTION ledger_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger only grows'; END $$;
CREATE TRIGGER deliveries_kept BEFORE DELETE OR TRUNCATE ON deliveries FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept();
CREATE TRIGGER authorisations_kept BEFORE DELETE OR TRUNCATE ON authorisations FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept();
