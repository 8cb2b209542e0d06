//! The bytes of a file that was built.

use camino::Utf8Path;
use kernel::{ArtifactRequest, GateError, Reply};

/// More than any program that is shipped; all of it is held in memory.
const SIZE_BYTES_MAX: u64 = 2 << 30;

/// Reads it. One that is not there, or empty, was not built: an error, since
/// nothing can be said of it.
pub fn reply(root: &Utf8Path, wanted: &ArtifactRequest) -> Result<Reply, GateError> {
    let path = &wanted.path;
    let error = |why: String| {
        GateError::environment("missing-artifact", format!("the artifact '{path}' {why}"))
            .hint("build it before this gate runs: name the gate that does in 'needs'")
    };
    let at = root.join(path);
    let about =
        std::fs::metadata(&at).map_err(|reason| error(format!("is not there: {reason}")))?;
    if !about.is_file() || about.len() == 0 {
        return Err(error("is no file with content".to_owned()));
    }
    if about.len() > SIZE_BYTES_MAX {
        return Err(error(format!("is {} bytes; the limit is {SIZE_BYTES_MAX}", about.len())));
    }
    let bytes =
        std::fs::read(&at).map_err(|reason| error(format!("could not be read: {reason}")))?;
    Ok(Reply::Artifact { bytes })
}
