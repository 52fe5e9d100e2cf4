//! The ends of the record, kept in a file outside the database: one line an anchor, appended after each commit.
//!
//! Whoever rewrites or cuts the tables must also rewrite this file to hide it; operators may copy it elsewhere.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
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
            *file = OpenOptions::new()
                .create(true)
                .append(true)
                .open(&self.0.path)
                .ok();
        }
        let written = file.as_mut().map(|file| file.write_all(lines.as_bytes()));
        if !matches!(written, Some(Ok(()))) {
            *file = None;
            tracing::error!(
                "the record's anchor file cannot be written; check the disk of the data folder"
            );
        }
    }

    /// The anchors of one practice. A last line cut short by a crash is passed over.
    pub fn read(&self, practice: PracticeId) -> Vec<Anchor> {
        let Ok(file) = File::open(&self.0.path) else {
            return Vec::new();
        };
        BufReader::new(file)
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Anchor>(&line).ok())
            .filter(|anchor| anchor.practice == practice)
            .collect()
    }
}
