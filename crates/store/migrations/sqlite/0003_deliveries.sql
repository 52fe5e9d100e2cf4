-- The delivery ledger: what is let out, through which door, and what became of it.
CREATE TABLE deliveries (
  practice TEXT NOT NULL,
  id TEXT NOT NULL,
  post TEXT NOT NULL,
  revision TEXT NOT NULL,
  channel TEXT NOT NULL,
  seal TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'held', 'late', 'sending', 'by_hand', 'live', 'not_sent', 'unknown', 'cancelled', 'taking_down', 'take_down_by_hand', 'gone')),
  due INTEGER NOT NULL,
  key_seed INTEGER NOT NULL,
  frozen TEXT,
  attempts INTEGER NOT NULL,
  late_allowed INTEGER NOT NULL CHECK (late_allowed IN (0, 1)),
  link TEXT NOT NULL,
  trouble TEXT NOT NULL,
  settled_at INTEGER,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, revision, channel),
  FOREIGN KEY (practice, revision, post) REFERENCES revisions (practice, id, post),
  FOREIGN KEY (practice, channel) REFERENCES channels (practice, id)
) STRICT;
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
  at INTEGER NOT NULL,
  voided_at INTEGER,
  PRIMARY KEY (practice, delivery),
  FOREIGN KEY (practice, delivery) REFERENCES deliveries (practice, id),
  FOREIGN KEY (practice, opinion, revision, answer) REFERENCES opinions (practice, id, revision, answer)
) STRICT;

CREATE TABLE attempts (
  practice TEXT NOT NULL,
  delivery TEXT NOT NULL,
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  heard_at INTEGER,
  outcome TEXT NOT NULL,
  PRIMARY KEY (practice, delivery, number),
  FOREIGN KEY (practice, delivery) REFERENCES deliveries (practice, id)
) STRICT;

-- No bytes leave without a live authorisation for exactly them, whatever the program above does.
CREATE TRIGGER deliveries_start BEFORE INSERT ON deliveries WHEN NEW.state <> 'queued'
BEGIN SELECT RAISE(ABORT, 'a delivery begins in the queue'); END;

CREATE TRIGGER deliveries_once BEFORE INSERT ON deliveries WHEN EXISTS (
  SELECT 1 FROM deliveries WHERE practice = NEW.practice AND (id = NEW.id OR (revision = NEW.revision AND channel = NEW.channel))
)
BEGIN SELECT RAISE(ABORT, 'this text goes to this channel already'); END;

CREATE TRIGGER deliveries_gate BEFORE UPDATE OF state ON deliveries
WHEN NEW.state IN ('sending', 'by_hand') AND OLD.state <> NEW.state AND NOT EXISTS (
  SELECT 1 FROM authorisations a JOIN posts p ON p.practice = a.practice AND p.id = NEW.post JOIN practices t ON t.id = a.practice
  WHERE a.practice = NEW.practice AND a.delivery = NEW.id AND a.voided_at IS NULL
    AND a.seal = NEW.seal AND a.revision = NEW.revision AND p.revision = NEW.revision AND p.deleted_at IS NULL
    AND (a.opinion IS NOT NULL OR t.needs_second_opinion = 0)
)
BEGIN SELECT RAISE(ABORT, 'a delivery needs a live authorisation'); END;

CREATE TRIGGER deliveries_order BEFORE UPDATE OF state ON deliveries
WHEN (NEW.state IN ('sending', 'by_hand') AND OLD.state NOT IN ('queued', NEW.state))
  OR (NEW.state = 'live' AND OLD.state IN ('queued', 'held', 'late', 'taking_down', 'take_down_by_hand', 'gone'))
  OR (OLD.state = 'cancelled' AND NEW.state NOT IN ('cancelled', 'live'))
BEGIN SELECT RAISE(ABORT, 'a delivery cannot go from this state to that'); END;

CREATE TRIGGER deliveries_fixed BEFORE UPDATE OF practice, id, seal, revision, post, channel, key_seed ON deliveries
BEGIN SELECT RAISE(ABORT, 'what a delivery sends is never changed'); END;

CREATE TRIGGER deliveries_frozen BEFORE UPDATE OF frozen ON deliveries
WHEN OLD.frozen IS NOT NULL AND NEW.frozen IS DISTINCT FROM OLD.frozen
BEGIN SELECT RAISE(ABORT, 'what a delivery sends is never changed'); END;

CREATE TRIGGER deliveries_kept BEFORE DELETE ON deliveries
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;

CREATE TRIGGER authorisations_opinion BEFORE INSERT ON authorisations WHEN NEW.opinion IS NULL AND EXISTS (
  SELECT 1 FROM practices WHERE id = NEW.practice AND needs_second_opinion = 1
)
BEGIN SELECT RAISE(ABORT, 'this practice asks for a second opinion'); END;

CREATE TRIGGER authorisations_once BEFORE INSERT ON authorisations WHEN EXISTS (
  SELECT 1 FROM authorisations WHERE practice = NEW.practice AND delivery = NEW.delivery
)
BEGIN SELECT RAISE(ABORT, 'an authorisation is never changed'); END;

CREATE TRIGGER authorisations_fixed BEFORE UPDATE OF practice, delivery, revision, seal, opinion, answer, accepted, at ON authorisations
BEGIN SELECT RAISE(ABORT, 'an authorisation is never changed'); END;

CREATE TRIGGER authorisations_voided BEFORE UPDATE OF voided_at ON authorisations
WHEN OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at
BEGIN SELECT RAISE(ABORT, 'a voided authorisation stays voided'); END;

CREATE TRIGGER authorisations_kept BEFORE DELETE ON authorisations
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
