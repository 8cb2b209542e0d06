//! What the tag of an image stood for.

use serde::Deserialize;

use super::{expected, is_day, is_name};
use crate::image::is_digest;

pub(super) const FORM: &str =
    "an entry is: { image = \"node:22\", digest = \"sha256:<64 hex>\", when = \"2026-01-31\" }";

/// The digest of an image's index, or of the image where it has no index.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagePin {
    /// With its tag, as it is written where it is used.
    pub image: String,
    /// `sha256:…`.
    pub digest: String,
    /// The day on which it was asked, `YYYY-MM-DD`.
    pub when: String,
}

impl ImagePin {
    /// What is wrong with it, if anything is.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if !is_name(&self.image) || self.image.contains('@') {
            return expected("image", "an image with its tag", &self.image);
        }
        if !is_digest(&self.digest) {
            return expected("digest", "'sha256:' and 64 hex digits", &self.digest);
        }
        if !is_day(&self.when) {
            return expected("when", "a day like '2026-01-31'", &self.when);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::pins::Pins;

    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_faults_are_told() {
        let digest = format!("sha256:{}", "9c".repeat(32));
        let image = |image: &str| ImagePin {
            image: image.to_owned(),
            digest: digest.clone(),
            when: "2026-11-21".to_owned(),
        };
        let mut pins = Pins::default();
        for name in ["node:22", "h:5000/a/b:1"] {
            assert!(pins.insert_image(image(name)).is_none());
        }
        let good = pins.text();
        assert_eq!(Pins::read(&good).unwrap(), pins);
        assert!(pins.image("node:22").is_some() && pins.image("node:23").is_none());
        for (from, to, words) in [
            ("node:22", "node@x", "expected an image with its tag"),
            (&*digest, "sha256:9c", "expected 'sha256:' and 64 hex digits"),
            ("2026-11-21", "1", "expected a day"),
        ] {
            let error = Pins::read(&good.replace(from, to)).unwrap_err();
            assert!(error.message.contains(words), "{}", error.message);
            assert!(error.hint.unwrap().contains("image = "), "{words}");
        }
    }
}
