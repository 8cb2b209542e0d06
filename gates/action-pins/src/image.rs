//! The grammar of a container image: `[registry/]name[:tag][@algorithm:hex]`.
//!
//! Source: the reference grammar of github.com/distribution/reference.

/// An image as written, without `docker://`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageName {
    pub(crate) text: String,
}

/// What fixes an image's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pin {
    /// A whole digest: the content cannot change.
    Digest,
    /// A tag; it moves when somebody pushes.
    Tag(String),
    /// Neither tag nor digest: `latest` is meant.
    Nothing,
    /// An `@` followed by something that is no digest.
    BrokenDigest(String),
}

impl ImageName {
    /// Reads an image; whatever is not recognised is not pinned.
    pub(crate) fn read(text: &str) -> ImageName {
        ImageName { text: text.trim().to_owned() }
    }

    /// What fixes its content.
    pub(crate) fn pin(&self) -> Pin {
        if let Some((name, digest)) = self.text.split_once('@') {
            let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace());
            return match is_name && is_digest(digest) {
                true => Pin::Digest,
                false => Pin::BrokenDigest(digest.to_owned()),
            };
        }
        // A colon before the last slash separates a port.
        let last = self.text.rsplit('/').next().unwrap_or_default();
        match last.split_once(':') {
            Some((_, tag)) if !tag.is_empty() => Pin::Tag(tag.to_owned()),
            _ => Pin::Nothing,
        }
    }
}

/// Lower-case hex, as the OCI image specification asks.
pub(crate) fn is_digest(digest: &str) -> bool {
    let is_hex = |hex: &str, digits: usize| {
        hex.len() == digits && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    match digest.split_once(':') {
        Some(("sha256", hex)) => is_hex(hex, 64),
        Some(("sha512", hex)) => is_hex(hex, 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea9c3380ea";

    fn pin(text: &str) -> Pin {
        ImageName::read(text).pin()
    }

    #[test]
    fn only_a_whole_digest_pins() {
        assert_eq!(pin(&format!("node@sha256:{HEX}")), Pin::Digest);
        assert_eq!(pin(&format!("h:5000/a/node:22@sha256:{HEX}")), Pin::Digest);
        assert_eq!(pin(&format!("node@sha512:{HEX}{HEX}")), Pin::Digest);
        for broken in [
            "node@latest".to_owned(),
            format!("node@sha256:{}", &HEX[1..]),
            format!("node@sha256:{HEX}0"),
            format!("node@sha256:{}", HEX.to_uppercase()),
            format!("node@{HEX}"),
            format!("node@md5:{}", &HEX[..32]),
            format!("node@sha256:{HEX}@sha256:{HEX}"),
            format!("@sha256:{HEX}"),
        ] {
            assert!(matches!(pin(&broken), Pin::BrokenDigest(_)), "{broken}");
        }
        assert_eq!(pin("node:22"), Pin::Tag("22".into()));
        assert_eq!(pin("localhost:5000/x"), Pin::Nothing);
        assert_eq!(pin("node"), Pin::Nothing);
        assert_eq!(pin(&format!("node:{HEX}")), Pin::Tag(HEX.into()));
    }
}
