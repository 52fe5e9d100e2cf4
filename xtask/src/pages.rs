//! What many page views of a person who is signed in do to the server's memory: measured on the example practice.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::Signal;

use crate::run::{Group, program};
use crate::servers::free_port;
use crate::size::to_mb;

/// Page views that are counted.
const VIEWS: u32 = 1000;
const EMAIL: &str = "priya%40weirlane.example";

/// Starts `bedside demo`, signs in, looks at pages in turn, and says how much memory the server holds before and after.
///
/// # Errors
/// When the server does not start or a page does not come.
pub fn measure(binary: &Path) -> anyhow::Result<String> {
    let dir = tempfile::tempdir()?;
    let port = free_port()?;
    let run = program(binary)
        .args(&["demo", "--data"])
        .args(&[dir.path()]);
    let mut command = run
        .args(&["--listen", &format!("127.0.0.1:{port}")])
        .into_command();
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Group::start(&mut command, Signal::TERM, Duration::from_secs(10))?;
    let out = server.child().stdout.take().context("no output")?;
    let mut password = None;
    // Kept to the end: a server that cannot say what it has to say does not go on.
    let mut out = BufReader::new(out);
    for line in out.by_ref().lines() {
        if let Some((_, told)) = line?.split_once("password for everyone is ") {
            password = Some(told.trim().to_owned());
            break;
        }
    }
    let password = password.context("`bedside demo` did not start")?;
    let mut visitor = Visitor {
        port,
        cookies: Vec::new(),
    };
    visitor.sign_in(&password)?;
    let calendar = visitor.get("/calendar")?;
    let post = calendar
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|href| {
            href.strip_prefix("/posts/")
                .is_some_and(|id| id.len() == 36)
        })
        .context("the calendar shows no post")?
        .to_owned();
    let pid = server.child().id();
    let before = crate::bench::resident(pid)?;
    let began = Instant::now();
    let pages = ["/", "/posts/new", &post, "/calendar"];
    for page in pages.iter().cycle().take(VIEWS as usize) {
        visitor.get(page)?;
    }
    let each = began.elapsed().as_secs_f64() * 1000.0 / f64::from(VIEWS);
    Ok(format!(
        "{:.0} MB after the sign-in, {:.0} MB after {VIEWS} page views ({each:.1} ms each)",
        to_mb(before),
        to_mb(crate::bench::resident(pid)?)
    ))
}

struct Visitor {
    port: u16,
    cookies: Vec<(String, String)>,
}

impl Visitor {
    fn sign_in(&mut self, password: &str) -> anyhow::Result<()> {
        let page = self.get("/sign-in")?;
        let token = page
            .split_once("name=\"csrf\" value=\"")
            .and_then(|(_, rest)| rest.split('"').next())
            .context("the sign-in page has no token")?;
        let form = format!("csrf={token}&email={EMAIL}&password={password}");
        let (status, _) = self.ask("POST", "/sign-in", &form)?;
        if status != 303 {
            bail!("signing in was answered with {status}");
        }
        Ok(())
    }

    fn get(&mut self, path: &str) -> anyhow::Result<String> {
        let (status, body) = self.ask("GET", path, "")?;
        if status != 200 {
            bail!("{path} was answered with {status}");
        }
        Ok(body)
    }

    fn ask(&mut self, method: &str, path: &str, form: &str) -> anyhow::Result<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.port,
            cookies.join("; "),
            form.len()
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .context("the answer is not HTTP")?;
        for line in head.lines() {
            let Some((name, value)) = line.split_once(": ") else {
                continue;
            };
            let pair = value
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='));
            if let Some((key, value)) = pair.filter(|_| name.eq_ignore_ascii_case("set-cookie")) {
                self.cookies.retain(|(known, _)| known != key);
                self.cookies.push((key.to_owned(), value.to_owned()));
            }
        }
        let status = head
            .split_whitespace()
            .nth(1)
            .and_then(|word| word.parse().ok());
        Ok((status.context("the answer is not HTTP")?, body.to_owned()))
    }
}
