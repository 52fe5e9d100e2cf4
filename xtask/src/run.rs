//! Starting other programs, and ending them.
//!
//! What must stay true: every program started here is in a process group of its own and is ended by that group's id,
//! on success, on failure and on Ctrl-C. Ctrl-C ends the commands that are being waited for; the error then travels up
//! as usual, so that guards (servers, temporary folders) clean up behind it. A second Ctrl-C leaves at once.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Read, Write};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process_group};

/// How many times the person has asked to stop.
static INTERRUPTS: AtomicUsize = AtomicUsize::new(0);
/// The groups of the commands that are being waited for now.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// Whether Ctrl-C was pressed (or the command was asked to end).
pub fn interrupted() -> bool {
    INTERRUPTS.load(Ordering::SeqCst) > 0
}

/// Ends running commands on Ctrl-C, SIGTERM and SIGHUP.
///
/// # Errors
/// When the signals cannot be caught.
pub fn watch_for_signals() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::spawn(move || {
        for _ in signals.forever() {
            let before = INTERRUPTS.fetch_add(1, Ordering::SeqCst);
            let signal = if before == 0 {
                Signal::TERM
            } else {
                Signal::KILL
            };
            for group in lock(&GROUPS).iter() {
                // A group that has just ended by itself is no error.
                let _ = kill_process_group(*group, signal);
            }
            if before >= 2 {
                std::process::exit(130);
            }
        }
    });
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A process group that is ended when this value goes.
pub struct Group {
    child: Child,
    ask: Signal,
    patience: Duration,
}

impl Group {
    /// Starts a command in a group of its own. `ask` is the signal that asks it to end; after `patience` it is killed.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(command: &mut Command, ask: Signal, patience: Duration) -> std::io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        Ok(Self {
            child,
            ask,
            patience,
        })
    }

    /// The process, for its pipes and its exit status.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The id of the process and of its group.
    pub fn pid(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let Some(pid) = self.pid() else { return };
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = kill_process_group(pid, self.ask);
            let asked = Instant::now();
            while asked.elapsed() < self.patience && matches!(self.child.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        // Also when the leader is gone: what it started itself may still run in its group.
        let _ = kill_process_group(pid, Signal::KILL);
        let _ = self.child.wait();
    }
}

/// One command to run and wait for.
pub struct Run {
    command: Command,
    shown: String,
}

/// A command by program name.
pub fn program(name: impl AsRef<OsStr>) -> Run {
    let mut command = Command::new(name.as_ref());
    command.stdin(Stdio::null());
    // Cargo describes this package to us in the environment. Passed on, it would look to some build scripts like a
    // change of their own package, and they would run again at every turn.
    for (key, _) in std::env::vars_os() {
        let key = key.to_string_lossy();
        if key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_") {
            command.env_remove(key.as_ref());
        }
    }
    Run {
        command,
        shown: name.as_ref().to_string_lossy().into_owned(),
    }
}

/// A cargo command, run at the top of the checkout.
pub fn cargo(args: &[&str]) -> Run {
    let name = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut run = program(name).args(args);
    run.shown = format!("cargo {}", args.join(" "));
    if let Ok(root) = crate::root::root() {
        run.command.current_dir(root);
    }
    run
}

impl Run {
    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, args: &[A]) -> Self {
        for arg in args {
            self.shown.push(' ');
            self.shown.push_str(&arg.as_ref().to_string_lossy());
        }
        self.command.args(args);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Sets several environment variables.
    #[must_use]
    pub fn envs(mut self, all: &[(String, String)]) -> Self {
        self.command
            .envs(all.iter().map(|(key, value)| (key, value)));
        self
    }

    /// Takes every variable of the environment away whose name begins so.
    #[must_use]
    pub fn without(mut self, prefix: &str) -> Self {
        for (key, _) in std::env::vars_os() {
            if key.to_string_lossy().starts_with(prefix) {
                self.command.env_remove(key);
            }
        }
        self
    }

    /// Runs in a folder.
    #[must_use]
    pub fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Runs as another user (only as root).
    #[must_use]
    pub fn user(mut self, user: Option<(u32, u32)>) -> Self {
        if let Some((uid, gid)) = user {
            self.command.uid(uid).gid(gid);
        }
        self
    }

    /// The command itself, for a program that is started and left running.
    pub fn into_command(self) -> Command {
        self.command
    }

    /// Runs with its output on the terminal.
    ///
    /// # Errors
    /// When it cannot be started or does not end well.
    pub fn show(mut self) -> anyhow::Result<()> {
        eprintln!("  > {}", self.shown);
        let mut group = self.spawn()?;
        self.wait(&mut group, "")
    }

    /// Runs quietly; the output is shown only when it does not end well.
    ///
    /// # Errors
    /// When it cannot be started or does not end well.
    pub fn quiet(mut self) -> anyhow::Result<()> {
        let mut text = String::new();
        self.capture(&mut text)
    }

    /// Runs quietly and gives what it printed on standard output.
    ///
    /// # Errors
    /// When it cannot be started or does not end well.
    pub fn output(mut self) -> anyhow::Result<String> {
        self.command.stderr(Stdio::piped()).stdout(Stdio::piped());
        let mut group = self.spawn()?;
        let (out, err) = (group.child().stdout.take(), group.child().stderr.take());
        let complaints = std::thread::spawn(move || read_all(err));
        let text = read_all(out);
        let complaints = complaints.join().unwrap_or_default();
        self.wait(&mut group, &complaints)?;
        Ok(text)
    }

    /// Runs with its output on the terminal, and gives it back as text without colours.
    ///
    /// # Errors
    /// Never for the command's own failure: that is the second value.
    pub fn tee(mut self) -> anyhow::Result<(String, anyhow::Result<()>)> {
        eprintln!("  > {}", self.shown);
        if std::io::stderr().is_terminal() {
            // Behind a pipe cargo would leave its colours away.
            self.command.env("CARGO_TERM_COLOR", "always");
        }
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = self.spawn()?;
        let kept = Arc::new(Mutex::new(String::new()));
        let out = copy_lines(
            group.child().stdout.take(),
            std::io::stdout(),
            Arc::clone(&kept),
        );
        let err = copy_lines(
            group.child().stderr.take(),
            std::io::stderr(),
            Arc::clone(&kept),
        );
        let ended = self.wait(&mut group, "");
        // The pipes close when the last process of the group is gone; nothing may be left that holds them open.
        drop(group);
        let _ = (out.join(), err.join());
        let text = without_colours(&lock(&kept));
        Ok((text, ended))
    }

    fn capture(&mut self, text: &mut String) -> anyhow::Result<()> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = self.spawn()?;
        let kept = Arc::new(Mutex::new(String::new()));
        let out = copy_lines(
            group.child().stdout.take(),
            std::io::sink(),
            Arc::clone(&kept),
        );
        let err = copy_lines(
            group.child().stderr.take(),
            std::io::sink(),
            Arc::clone(&kept),
        );
        let _ = (out.join(), err.join());
        text.push_str(&lock(&kept));
        self.wait(&mut group, text)
    }

    fn spawn(&mut self) -> anyhow::Result<Group> {
        if interrupted() {
            bail!("stopped");
        }
        let group = Group::start(&mut self.command, Signal::TERM, Duration::from_secs(5))
            .with_context(|| {
                let name = self.command.get_program().to_string_lossy().into_owned();
                format!("The program {name} could not be started.")
            })?;
        if let Some(pid) = group.pid() {
            lock(&GROUPS).push(pid);
        }
        Ok(group)
    }

    fn wait(&self, group: &mut Group, output: &str) -> anyhow::Result<()> {
        let status = group.child().wait();
        if let Some(pid) = group.pid() {
            lock(&GROUPS).retain(|other| *other != pid);
        }
        let status = status?;
        if status.success() {
            return Ok(());
        }
        if output.trim().is_empty() {
            bail!("{} did not end well ({status}).", self.shown);
        }
        bail!(
            "{} did not end well ({status}). It said:\n{}",
            self.shown,
            last_lines(output, 40)
        );
    }
}

fn read_all(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // A pipe that breaks ends the text; the exit status tells whether that matters.
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn copy_lines<P, W>(
    pipe: Option<P>,
    mut to: W,
    kept: Arc<Mutex<String>>,
) -> std::thread::JoinHandle<()>
where
    P: Read + Send + 'static,
    W: Write + Send + 'static,
{
    std::thread::spawn(move || {
        let Some(pipe) = pipe else { return };
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while matches!(reader.read_until(b'\n', &mut line), Ok(1..)) {
            let _ = to.write_all(&line);
            let _ = to.flush();
            lock(&kept).push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    })
}

/// The last lines of a long output.
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Takes terminal colours (`ESC [ ... letter`) out of a text.
pub fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            if chars.next() == Some('[') {
                for c in chars.by_ref() {
                    if c.is_ascii_alphabetic() {
                        break;
                    }
                }
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Group, last_lines, program, without_colours};
    use rustix::process::Signal;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    #[test]
    fn colours_go_and_words_stay() {
        assert_eq!(without_colours("\u{1b}[32;1m12\u{1b}[0m tests"), "12 tests");
    }

    #[test]
    fn the_last_lines_are_kept() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a", 5), "a");
    }

    #[test]
    fn a_failing_command_says_what_it_printed() {
        let error = program("sh")
            .args(&["-c", "echo no such thing >&2; exit 3"])
            .quiet()
            .unwrap_err();
        assert!(error.to_string().contains("no such thing"), "{error}");
    }

    #[test]
    fn a_group_ends_with_everything_in_it() {
        let mut command = Command::new("sh");
        // The shell refuses to end on request and has a child of its own, whose id it prints.
        command
            .args(["-c", "trap '' TERM; sleep 1000 & echo $!; wait"])
            .stdout(Stdio::piped());
        let mut group =
            Group::start(&mut command, Signal::TERM, Duration::from_millis(200)).unwrap();
        let mut line = String::new();
        let out = group.child().stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
        let child = std::path::PathBuf::from(format!("/proc/{}/stat", line.trim()));
        assert!(child.exists());
        drop(group);
        // Killed at once, but the kernel may need a moment, and whoever reaps the orphan another one.
        let ended = || std::fs::read_to_string(&child).map_or(true, |stat| stat.contains(") Z"));
        let patience = Instant::now();
        while !ended() {
            assert!(
                patience.elapsed() < Duration::from_secs(20),
                "the child of the group still runs"
            );
            std::thread::yield_now();
        }
    }
}
