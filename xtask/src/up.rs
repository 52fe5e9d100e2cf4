//! `cargo xtask up`: from a fresh checkout to a running Bedside.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::Signal;

use crate::fetch::npm_ci;
use crate::root::{root, target_dir};
use crate::run::{Group, cargo, interrupted, program};

/// Builds the release binary and runs it in the foreground until it ends or Ctrl-C is pressed.
///
/// # Errors
/// When an argument is not understood, a tool is missing, or the build fails.
pub fn run(args: &[String]) -> anyhow::Result<ExitCode> {
    let wish = Wish::read(args)?;
    let root = root()?;
    if npm_ci(&root.join("crates/web/front"))? {
        eprintln!("Fetched the front-end files.");
    }
    eprintln!("Building Bedside. The first time this takes a few minutes.");
    cargo(&["build", "--release", "--locked", "-p", "bedside"]).show()?;

    let binary = target_dir()?.join("release/bedside");
    let data = wish.data.unwrap_or_else(|| root.join("bedside-data"));
    let mut serve = program(&binary).args(&["serve", "--data"]).args(&[&data]);
    if let Some(port) = wish.port {
        serve = serve.args(&["--listen", &format!("127.0.0.1:{port}")]);
    }
    eprintln!(
        "Starting. Press Ctrl-C to stop; what you entered stays in {}.\n",
        data.display()
    );
    let mut command = serve.into_command();
    command.stdin(Stdio::null());
    let mut server = Group::start(&mut command, Signal::TERM, Duration::from_secs(15))
        .with_context(|| format!("{} could not be started", binary.display()))?;
    loop {
        if let Some(status) = server.child().try_wait()? {
            let code = status
                .code()
                .or(status.signal().map(|signal| 128 + signal))
                .unwrap_or(1);
            return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
        }
        if interrupted() {
            drop(server);
            eprintln!("\nBedside has stopped.");
            return Ok(ExitCode::SUCCESS);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What the person asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    data: Option<PathBuf>,
    port: Option<u16>,
}

impl Wish {
    fn read(args: &[String]) -> anyhow::Result<Self> {
        let mut wish = Self {
            data: None,
            port: None,
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || {
                args.next()
                    .with_context(|| format!("{arg} needs a value after it."))
            };
            match arg.as_str() {
                "--data" => wish.data = Some(PathBuf::from(value()?)),
                "--port" => {
                    let text = value()?;
                    let port = text.parse().ok().filter(|port| *port > 0);
                    wish.port = Some(port.with_context(|| {
                        format!("\"{text}\" is not a port. It is a number from 1 to 65535, for example --port 8080.")
                    })?);
                }
                other => bail!(
                    "\"{other}\" is not known here. It is: cargo xtask up [--data DIR] [--port N]"
                ),
            }
        }
        Ok(wish)
    }
}

#[cfg(test)]
mod tests {
    use super::Wish;

    fn read(args: &[&str]) -> anyhow::Result<Wish> {
        Wish::read(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn both_arguments_are_optional() {
        assert_eq!(
            read(&[]).unwrap(),
            Wish {
                data: None,
                port: None
            }
        );
        let wish = read(&["--port", "8081", "--data", "here"]).unwrap();
        assert_eq!(
            wish,
            Wish {
                data: Some("here".into()),
                port: Some(8081)
            }
        );
    }

    #[test]
    fn a_wrong_argument_is_told_plainly() {
        assert!(
            read(&["--port", "0"])
                .unwrap_err()
                .to_string()
                .contains("\"0\" is not a port")
        );
        assert!(
            read(&["--port"])
                .unwrap_err()
                .to_string()
                .contains("needs a value")
        );
        assert!(
            read(&["--prot", "1"])
                .unwrap_err()
                .to_string()
                .contains("not known here")
        );
    }
}
