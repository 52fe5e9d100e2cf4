//! Lines of a stream, of bounded length.

use std::io::{BufRead, BufReader, Read};

/// Longest line that is read, in bytes.
pub const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Reads lines into memory that is used again; a line longer than [`LONGEST_LINE`] is skipped and said to be too long.
pub struct LineReader<R: Read> {
    input: BufReader<R>,
    line: Vec<u8>,
    number: u64,
}

/// What the next line is.
pub enum Line<'a> {
    Bytes(&'a [u8]),
    TooLong,
}

impl<R: Read> LineReader<R> {
    /// Reads from `input`.
    pub fn new(input: R) -> Self {
        Self {
            input: BufReader::with_capacity(128 * 1024, input),
            line: Vec::new(),
            number: 0,
        }
    }

    /// The next line with its number from 1, without its end; `None` at the end of the stream.
    ///
    /// # Errors
    /// The stream could not be read.
    pub fn next_line(&mut self) -> std::io::Result<Option<(u64, Line<'_>)>> {
        // A single huge line must not keep its memory for the rest of the stream.
        if self.line.capacity() > 1024 * 1024 {
            self.line = Vec::new();
        }
        self.line.clear();
        let mut too_long = false;
        let mut any = false;
        loop {
            let waiting = match self.input.fill_buf() {
                Ok(waiting) => waiting,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if waiting.is_empty() {
                break;
            }
            any = true;
            let end = waiting.iter().position(|b| *b == b'\n');
            let part = &waiting[..end.unwrap_or(waiting.len())];
            if self.line.len() + part.len() > LONGEST_LINE {
                too_long = true;
                self.line = Vec::new();
            }
            if !too_long {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        if too_long {
            return Ok(Some((self.number, Line::TooLong)));
        }
        let line = self.line.strip_suffix(b"\r").unwrap_or(&self.line);
        let line = if self.number == 1 {
            line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
        } else {
            line
        };
        Ok(Some((self.number, Line::Bytes(line))))
    }

    /// Nothing more has come in yet: a good moment to send the answers so far.
    pub fn waits(&self) -> bool {
        self.input.buffer().is_empty()
    }
}
