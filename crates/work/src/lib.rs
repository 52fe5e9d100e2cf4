//! What is done outside, after a decision: deliveries and messages, taken from the queue.
//!
//! Every job is safe to run twice. A crash at any instant leaves the ledger saying what may have happened, and the next
//! run finds out before it acts.

mod deliver;
mod health;
mod mail;
mod tell;

use std::sync::Arc;
use std::time::Duration;

use bedside_connect::mail::Mailer;
use bedside_core::network::Networks;
use bedside_core::screen::Engine;
use bedside_core::world::World;
use bedside_store::{Error, Job, JobKind, Store};
use jiff::SignedDuration;
use tokio::sync::{Notify, Semaphore, watch};

/// How the worker works.
#[derive(Debug, Clone)]
pub struct Options {
    /// Under this name leases are held. Two programs on one database must not share it.
    pub name: String,
    /// Where people reach the web app, for links in messages.
    pub public_address: String,
    /// How long a job is held before another worker may take it; longer than any job takes.
    pub lease: SignedDuration,
    /// How many jobs run at once.
    pub at_once: usize,
}

impl Options {
    #[must_use]
    pub fn new(name: impl Into<String>, public_address: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            public_address: public_address.into(),
            lease: SignedDuration::from_mins(10),
            at_once: 32,
        }
    }
}

/// Takes jobs from the queue and does them.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    world: World,
    networks: Arc<dyn Networks>,
    mailer: Option<Arc<Mailer>>,
    engine: &'static Engine,
    options: Arc<Options>,
    wake: Arc<Notify>,
}

/// The longest rest between two looks at the queue: another program may have written to it.
const REST: Duration = Duration::from_millis(500);
/// Tries after which a job that fails for reasons of ours is set aside.
const TRIES: u32 = 12;

impl Worker {
    #[must_use]
    pub fn new(
        store: Store,
        world: World,
        networks: Arc<dyn Networks>,
        mailer: Option<Arc<Mailer>>,
        options: Options,
        wake: Arc<Notify>,
    ) -> Self {
        Self {
            store,
            world,
            networks,
            mailer,
            engine: Engine::builtin(),
            options: Arc::new(options),
            wake,
        }
    }

    /// Takes back what this worker held when it was last stopped, so that nothing waits for a lease to run out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        tx.free_leases(&self.options.name).await?;
        if self.mailer.is_some() {
            tx.hurry_jobs(JobKind::Mail, self.world.now()).await?;
        }
        tx.commit().await
    }

    /// Works until told to stop, then lets running jobs end.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(self.options.at_once));
        loop {
            if *stop.borrow() {
                break;
            }
            let claimed = match self.claim(places.available_permits()).await {
                Ok(jobs) => jobs,
                Err(error) => {
                    tracing::warn!(%error, "the queue cannot be read; trying again");
                    Vec::new()
                }
            };
            let idle = claimed.is_empty();
            for job in claimed {
                let Ok(place) = places.clone().acquire_owned().await else {
                    return;
                };
                let worker = self.clone();
                tokio::spawn(async move {
                    worker.work(&job).await;
                    drop(place);
                    worker.wake.notify_one();
                });
            }
            if idle {
                let rest = self.rest().await;
                tokio::select! {
                    () = self.wake.notified() => {}
                    () = tokio::time::sleep(rest) => {}
                    _ = stop.changed() => {}
                }
            }
        }
        let all = u32::try_from(self.options.at_once).unwrap_or(u32::MAX);
        let _ = tokio::time::timeout(Duration::from_secs(20), places.acquire_many(all)).await;
    }

    /// Does all jobs that are due now, one after the other; how many there were. For tests and for `bedside worker --once`.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn once(&self) -> Result<usize, Error> {
        let mut done = 0;
        loop {
            let jobs = self.claim(1).await?;
            let Some(job) = jobs.first() else {
                return Ok(done);
            };
            self.work(job).await;
            done += 1;
        }
    }

    async fn claim(&self, free: usize) -> Result<Vec<Job>, Error> {
        if free == 0 {
            return Ok(Vec::new());
        }
        let now = self.world.now();
        // A look that does not write, so that an idle worker does not keep taking the write lock.
        let mut look = self.store.read().await?;
        let due = look.next_job_at().await?.is_some_and(|at| at <= now);
        drop(look);
        if !due {
            return Ok(Vec::new());
        }
        let mut tx = self.store.write().await?;
        let limit = u32::try_from(free).unwrap_or(u32::MAX);
        let jobs = tx
            .claim_jobs(&self.options.name, now, self.options.lease, limit)
            .await?;
        tx.commit().await?;
        Ok(jobs)
    }

    async fn rest(&self) -> Duration {
        let Ok(mut tx) = self.store.read().await else {
            return REST;
        };
        let Ok(Some(at)) = tx.next_job_at().await else {
            return REST;
        };
        let until = at.duration_since(self.world.now());
        Duration::try_from(until)
            .unwrap_or(Duration::from_millis(1))
            .min(REST)
    }

    async fn work(&self, job: &Job) {
        let result = match job.kind {
            JobKind::Deliver => self.deliver(job).await,
            JobKind::Mail => self.mail(job).await,
        };
        if let Err(error) = result {
            tracing::warn!(job = %job.id, kind = job.kind.slug(), %error, "a job failed and will be tried again");
            if let Err(error) = self.put_off(job, &error).await {
                tracing::error!(job = %job.id, %error, "a job could not be put off; its lease brings it back");
            }
        }
    }

    async fn put_off(&self, job: &Job, error: &Error) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        if !tx.holds_job(job, &self.options.name).await? {
            return Ok(());
        }
        if job.tries >= TRIES && !matches!(error, Error::Busy | Error::Full) {
            tx.park_job(job, &error.to_string()).await?;
        } else {
            let again = self.world.now() + bedside_core::delivery::backoff(job.tries, 0);
            tx.postpone_job(job, again, &error.to_string()).await?;
        }
        tx.commit().await
    }
}
