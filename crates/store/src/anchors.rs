//! The ends of the record, kept in a file outside the database: one line an anchor, appended after each commit.
//!
//! Whoever rewrites or cuts the tables must also rewrite this file to hide it; operators may copy it elsewhere.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bedside_core::PracticeId;
use bedside_core::audit::Anchor;

#[derive(Clone)]
pub(crate) struct Anchors(Arc<Inner>);

struct Inner {
    path: PathBuf,
    file: Mutex<Option<File>>,
}

impl Anchors {
    pub fn at(path: PathBuf) -> Self {
        Self(Arc::new(Inner {
            path,
            file: Mutex::new(None),
        }))
    }

    /// Appends anchors. A failure here must not undo what is committed: it is told in the log, and the next one
    /// anchors all that came before.
    pub fn write(&self, anchors: &[Anchor]) {
        if anchors.is_empty() {
            return;
        }
        let mut lines = String::new();
        for anchor in anchors {
            lines.push_str(&crate::db::json(anchor));
            lines.push('\n');
        }
        let mut file = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            *file = open(&self.0.path).ok();
        }
        let written = file.as_mut().map(|file| file.write_all(lines.as_bytes()));
        if !matches!(written, Some(Ok(()))) {
            *file = None;
            tracing::error!(
                "the record's anchor file cannot be written; check the disk of the data folder"
            );
        }
    }

    /// The anchors of one practice. Lines that cannot be read (one cut short by a crash) are passed over.
    pub fn read(&self, practice: PracticeId) -> Vec<Anchor> {
        let Ok(file) = File::open(&self.0.path) else {
            return Vec::new();
        };
        BufReader::new(file)
            .split(b'\n')
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_slice::<Anchor>(&line).ok())
            .filter(|anchor| anchor.practice == practice)
            .collect()
    }
}

/// Opens the file for appending; a line that a crash cut short is ended first, so that it does not swallow the next.
fn open(path: &Path) -> std::io::Result<File> {
    let mut file = OpenOptions::new()
        .create(true)
        .read(true)
        .append(true)
        .open(path)?;
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}
