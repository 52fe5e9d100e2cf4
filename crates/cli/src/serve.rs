//! `bedside serve`: the web app and the worker in one program; `bedside worker`: a worker beside it.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use bedside_connect::mail::{MailSettings, Mailer, Security};
use bedside_core::network::Networks;
use bedside_core::world::World;
use bedside_web::{App, Options, first_run_code, router};
use bedside_work::Worker;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use crate::data::{Data, DataArgs};
use crate::system::{self, Connectors};

/// Starts Bedside: the pages, and the work that goes on behind them.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub data: DataArgs,
    /// Where to listen. Port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "BEDSIDE_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub outside: OutsideArgs,
}

/// Works through what is to be sent, beside a server on the same PostgreSQL database.
#[derive(Debug, clap::Args)]
pub struct WorkerArgs {
    #[command(flatten)]
    pub data: DataArgs,
    /// A name of its own for this worker; no two may share one.
    #[arg(long, value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub outside: OutsideArgs,
}

/// How people and mail reach the outside.
#[derive(Debug, Clone, clap::Args)]
pub struct OutsideArgs {
    /// Where people reach the pages: https://bedside.practice.example. Taken for links in messages.
    #[arg(long, value_name = "URL", env = "BEDSIDE_PUBLIC_ADDRESS")]
    pub public_address: Option<String>,
    /// The mail server: smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465.
    #[arg(long, value_name = "URL", env = "BEDSIDE_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,
    /// Who the mail is from: "Weir Lane Dental <social@weirlane.example>".
    #[arg(long, value_name = "SENDER", env = "BEDSIDE_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// Also allows channels on a server on this machine, without https. For one's own server beside Bedside, and for tests.
    #[arg(long, env = "BEDSIDE_ALLOW_LOCAL_SERVICE")]
    pub allow_local_service: bool,
}

/// The runtime on which everything runs.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

/// Log lines to standard error; `BEDSIDE_LOG=debug` says more. Never a draft, a name or a secret.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BEDSIDE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn,hyper=warn"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    start_log();
    runtime()?.block_on(async {
        let world = system::world();
        let data = args.data.open_alone(&world).await?;
        let networks: Arc<dyn Networks> =
            Arc::new(Connectors::new(args.outside.allow_local_service)?);
        serve(
            world,
            data,
            networks,
            args.listen,
            &args.outside,
            Setting::Real,
        )
        .await
    })
}

/// Whether the practice is real, or the one of `bedside demo` with the words that greet its visitor.
pub enum Setting {
    Real,
    Demo(String),
}

/// Serves until told to stop.
pub async fn serve(
    world: World,
    data: Data,
    networks: Arc<dyn Networks>,
    listen: SocketAddr,
    outside: &OutsideArgs,
    setting: Setting,
) -> anyhow::Result<ExitCode> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("nobody can listen at {listen}: it may be taken. Choose another with --listen")
    })?;
    let address = format!("http://{}", listener.local_addr()?);
    let public_address = outside
        .public_address
        .clone()
        .unwrap_or_else(|| address.clone());
    let public_address = public_address.trim_end_matches('/').to_owned();
    let (mailer, mail_host) = outside.mailer()?;
    let wake = Arc::new(Notify::new());
    let worker = Worker::new(
        data.store.clone(),
        world.clone(),
        networks.clone(),
        mailer,
        bedside_work::Options::new(data.name.clone(), public_address.clone()),
        wake.clone(),
    );
    worker.recover().await?;
    let options = Options {
        public_address,
        mail_host,
        demo: matches!(setting, Setting::Demo(_)),
    };
    let code = first_run_code(&data.store, &world).await?;
    let app = App::new(data.store.clone(), world, networks, options, wake);
    let (stop, stopping) = watch::channel(false);
    let working = tokio::spawn(worker.run(stopping.clone()));
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "Bedside is at {address}")?;
        match (&setting, code) {
            (Setting::Demo(words), _) => writeln!(out, "{words}")?,
            (Setting::Real, Some(code)) => writeln!(out, "Your one-time code: {code}")?,
            (Setting::Real, None) => {}
        }
        out.flush()?;
    }
    let mut until = stopping.clone();
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(async move {
        let _ = until.wait_for(|stop| *stop).await;
    });
    let told = tokio::spawn(async move {
        told_to_stop().await;
        let _ = stop.send(true);
    });
    server.await?;
    let _ = told.await;
    let _ = working.await;
    data.store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

pub fn run_worker(args: &WorkerArgs) -> anyhow::Result<ExitCode> {
    start_log();
    runtime()?.block_on(async {
        let world = system::world();
        if args.data.database.is_none() {
            anyhow::bail!("a worker of its own needs PostgreSQL (--database); with SQLite the server does the work itself");
        }
        let data = args.data.open_beside(&world).await?;
        let public_address = args
            .outside
            .public_address
            .clone()
            .context("say where people reach the pages with --public-address, for the links in messages")?;
        let (mailer, _) = args.outside.mailer()?;
        let networks: Arc<dyn Networks> = Arc::new(Connectors::new(args.outside.allow_local_service)?);
        let options = bedside_work::Options::new(format!("worker {}", args.name), public_address.trim_end_matches('/'));
        let worker = Worker::new(data.store.clone(), world, networks, mailer, options, Arc::new(Notify::new()));
        worker.recover().await?;
        let (stop, stopping) = watch::channel(false);
        let working = tokio::spawn(worker.run(stopping));
        told_to_stop().await;
        let _ = stop.send(true);
        let _ = working.await;
        data.store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

impl OutsideArgs {
    /// Nothing outside: the example practice.
    pub fn nothing() -> Self {
        Self {
            public_address: None,
            smtp: None,
            mail_from: None,
            allow_local_service: false,
        }
    }

    fn mailer(&self) -> anyhow::Result<(Option<Arc<Mailer>>, Option<String>)> {
        let Some(address) = &self.smtp else {
            return Ok((None, None));
        };
        let from = self
            .mail_from
            .clone()
            .context("say who the mail is from with BEDSIDE_MAIL_FROM")?;
        let settings = mail_settings(address, from)?;
        let host = settings.host.clone();
        let mailer = Mailer::new(&settings).context("the mail settings cannot be used")?;
        Ok((Some(Arc::new(mailer)), Some(host)))
    }
}

fn mail_settings(address: &str, from: String) -> anyhow::Result<MailSettings> {
    const FORM: &str = "BEDSIDE_SMTP must look like smtp://user:password@host:587";
    let url = url::Url::parse(address).ok().context(FORM)?;
    let host = url.host_str().context(FORM)?.to_owned();
    let near = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
    let (security, port) = match url.scheme() {
        "smtps" => (Security::Tls, 465),
        "smtp" if near => (Security::None, 25),
        "smtp" => (Security::StartTls, 587),
        _ => anyhow::bail!(FORM),
    };
    let plain = |text: &str| {
        let query = format!("x={}", text.replace('+', "%2B"));
        url::form_urlencoded::parse(query.as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let sign_in = (!url.username().is_empty()).then(|| {
        (
            plain(url.username()),
            plain(url.password().unwrap_or_default()),
        )
    });
    Ok(MailSettings {
        host,
        port: url.port().unwrap_or(port),
        security,
        sign_in,
        from,
        authority: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_say_how_to_connect() {
        let of = |address| mail_settings(address, "Bedside <b@weirlane.example>".into());
        let settings = of("smtp://social%40weirlane.example:p%2Bq@mail.weirlane.example").unwrap();
        assert_eq!(
            (settings.port, settings.security),
            (587, Security::StartTls)
        );
        assert_eq!(
            settings.sign_in,
            Some(("social@weirlane.example".into(), "p+q".into()))
        );
        assert_eq!(of("smtps://mail.weirlane.example").unwrap().port, 465);
        assert_eq!(
            of("smtp://127.0.0.1:2525").unwrap().security,
            Security::None
        );
        assert!(of("mail.weirlane.example").is_err());
        assert!(of("http://mail.weirlane.example").is_err());
    }
}
