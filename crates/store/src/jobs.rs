//! The queue of work to be done outside. A job is written in the transaction that decides it, is leased while someone
//! works on it, and comes back when the lease runs out. Every job must be safe to run twice.

use std::str::FromStr;

use bedside_core::{JobId, PracticeId};
use jiff::{SignedDuration, Timestamp};

use crate::db::{Row, Sql, args};
use crate::{Error, Tx};

/// What kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Take a delivery one step further: send, look, or take down. The subject is the delivery.
    Deliver,
    /// Send a message. The subject is the mail.
    Mail,
}

impl JobKind {
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Mail => "mail",
        }
    }
}

impl FromStr for JobKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "deliver" => Ok(Self::Deliver),
            "mail" => Ok(Self::Mail),
            _ => Err(()),
        }
    }
}

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub practice: PracticeId,
    pub kind: JobKind,
    pub subject: String,
    pub run_at: Timestamp,
    pub tries: u32,
}

/// Who holds a lease and for how long must agree between claiming and finishing.
const CLAIM: Sql = Sql {
    sqlite: "UPDATE jobs SET leased_until = $2, leased_by = $3, tries = tries + 1 \
        WHERE id IN (SELECT id FROM jobs WHERE parked = 0 AND run_at <= $1 AND leased_until <= $1 ORDER BY run_at, id LIMIT $4) \
        RETURNING id, practice, kind, subject, run_at, tries",
    // Materialised: inside IN (...) the planner may run the limited query more than once and lease more than the limit.
    postgres: "WITH due AS MATERIALIZED (SELECT id FROM jobs WHERE parked = 0 AND run_at <= $1 AND leased_until <= $1 \
        ORDER BY run_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) \
        UPDATE jobs SET leased_until = $2, leased_by = $3, tries = tries + 1 FROM due WHERE jobs.id = due.id \
        RETURNING jobs.id, practice, kind, subject, run_at, tries",
};

fn job(row: &Row) -> Result<Job, Error> {
    Ok(Job {
        id: row.parse("id")?,
        practice: row.parse("practice")?,
        kind: row
            .text("kind")?
            .parse()
            .map_err(|()| Error::Unreadable("jobs"))?,
        subject: row.text("subject")?,
        run_at: row.time("run_at")?,
        tries: row.count("tries")?,
    })
}

impl Tx {
    /// Puts work in the queue, or moves what is there already to the new time and frees it. What had been set aside
    /// begins anew.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn queue_job(
        &mut self,
        practice: PracticeId,
        id: JobId,
        kind: JobKind,
        subject: &str,
        run_at: Timestamp,
    ) -> Result<(), Error> {
        self.run(
            "INSERT INTO jobs (practice, id, kind, subject, run_at, leased_until, leased_by, tries, parked, trouble) \
             VALUES ($1, $2, $3, $4, $5, 0, '', 0, 0, '') \
             ON CONFLICT (practice, kind, subject) DO UPDATE SET run_at = excluded.run_at, leased_until = 0, leased_by = '', parked = 0, \
             tries = CASE WHEN jobs.parked = 1 THEN 0 ELSE jobs.tries END, trouble = CASE WHEN jobs.parked = 1 THEN '' ELSE jobs.trouble END",
            args![practice, id, kind.slug(), subject, run_at],
        )
        .await?;
        Ok(())
    }

    /// Leases up to `limit` due jobs to `worker`, the longest due first. This is the one query across practices: each
    /// job says whose it is, and all that is done with it names that practice.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn claim_jobs(
        &mut self,
        worker: &str,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Result<Vec<Job>, Error> {
        let mut jobs: Vec<Job> = self
            .all(CLAIM, args![now, now + lease, worker, limit])
            .await?
            .iter()
            .map(job)
            .collect::<Result<_, _>>()?;
        jobs.sort_by_key(|job| (job.run_at, job.id));
        Ok(jobs)
    }

    /// Whether `worker` still holds this very lease; to be asked inside the transaction that acts on it. Each lease
    /// counts as a try, so the number of tries tells an old lease of the same worker from a new one.
    ///
    /// What the job is about is locked before the job, as everywhere: a person who acts on a delivery locks its post and
    /// then moves its job, and the two must never wait for each other.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn holds_job(&mut self, job: &Job, worker: &str) -> Result<bool, Error> {
        if job.kind == JobKind::Deliver
            && let Ok(delivery) = job.subject.parse()
        {
            self.lock_delivery(job.practice, delivery).await?;
        }
        let row = self
            .one(
                crate::db::locked!(
                    "SELECT leased_by FROM jobs WHERE practice = $1 AND id = $2 AND tries = $3"
                ),
                args![job.practice, job.id, job.tries],
            )
            .await?;
        Ok(row
            .map(|row| row.text("leased_by"))
            .transpose()?
            .is_some_and(|by| by == worker))
    }

    /// Lengthens a lease.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn extend_lease(
        &mut self,
        job: &Job,
        worker: &str,
        until: Timestamp,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE jobs SET leased_until = $4 WHERE practice = $1 AND id = $2 AND leased_by = $3 AND tries = $5",
            args![job.practice, job.id, worker, until, job.tries],
        )
        .await?;
        Ok(())
    }

    /// The job is done: it leaves the queue.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn finish_job(
        &mut self,
        practice: PracticeId,
        kind: JobKind,
        subject: &str,
    ) -> Result<(), Error> {
        self.run(
            "DELETE FROM jobs WHERE practice = $1 AND kind = $2 AND subject = $3",
            args![practice, kind.slug(), subject],
        )
        .await?;
        Ok(())
    }

    /// Comes back to the job later. Changes nothing when someone else has leased it meanwhile.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn postpone_job(
        &mut self,
        job: &Job,
        run_at: Timestamp,
        trouble: &str,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE jobs SET run_at = $3, leased_until = 0, leased_by = '', trouble = $4 WHERE practice = $1 AND id = $2 AND tries = $5",
            args![job.practice, job.id, run_at, trouble, job.tries],
        )
        .await?;
        Ok(())
    }

    /// Sets a job aside that failed too often; a person sees it on the practice's page.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn park_job(&mut self, job: &Job, trouble: &str) -> Result<(), Error> {
        self.run(
            "UPDATE jobs SET parked = 1, leased_until = 0, leased_by = '', trouble = $3 WHERE practice = $1 AND id = $2 AND tries = $4",
            args![job.practice, job.id, trouble, job.tries],
        )
        .await?;
        Ok(())
    }

    /// Frees the leases of a worker that is known to be gone (this very program, before it was started anew).
    ///
    /// # Errors
    /// When the store fails.
    pub async fn free_leases(&mut self, worker: &str) -> Result<u64, Error> {
        self.run(
            "UPDATE jobs SET leased_until = 0, leased_by = '' WHERE leased_by = $1",
            args![worker],
        )
        .await
    }

    /// Makes all jobs of a kind due now: what they waited for has come. The tries made meanwhile count no longer.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn hurry_jobs(&mut self, kind: JobKind, now: Timestamp) -> Result<(), Error> {
        self.run(
            "UPDATE jobs SET run_at = $2, tries = 0 WHERE kind = $1 AND run_at > $2",
            args![kind.slug(), now],
        )
        .await?;
        Ok(())
    }

    /// The moment at which the next job is due, across practices.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_job_at(&mut self) -> Result<Option<Timestamp>, Error> {
        let row = self
            .one(
                "SELECT MIN(CASE WHEN leased_until > run_at THEN leased_until ELSE run_at END) AS at FROM jobs WHERE parked = 0",
                Vec::new(),
            )
            .await?;
        row.map_or(Ok(None), |row| row.opt_time("at"))
    }

    /// Jobs of a practice that were set aside: kind and trouble.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn parked_jobs(
        &mut self,
        practice: PracticeId,
    ) -> Result<Vec<(String, String)>, Error> {
        self.all(
            "SELECT kind, trouble FROM jobs WHERE practice = $1 AND parked = 1 ORDER BY run_at, id",
            args![practice],
        )
        .await?
        .iter()
        .map(|row| Ok((row.text("kind")?, row.text("trouble")?)))
        .collect()
    }
}
