//! Objects that no pack has, one at a time: git reads them.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::sync::{Mutex, PoisonError};

use git_bulk::{Error, Id, Kind};

use crate::git::{Git, Input, Stream};

/// A process of git that is asked for objects, started by the first question.
pub struct Loose {
    git: Git,
    process: Mutex<Option<Stream>>,
}

impl Loose {
    /// Of the repository of `git`.
    pub fn new(git: Git) -> Loose {
        Loose { git, process: Mutex::default() }
    }

    /// One object.
    pub fn read(&self, id: &Id) -> Result<(Kind, Vec<u8>), Error> {
        let missing = |said: String| Error::Missing { id: *id, said };
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        if process.is_none() {
            let started = self.git.stream(&["cat-file", "--batch"], Input::Piped);
            *process = Some(started.map_err(|error| missing(error.to_string()))?);
        }
        let answer = process.as_mut().map_or(Ok(Answer::None(String::new())), |it| ask(it, id));
        match answer {
            Ok(Answer::Object(kind, bytes)) => Ok((kind, bytes)),
            Ok(Answer::TooLarge(size_bytes)) => {
                // What it goes on to say is of no use to the next question.
                *process = None;
                Err(Error::TooLarge { id: id.to_string(), size_bytes })
            }
            Ok(Answer::None(said)) => Err(missing(said)),
            Err(error) => {
                *process = None;
                Err(missing(error.to_string()))
            }
        }
    }
}

enum Answer {
    Object(Kind, Vec<u8>),
    TooLarge(u64),
    /// What git said instead.
    None(String),
}

fn ask(process: &mut Stream, id: &Id) -> io::Result<Answer> {
    let closed = || io::Error::other("it has no pipe");
    let stdin = process.stdin.as_mut().ok_or_else(closed)?;
    stdin.write_all(format!("{id}\n").as_bytes())?;
    stdin.flush()?;
    let reader = process.reader().ok_or_else(closed)?;
    let mut header = String::new();
    reader.read_line(&mut header)?;
    // `<id> <type> <size>`, or `<id> missing`.
    let mut words = header.split_whitespace().skip(1);
    let (kind, size) = (words.next(), words.next().and_then(|size| size.parse::<u64>().ok()));
    let (Some(kind), Some(size)) = (kind, size) else {
        return Ok(Answer::None(format!("git says '{}'", header.trim())));
    };
    if size > crate::repo::SIZE_BYTES_MAX {
        return Ok(Answer::TooLarge(size));
    }
    let mut bytes = Vec::new();
    reader.by_ref().take(size.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != size.saturating_add(1) || bytes.pop() != Some(b'\n') {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    }
    let kind = match kind {
        "commit" => Kind::Commit,
        "tree" => Kind::Tree,
        "blob" => Kind::Blob,
        "tag" => Kind::Tag,
        kind => return Ok(Answer::None(format!("git says it is a '{kind}'"))),
    };
    Ok(Answer::Object(kind, bytes))
}
