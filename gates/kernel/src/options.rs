//! A gate's own keys of ci.toml.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use crate::ConfigError;

/// A gate's own keys, still in the document they stand in, so that an error
/// can point at them. The document is small: it is parsed again by each
/// reader, which saves every holder of options a lifetime.
#[derive(Clone, Debug)]
pub struct Options {
    document: Arc<str>,
    table: Vec<String>,
    without: Vec<String>,
    over: Option<Arc<Options>>,
}

impl Options {
    /// The keys of the table at `table` (e.g. `["gate", "unit"]`) in
    /// `document`, without those that every gate has in common.
    #[must_use]
    pub fn at(document: Arc<str>, table: &[&str], without: &[&str]) -> Options {
        let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        Options { document, table: owned(table), without: owned(without), over: None }
    }

    /// The keys of a whole document, for tests and examples.
    #[must_use]
    pub fn of(document: &str) -> Options {
        Options::at(Arc::from(document), &[], &[])
    }

    /// No keys: every option at its default.
    #[must_use]
    pub fn none() -> Options {
        Options::of("")
    }

    /// These keys, with `over`'s on top where both have one.
    #[must_use]
    pub fn with(mut self, over: Options) -> Options {
        let over = match self.over.take() {
            Some(present) => (*present).clone().with(over),
            None => over,
        };
        self.over = Some(Arc::new(over));
        self
    }

    /// Reads them as the gate's type, which denies unknown fields.
    ///
    /// # Errors
    /// A key that the type does not have, or a value of another type; the
    /// error knows where in the document.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        let table = self.merged()?;
        T::deserialize(Deserializer::from(table)).map_err(|error| from_toml(&error))
    }

    /// The keys as they will be read, in a form that is equal for equal
    /// options: sorted, without comments. For digests.
    ///
    /// # Errors
    /// The document is no TOML.
    pub fn canonical(&self) -> Result<String, ConfigError> {
        let table: toml::Table = self.read()?;
        Ok(table.to_string())
    }

    fn merged(&self) -> Result<Spanned<DeTable<'_>>, ConfigError> {
        let mut table = self.own_table()?;
        if let Some(over) = &self.over {
            for (key, value) in over.merged()?.into_inner() {
                table.get_mut().insert(key, value);
            }
        }
        Ok(table)
    }

    fn own_table(&self) -> Result<Spanned<DeTable<'_>>, ConfigError> {
        let mut table = DeTable::parse(&self.document).map_err(|error| from_toml(&error))?;
        for name in &self.table {
            let value = table.into_inner().remove(name.as_str());
            let empty = || Spanned::new(0..0, DeValue::Table(DeTable::new()));
            let value = value.unwrap_or_else(empty);
            let span: Range<usize> = value.span();
            let DeValue::Table(inner) = value.into_inner() else {
                let error = ConfigError::new(format!(
                    "'{name}' is no table; write [{}]",
                    self.table.join(".")
                ));
                return Err(error.span(span));
            };
            table = Spanned::new(span, inner);
        }
        for name in &self.without {
            table.get_mut().remove(name.as_str());
        }
        Ok(table)
    }
}

fn from_toml(error: &toml::de::Error) -> ConfigError {
    let config = ConfigError::new(error.message().to_owned());
    match error.span() {
        Some(span) => config.span(span),
        None => config,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Own {
        depth: u32,
        name: String,
    }

    impl Default for Own {
        fn default() -> Own {
            Own { depth: 1, name: "default".into() }
        }
    }

    const DOCUMENT: &str = "[gate.x]\nowner = \"me\"\ndepth = 3\n[gate.y]\ndpeth = 4\n";

    fn options(gate: &str) -> Options {
        Options::at(Arc::from(DOCUMENT), &["gate", gate], &["owner"])
    }

    #[test]
    fn common_keys_are_not_the_gates() {
        assert_eq!(options("x").read::<Own>().unwrap(), Own { depth: 3, name: "default".into() });
    }

    #[test]
    fn an_unknown_key_is_pointed_at() {
        let error = options("y").read::<Own>().unwrap_err();
        let span = error.span.unwrap();
        assert_eq!(&DOCUMENT[span], "dpeth");
        assert!(error.message.contains("depth"), "{}", error.message);
    }

    #[test]
    fn keys_laid_over_win_and_the_rest_stays() {
        let over = options("x").with(Options::of("name = \"n\"\n")).with(Options::of("depth = 9"));
        assert_eq!(over.read::<Own>().unwrap(), Own { depth: 9, name: "n".into() });
    }

    #[test]
    fn canonical_form_forgets_order_and_comments() {
        let a = Options::of("b = 1 # why\na = 2").canonical().unwrap();
        assert_eq!(a, Options::of("a = 2\nb = 1").canonical().unwrap());
        assert_ne!(a, Options::of("a = 2").canonical().unwrap());
    }

    #[test]
    fn a_missing_table_has_no_keys() {
        assert_eq!(options("z").read::<Own>().unwrap(), Own::default());
    }
}
