//! `cargo xtask bench`: the figures that are kept an eye on. Each is measured by a function of its own and printed;
//! none is a test, since a busy computer would make it lie.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::Signal;

use crate::fetch::npm_ci;
use crate::root::{root, target_dir};
use crate::run::{Group, cargo, program};
use crate::servers::free_port;
use crate::size::to_mb;

/// A figure: its short name, what it measures, its mark, and how it is taken.
type Figure = (
    &'static str,
    &'static str,
    &'static str,
    fn() -> anyhow::Result<String>,
);

const FIGURES: &[Figure] = &[
    (
        "screen",
        "screening a 280-character post, one core",
        "at least 20,000 posts/s",
        screen,
    ),
    (
        "start",
        "start of `bedside check` to first output, median of 30",
        "under 50 ms",
        start,
    ),
    (
        "serve",
        "`bedside serve` on a fresh database: ready, and memory after 1,000 views of a page without sign-in",
        "under 1 s, at most 100 MB",
        serve,
    ),
    (
        "deliveries",
        "1,000 due deliveries handed to senders",
        "within 10 s",
        deliveries,
    ),
    ("lateness", "lateness at rest", "p99 at most 1 s", lateness),
    (
        "pages",
        "memory after 1,000 page views, signed in",
        "at most 100 MB",
        pages,
    ),
];

/// Measures the named figures, or all, and prints a table.
///
/// # Errors
/// When a name is not known or the release build fails.
pub fn run(args: &[String]) -> anyhow::Result<()> {
    let names: Vec<&str> = FIGURES.iter().map(|(name, ..)| *name).collect();
    if let Some(unknown) = args.iter().find(|arg| !names.contains(&arg.as_str())) {
        bail!(
            "There is no figure \"{unknown}\". The figures are: {}.",
            names.join(", ")
        );
    }
    npm_ci(&root()?.join("crates/web/front"))?;
    let mut table = String::from("\n| figure | mark | measured |\n|---|---|---|\n");
    for (name, what, mark, measure) in FIGURES {
        if args.is_empty() || args.iter().any(|arg| arg == name) {
            let measured =
                measure().unwrap_or_else(|error| format!("could not be measured: {error}"));
            writeln!(table, "| {what} | {mark} | {measured} |")?;
        }
    }
    println!("{table}");
    Ok(())
}

/// The last line that a benchmark of a crate prints.
fn bench_of(package: &str, name: &str) -> anyhow::Result<String> {
    let (text, ended) = cargo(&["bench", "-p", package, "--bench", name]).tee()?;
    ended?;
    let line = text
        .lines()
        .rev()
        .find(|line| line.contains('/') || line.chars().any(|c| c.is_ascii_digit()));
    line.map(|line| line.trim().to_owned())
        .context("the benchmark printed no figure")
}

fn screen() -> anyhow::Result<String> {
    bench_of("bedside-screen", "screen")
}

fn deliveries() -> anyhow::Result<String> {
    bench_of("bedside-work", "deliveries")
}

fn lateness() -> anyhow::Result<String> {
    bench_of("bedside-work", "lateness")
}

fn pages() -> anyhow::Result<String> {
    crate::pages::measure(&release_binary()?)
}

fn release_binary() -> anyhow::Result<PathBuf> {
    cargo(&["build", "--release", "--locked", "-p", "bedside"]).show()?;
    Ok(target_dir()?.join("release/bedside"))
}

fn start() -> anyhow::Result<String> {
    const TIMES: usize = 30;
    let binary = release_binary()?;
    let dir = tempfile::tempdir()?;
    let draft = dir.path().join("draft.txt");
    std::fs::write(
        &draft,
        "Our flu clinics begin on Saturday. Call us to book.\n",
    )?;
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        let mut command = program(&binary)
            .args(&["check"])
            .args(&[&draft])
            .into_command();
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut group = Group::start(&mut command, Signal::TERM, Duration::from_secs(5))?;
        let mut first = [0_u8; 1];
        let mut out = group.child().stdout.take().context("no output")?;
        out.read_exact(&mut first)
            .context("`bedside check` printed nothing")?;
        took.push(began.elapsed());
    }
    took.sort();
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    Ok(format!(
        "{:.1} ms (slowest {:.1} ms)",
        ms(took[TIMES / 2]),
        ms(took[TIMES - 1])
    ))
}

fn serve() -> anyhow::Result<String> {
    const VIEWS: usize = 1000;
    let binary = release_binary()?;
    let dir = tempfile::tempdir()?;
    let port = free_port()?;
    let began = Instant::now();
    let mut server = start_server(&binary, dir.path(), port)?;
    // Kept to the end: a server that cannot say its one-time code does not go on.
    let mut out = BufReader::new(server.child().stdout.take().context("no output")?);
    let mut line = String::new();
    out.read_line(&mut line)?;
    let ready = began.elapsed();
    if !line.starts_with("Bedside is at") {
        bail!("`bedside serve` did not start: {}", line.trim());
    }
    let pid = server.child().id();
    let before = resident(pid)?;
    let views_began = Instant::now();
    for _ in 0..VIEWS {
        let status = view(port, "/setup")?;
        if !(200..400).contains(&status) {
            bail!("a page view was answered with {status}");
        }
    }
    let each = views_began.elapsed().as_secs_f64() * 1000.0 / VIEWS as f64;
    Ok(format!(
        "ready in {:.0} ms; {:.0} MB at the start, {:.0} MB after {VIEWS} page views ({each:.1} ms each)",
        ready.as_secs_f64() * 1000.0,
        to_mb(before),
        to_mb(resident(pid)?)
    ))
}

fn start_server(binary: &Path, data: &Path, port: u16) -> anyhow::Result<Group> {
    let run = program(binary).args(&["serve", "--data"]).args(&[data]);
    let mut command = run
        .args(&["--listen", &format!("127.0.0.1:{port}")])
        .into_command();
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    Ok(Group::start(
        &mut command,
        Signal::TERM,
        Duration::from_secs(10),
    )?)
}

/// Fetches a page and gives the status.
fn view(port: u16, path: &str) -> anyhow::Result<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let head = String::from_utf8_lossy(&answer[..answer.len().min(64)]).into_owned();
    let status = head
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok());
    status.context("the answer is not HTTP")
}

/// Bytes of memory that a process holds (Linux).
pub(crate) fn resident(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))
        .context("memory can only be read on Linux")?;
    resident_in(&status).context("the kernel tells no memory size")
}

fn resident_in(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::resident_in;

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(
            resident_in("Name:\tbedside\nVmRSS:\t   20480 kB\nThreads:\t3\n"),
            Some(20_971_520)
        );
        assert_eq!(resident_in("Name:\tbedside\n"), None);
    }
}
