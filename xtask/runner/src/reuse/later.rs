//! What of a kept result is parsed only where somebody wants it.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

/// A `T` as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Later<T> {
    text: Box<RawValue>,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Later<T> {
    /// None where it cannot be written as JSON.
    #[must_use]
    pub fn of(value: &T) -> Option<Later<T>> {
        Some(Later { text: to_raw_value(value).ok()?, of: PhantomData })
    }

    /// None where it is none.
    #[must_use]
    pub fn get(&self) -> Option<T> {
        serde_json::from_str(self.text.get()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_as_it_was_and_a_wrong_one_as_none() {
        let text = serde_json::to_string(&Later::of(&vec![1_u8, 2])).unwrap();
        assert_eq!(text, "[1,2]");
        let read: Later<Vec<u8>> = serde_json::from_str(&text).unwrap();
        assert_eq!(read.get(), Some(vec![1, 2]));
        let wrong: Later<Vec<u8>> = serde_json::from_str(r#"{"a": 1}"#).unwrap();
        assert_eq!(wrong.get(), None);
    }
}
