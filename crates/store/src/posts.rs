//! Posts, revisions, checks, second opinions and what was let pass.

use bedside_core::content::{Content, Revision};
use bedside_core::delivery::DeliveryState;
use bedside_core::opinion::Opinion;
use bedside_core::post::{Post, PostState, state_by_deliveries};
use bedside_core::screen::Finding;
use bedside_core::standing::Override;
use bedside_core::{MemberId, PostId, PracticeId, Refusal, RevisionId};
use jiff::Timestamp;

use crate::db::{Row, args, json, locked};
use crate::{Error, Tx};

/// When a revision was screened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckMoment {
    Asked,
    Approved,
    Sending,
}

impl CheckMoment {
    fn slug(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Approved => "approved",
            Self::Sending => "sending",
        }
    }
}

/// A post with its current content, for lists.
#[derive(Debug, Clone)]
pub struct PostLine {
    pub post: Post,
    pub content: Content,
    pub author_name: String,
}

const POST: &str = "SELECT practice, id, author, state, revision, revision_author, asked_by, created_at, changed_at \
    FROM posts WHERE practice = $1 AND id = $2 AND deleted_at IS NULL";

fn post(row: &Row) -> Result<Post, Error> {
    Ok(Post {
        id: row.parse("id")?,
        practice: row.parse("practice")?,
        author: row.parse("author")?,
        state: row.parse("state")?,
        revision: row.parse("revision")?,
        revision_author: row.parse("revision_author")?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
        asked_by: row.opt_parse("asked_by")?,
    })
}

fn revision(row: &Row) -> Result<Revision, Error> {
    Ok(Revision {
        id: row.parse("id")?,
        post: row.parse("post")?,
        number: row.count("number")?,
        author: row.parse("author")?,
        made_at: row.time("made_at")?,
        content: row.json("content")?,
    })
}

impl Tx {
    /// Adds a post with its first revision.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn create_post(&mut self, post: &Post, first: &Revision) -> Result<(), Error> {
        self.run(
            "INSERT INTO posts (practice, id, author, state, revision, revision_author, created_at, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![
                post.practice,
                post.id,
                post.author,
                post.state.slug(),
                post.revision,
                post.revision_author,
                post.created_at,
                post.changed_at,
            ],
        )
        .await?;
        self.add_revision(post.practice, first).await?;
        let event = bedside_core::event::Event::PostWritten {
            post: post.id,
            revision: first.id,
            seal: first.content.seal(),
        };
        self.record(post.practice, post.created_at, Some(post.author), &event)
            .await
    }

    /// Adds a revision to a post.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn add_revision(
        &mut self,
        practice: PracticeId,
        revision: &Revision,
    ) -> Result<(), Error> {
        self.run(
            "INSERT INTO revisions (practice, id, post, number, author, made_at, content, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![
                practice,
                revision.id,
                revision.post,
                revision.number,
                revision.author,
                revision.made_at,
                json(&revision.content),
                revision.content.seal().as_str(),
            ],
        )
        .await?;
        Ok(())
    }

    /// One post.
    ///
    /// # Errors
    /// When there is none or the store fails.
    pub async fn post(&mut self, practice: PracticeId, id: PostId) -> Result<Post, Error> {
        let row = self.one(POST, args![practice, id]).await?;
        row.map_or_else(
            || Err(Refusal::not_found("There is no such post.").into()),
            |row| post(&row),
        )
    }

    /// One post, kept from changing until the commit.
    ///
    /// # Errors
    /// When there is none or the store fails.
    pub async fn lock_post(&mut self, practice: PracticeId, id: PostId) -> Result<Post, Error> {
        self.one(
            locked!("SELECT id FROM posts WHERE practice = $1 AND id = $2"),
            args![practice, id],
        )
        .await?;
        self.post(practice, id).await
    }

    /// One revision.
    ///
    /// # Errors
    /// When there is none or the store fails.
    pub async fn revision(
        &mut self,
        practice: PracticeId,
        id: RevisionId,
    ) -> Result<Revision, Error> {
        let row = self
            .one(
                "SELECT * FROM revisions WHERE practice = $1 AND id = $2",
                args![practice, id],
            )
            .await?;
        row.map_or_else(
            || Err(Refusal::not_found("There is no such text.").into()),
            |row| revision(&row),
        )
    }

    /// All revisions of a post, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revisions(
        &mut self,
        practice: PracticeId,
        post: PostId,
    ) -> Result<Vec<Revision>, Error> {
        self.all(
            "SELECT * FROM revisions WHERE practice = $1 AND post = $2 ORDER BY number",
            args![practice, post],
        )
        .await?
        .iter()
        .map(revision)
        .collect()
    }

    /// Posts in these states, those changed last first. With `author`, only those that this member began.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn posts(
        &mut self,
        practice: PracticeId,
        states: &[PostState],
        author: Option<MemberId>,
        limit: u32,
    ) -> Result<Vec<PostLine>, Error> {
        let rows = self
            .all(
                "SELECT o.practice, o.id, o.author, o.state, o.revision, o.revision_author, o.asked_by, o.created_at, o.changed_at, \
                 r.content, p.name FROM posts o JOIN revisions r ON r.practice = o.practice AND r.id = o.revision \
                 JOIN members m ON m.practice = o.practice AND m.id = o.author JOIN people p ON p.id = m.person \
                 WHERE o.practice = $1 AND o.deleted_at IS NULL AND ($2 = '' OR o.author = $2) \
                 AND ($3 = '' OR $3 LIKE '% ' || o.state || ' %') \
                 ORDER BY o.changed_at DESC, o.id DESC LIMIT $4",
                args![
                    practice,
                    author.map_or(String::new(), |author| author.to_string()),
                    states.iter().fold(String::new(), |list, state| format!("{list} {} ", state.slug())),
                    limit,
                ],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(PostLine {
                    post: post(row)?,
                    content: row.json("content")?,
                    author_name: row.text("name")?,
                })
            })
            .collect()
    }

    /// Writes the state of a post, if it is still at the revision from which the decision was made.
    ///
    /// # Errors
    /// [`Error::Stale`] when it is not.
    pub async fn save_post(&mut self, post: &Post, seen: RevisionId) -> Result<(), Error> {
        let changed = self
            .run(
                "UPDATE posts SET state = $4, revision = $5, revision_author = $6, asked_by = $7, changed_at = $8 \
                 WHERE practice = $1 AND id = $2 AND revision = $3 AND deleted_at IS NULL",
                args![
                    post.practice,
                    post.id,
                    seen,
                    post.state.slug(),
                    post.revision,
                    post.revision_author,
                    post.asked_by,
                    post.changed_at,
                ],
            )
            .await?;
        if changed == 1 {
            Ok(())
        } else {
            Err(Error::Stale)
        }
    }

    /// Brings a post's state in line with its deliveries.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn refresh_post(
        &mut self,
        practice: PracticeId,
        id: PostId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let states: Vec<DeliveryState> = self
            .all(
                "SELECT state FROM deliveries WHERE practice = $1 AND post = $2",
                args![practice, id],
            )
            .await?
            .iter()
            .map(|row| row.parse("state"))
            .collect::<Result<_, _>>()?;
        if states.is_empty() {
            return Ok(());
        }
        // All of them were taken out of the calendar: what was approved stays approved, a draft stays a draft.
        let (state, from) = state_by_deliveries(states).map_or(
            (PostState::Approved, " scheduled publishing failed "),
            |state| (state, ""),
        );
        self.run(
            "UPDATE posts SET state = $3, changed_at = $4 WHERE practice = $1 AND id = $2 AND state <> $3 \
             AND ($5 = '' OR $5 LIKE '% ' || state || ' %')",
            args![practice, id, state.slug(), now, from],
        )
        .await?;
        Ok(())
    }

    /// Deletes a draft: its texts go, what is in the record stays. Revisions that someone gave an opinion on are kept.
    ///
    /// # Errors
    /// [`Error::Stale`] when there is no such draft (any more).
    pub async fn delete_draft(
        &mut self,
        practice: PracticeId,
        id: PostId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let deleted = self
            .run(
                "UPDATE posts SET deleted_at = $3 WHERE practice = $1 AND id = $2 AND deleted_at IS NULL \
                 AND state IN ('draft', 'in_review', 'rejected')",
                args![practice, id, now],
            )
            .await?;
        if deleted != 1 {
            return Err(Error::Stale);
        }
        self.run(
            "DELETE FROM checks WHERE practice = $1 AND revision IN (SELECT id FROM revisions WHERE practice = $1 AND post = $2)",
            args![practice, id],
        )
        .await?;
        self.run(
            "DELETE FROM overrides WHERE practice = $1 AND revision IN (SELECT id FROM revisions WHERE practice = $1 AND post = $2)",
            args![practice, id],
        )
        .await?;
        self.run(
            "DELETE FROM revisions WHERE practice = $1 AND post = $2 \
             AND NOT EXISTS (SELECT 1 FROM opinions o WHERE o.practice = $1 AND o.revision = revisions.id) \
             AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.practice = $1 AND d.revision = revisions.id)",
            args![practice, id],
        )
        .await?;
        Ok(())
    }

    /// Keeps what was found in a revision at a moment.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_check(
        &mut self,
        practice: PracticeId,
        revision: RevisionId,
        moment: CheckMoment,
        pack: &str,
        findings: &[Finding],
        now: Timestamp,
    ) -> Result<(), Error> {
        self.run(
            "INSERT INTO checks (practice, revision, at, moment, pack, findings) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (practice, revision, at, moment) DO UPDATE SET findings = excluded.findings, pack = excluded.pack",
            args![practice, revision, now, moment.slug(), pack, json(&findings)],
        )
        .await?;
        Ok(())
    }

    /// What was found in a revision the last time that it was kept.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn last_check(
        &mut self,
        practice: PracticeId,
        revision: RevisionId,
    ) -> Result<Option<Vec<Finding>>, Error> {
        self.one(
            "SELECT findings FROM checks WHERE practice = $1 AND revision = $2 \
             ORDER BY at DESC, CASE moment WHEN 'sending' THEN 0 WHEN 'approved' THEN 1 ELSE 2 END LIMIT 1",
            args![practice, revision],
        )
        .await?
        .map(|row| row.json("findings"))
        .transpose()
    }

    /// What was let pass in a revision.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn overrides(
        &mut self,
        practice: PracticeId,
        revision: RevisionId,
    ) -> Result<Vec<Override>, Error> {
        self.all(
            "SELECT rule, words, by_member, reason, at FROM overrides WHERE practice = $1 AND revision = $2 ORDER BY at, rule, words",
            args![practice, revision],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(Override {
                rule: row.text("rule")?,
                words: row.text("words")?,
                by: row.parse("by_member")?,
                reason: row.text("reason")?,
                at: row.time("at")?,
            })
        })
        .collect()
    }

    /// Keeps an override.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_override(
        &mut self,
        practice: PracticeId,
        revision: RevisionId,
        pass: &Override,
    ) -> Result<(), Error> {
        self.run(
            "INSERT INTO overrides (practice, revision, rule, words, by_member, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (practice, revision, rule, words) DO NOTHING",
            args![practice, revision, &pass.rule, &pass.words, pass.by, &pass.reason, pass.at],
        )
        .await?;
        Ok(())
    }

    /// Keeps a second opinion. The database refuses one by an author, and a second one on the same revision.
    ///
    /// # Errors
    /// [`Error::Constraint`].
    pub async fn keep_opinion(&mut self, post: &Post, opinion: &Opinion) -> Result<(), Error> {
        self.run(
            "INSERT INTO opinions (practice, id, post, revision, post_author, revision_author, by_member, answer, reason, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![
                post.practice,
                opinion.id,
                opinion.post,
                opinion.revision,
                post.author,
                post.revision_author,
                opinion.by,
                opinion.answer.slug(),
                &opinion.reason,
                opinion.at,
            ],
        )
        .await?;
        Ok(())
    }

    /// The second opinions on a post, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn opinions(
        &mut self,
        practice: PracticeId,
        post: PostId,
    ) -> Result<Vec<Opinion>, Error> {
        self.all(
            "SELECT id, post, revision, by_member, answer, reason, at FROM opinions WHERE practice = $1 AND post = $2 ORDER BY at, id",
            args![practice, post],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(Opinion {
                id: row.parse("id")?,
                post: row.parse("post")?,
                revision: row.parse("revision")?,
                by: row.parse("by_member")?,
                answer: row.parse("answer")?,
                reason: row.text("reason")?,
                at: row.time("at")?,
            })
        })
        .collect()
    }
}
