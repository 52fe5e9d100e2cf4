//! `cargo xtask test`: gets what the tests need, runs them, and says at the end what ran on what.
//!
//! Servers and tools are installed beside the first build, since they wait for the network while the build waits for
//! the processor. Nothing is left out in silence: with `BEDSIDE_TEST_ALL=1` a test whose server is missing fails.

mod count;
mod gather;
mod steps;

use std::process::ExitCode;
use std::time::Instant;

use crate::plan::{Part, Plan, Report};
use crate::servers::{bluesky::Bluesky, mail::Mail, postgres::Postgres};
use gather::Gathered;

/// Runs the parts that were asked for.
///
/// # Errors
/// When something that the tests need cannot be had, or the person asked to stop. Failing tests are no error here but
/// the exit code.
pub fn run(args: &[String]) -> anyhow::Result<ExitCode> {
    let plan = Plan::read(args)?;
    let began = Instant::now();
    let mut report = Report::default();
    gather::look(&plan)?;

    let (built, gathered) = std::thread::scope(|scope| -> anyhow::Result<(bool, Gathered)> {
        let gathering = scope.spawn(|| gather::all(&plan));
        let built = steps::before_tests(&plan, &mut report)?;
        eprintln!("\n== servers and browser: waiting until they are there");
        let broken = |_| Err(anyhow::anyhow!("gathering what the tests need broke off"));
        Ok((built, gathering.join().unwrap_or_else(broken)?))
    })?;

    // Tests that do not build are a failed step already; to build them again would only repeat it.
    if built {
        let mut env = vec![("BEDSIDE_TEST_ALL".to_owned(), "1".to_owned())];
        let servers = Servers::start(&plan, &gathered, &mut env)?;
        steps::tests(&plan, &mut report, &env)?;
        if plan.has(Part::Browser) {
            steps::browser(&mut report, &env, &gathered)?;
        }
        servers.tell(&mut report, &gathered);
    }

    println!("{}", report.summary(began.elapsed()));
    if !plan.is_everything() {
        println!("Only a part was asked for; `cargo xtask test` runs everything.");
    }
    Ok(if report.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The servers that run during the tests.
struct Servers {
    postgres: Option<Postgres>,
    bluesky: Option<Bluesky>,
    mail: Option<Mail>,
}

impl Servers {
    fn start(
        plan: &Plan,
        gathered: &Gathered,
        env: &mut Vec<(String, String)>,
    ) -> anyhow::Result<Self> {
        let results = gather::results_dir()?;
        let mut set = |key: &str, value: String| env.push((key.to_owned(), value));
        let postgres = if plan.needs_postgres() {
            let server = Postgres::start(&results.join("postgres.log"))?;
            set("BEDSIDE_TEST_POSTGRES", server.url.clone());
            Some(server)
        } else {
            None
        };
        let bluesky = match &gathered.bluesky {
            Some(installed) => {
                let server = Bluesky::start(installed, &results.join("bluesky.log"))?;
                set("BEDSIDE_TEST_PDS", server.url.clone());
                Some(server)
            }
            None => None,
        };
        let mail = match &gathered.mail {
            Some(installed) => {
                let server = Mail::start(installed, &results.join("mail.log"))?;
                set("BEDSIDE_TEST_SMTP", server.address.clone());
                set(
                    "BEDSIDE_TEST_SMTP_DIR",
                    server.folder().display().to_string(),
                );
                Some(server)
            }
            None => None,
        };
        Ok(Self {
            postgres,
            bluesky,
            mail,
        })
    }

    /// What ran on what, and a count that shows that it was really used.
    fn tell(&self, report: &mut Report, gathered: &Gathered) {
        if let Some(postgres) = &self.postgres {
            let used = postgres.connections();
            report.fact(
                "databases",
                format!(
                    "SQLite (built in); {} ({used} connections by the tests)",
                    postgres.version
                ),
            );
        }
        if let (Some(bluesky), Some(installed)) = (&self.bluesky, &gathered.bluesky) {
            let accounts = bluesky.accounts().map_or_else(
                |_| "no answer at the end".to_owned(),
                |count| format!("{count} accounts made by the tests"),
            );
            report.fact("servers", format!("{} ({accounts})", installed.version));
        }
        if let (Some(mail), Some(installed)) = (&self.mail, &gathered.mail) {
            report.fact(
                "",
                format!("{} ({} messages taken)", installed.version, mail.messages()),
            );
        }
        if let Some(chromium) = &gathered.chromium {
            report.fact("browser", chromium.version.clone());
        }
    }
}
