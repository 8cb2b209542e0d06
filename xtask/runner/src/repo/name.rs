//! Names of git objects, made by us: a blob's name is the digest of
//! `blob SIZE NUL` and its bytes, in the repository's object format.

use std::io::{self, Read};

use kernel::ObjectId;
use sha1::Sha1;
use sha2::{Digest, Sha256};

pub(super) use crate::receipt::hex;

/// How a repository names its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectFormat {
    /// 40 hex digits.
    Sha1,
    /// 64 hex digits.
    Sha256,
}

impl ObjectFormat {
    /// How many bytes a name has.
    #[must_use]
    pub fn id_len(self) -> usize {
        match self {
            ObjectFormat::Sha1 => 20,
            ObjectFormat::Sha256 => 32,
        }
    }

    /// The name of the blob of `size_bytes` bytes that `content` holds; none
    /// where it holds another number (it is being written).
    pub(super) fn blob(self, size_bytes: u64, content: impl Read) -> io::Result<Option<ObjectId>> {
        match self {
            ObjectFormat::Sha1 => blob::<Sha1>(size_bytes, content),
            ObjectFormat::Sha256 => blob::<Sha256>(size_bytes, content),
        }
    }
}

fn blob<D: Digest>(size_bytes: u64, mut content: impl Read) -> io::Result<Option<ObjectId>> {
    let mut digest = D::new_with_prefix(format!("blob {size_bytes}\0"));
    let mut buffer = [0; 32 << 10];
    let mut read_bytes = 0;
    loop {
        let count = match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        digest.update(buffer.get(..count).unwrap_or_default());
        read_bytes += count as u64;
        if read_bytes > size_bytes {
            break;
        }
    }
    Ok((read_bytes == size_bytes).then(|| ObjectId::new(&hex(&digest.finalize()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_are_named_as_git_names_them() {
        let name = |format: ObjectFormat| format.blob(4, &b"one\n"[..]).unwrap().unwrap();
        // printf 'one\n' | git hash-object --stdin
        assert_eq!(name(ObjectFormat::Sha1).as_str(), "5626abf0f72e58d7a153368ba57db4c673c0e171");
        // git's name of the empty blob in a SHA-256 repository
        let empty = ObjectFormat::Sha256.blob(0, &b""[..]).unwrap().unwrap();
        let expected = "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813";
        assert_eq!(empty.as_str(), expected);
    }

    #[test]
    fn a_file_that_grows_or_shrinks_meanwhile_has_no_name() {
        assert_eq!(ObjectFormat::Sha1.blob(3, &b"one\n"[..]).unwrap(), None);
        assert_eq!(ObjectFormat::Sha1.blob(5, &b"one\n"[..]).unwrap(), None);
    }
}
