//! Contents of git objects, through processes of `git cat-file --batch` that
//! stay open between reads.

use std::io::{BufRead, Read, Write};
use std::sync::{Mutex, PoisonError};

use camino::Utf8Path;
use kernel::{ObjectId, ReadError};

use super::listing;
use crate::git::{Git, Input, Stream};

/// A pool: each reading thread takes a process, or starts one where all are
/// taken. They end when the pool is dropped.
#[derive(Debug)]
pub(super) struct Objects {
    git: Git,
    size_bytes_max: u64,
    idle: Mutex<Vec<Stream>>,
}

/// How one question to `cat-file` ended.
enum Answer {
    /// The process is ready for the next.
    Ready(Result<Vec<u8>, ReadError>),
    /// An answer whose rest was not read.
    Spent(ReadError),
    /// The process broke off.
    Broken(String),
}

impl Objects {
    /// Objects of the repository that `git` stands in; blobs past
    /// `size_bytes_max` are not read.
    pub(super) fn new(git: Git, size_bytes_max: u64) -> Objects {
        Objects { git, size_bytes_max, idle: Mutex::default() }
    }

    /// The bytes of a blob.
    pub(super) fn blob(&self, id: &ObjectId) -> Result<Vec<u8>, ReadError> {
        if listing::id(id.as_str()).is_none() {
            return Err(ReadError::Unreadable(format!("'{id}' is no object of git's")));
        }
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(process) = idle {
            // One that sat idle may have been ended by somebody: ask a new one then.
            match self.ask(process, id) {
                Answer::Broken(_) => {}
                Answer::Ready(answer) => return answer,
                Answer::Spent(error) => return Err(error),
            }
        }
        let process = self.git.stream(&["cat-file", "--batch"], Input::Piped);
        let process = process.map_err(|error| ReadError::Unreadable(error.to_string()))?;
        match self.ask(process, id) {
            Answer::Ready(answer) => answer,
            Answer::Spent(error) => Err(error),
            Answer::Broken(reason) => Err(ReadError::Unreadable(reason)),
        }
    }

    /// The name under which git would store `bytes` as the file at `path`, by the
    /// filters that it has for that; none where git does not say.
    pub(super) fn name_as_stored(&self, path: &Utf8Path, bytes: &[u8]) -> Option<ObjectId> {
        let path = format!("--path={path}");
        let input = Input::Bytes(bytes.to_vec());
        let mut process = self.git.stream(&["hash-object", "--stdin", &path], input).ok()?;
        let mut name = String::new();
        process.reader()?.read_line(&mut name).ok()?;
        process.finish().ok()?;
        listing::id(name.trim_end()).map(ObjectId::new)
    }

    /// Asks `process` and puts it back where it can be asked again; dropped, it ends.
    fn ask(&self, mut process: Stream, id: &ObjectId) -> Answer {
        let answer = self.exchange(&mut process, id).unwrap_or_else(|error| {
            Answer::Broken(format!("git cat-file broke off at {id}: {error}"))
        });
        if matches!(answer, Answer::Ready(_)) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        }
        answer
    }

    fn exchange(&self, process: &mut Stream, id: &ObjectId) -> std::io::Result<Answer> {
        const HEADER_BYTES_MAX: u64 = 4096;
        let unready = || std::io::Error::other("it has no pipe");
        let stdin = process.stdin.as_mut().ok_or_else(unready)?;
        stdin.write_all(format!("{id}\n").as_bytes())?;
        stdin.flush()?;
        let reader = process.reader().ok_or_else(unready)?;
        let mut header = String::new();
        reader.by_ref().take(HEADER_BYTES_MAX).read_line(&mut header)?;
        let mut words = header.trim_end().split(' ').skip(1);
        let (kind, size) = (words.next(), words.next());
        if kind == Some("missing") {
            return Ok(Answer::Ready(Err(ReadError::Unreadable(format!(
                "its object {} is not in this clone: get it with 'git fetch --refetch --no-filter'",
                id.short()
            )))));
        }
        let Some(size_bytes) = size.and_then(|size| size.parse::<u64>().ok()) else {
            return Ok(Answer::Broken(format!("git cat-file said {header:?} of {id}")));
        };
        let size_bytes_max = self.size_bytes_max;
        if size_bytes > size_bytes_max {
            return Ok(Answer::Spent(ReadError::TooLarge { size_bytes, size_bytes_max }));
        }
        // Grows with what comes: the size is only what git says.
        let mut bytes = Vec::new();
        reader.by_ref().take(size_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != size_bytes.saturating_add(1) || bytes.pop() != Some(b'\n') {
            return Ok(Answer::Broken(format!("git cat-file ended within {id}")));
        }
        Ok(Answer::Ready(match kind {
            Some("blob") => Ok(bytes),
            kind => Err(ReadError::Unreadable(format!(
                "its object {} is a {}, not a blob",
                id.short(),
                kind.unwrap_or("thing")
            ))),
        }))
    }
}
