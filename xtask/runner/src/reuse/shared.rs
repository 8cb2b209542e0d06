//! A cache that a team shares, by the plain HTTP protocol of remote build caches.
//!
//! ```text
//! /ac/<context>   what was asked of the tree in that context: a few lists
//! /ac/<key>       where the result for one set of answers lies, and its size
//! /cas/<sha256>   the result
//! ```
//!
//! What comes back is believed where its digest is the one it was asked by, and
//! where it names the same context and the same answers as this run has. A server
//! that fails is left alone for the rest of the run: a cache only saves time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kernel::Tree;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use ureq::http::StatusCode;

use super::{Asked, Context, KEPT_MAX, Kept, Read, SIZE_BYTES_MAX, Standing, key};
use crate::ci;
use crate::config::{Cache, Write};
use crate::github::{agent, is_loopback};
use crate::receipt::sha256;

/// For one request: judging anew takes no longer.
const TIME_MAX: Duration = Duration::from_secs(3);
/// Version of what lies under an address.
const FORM: u32 = 1;

/// The server.
pub struct Shared {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
    writes: bool,
    fault: Mutex<Option<String>>,
}

/// What gates in one context asked of their trees.
#[derive(Default, Serialize, Deserialize)]
struct Questions {
    form: u32,
    asked: Vec<Asked>,
}

/// Where a result lies.
#[derive(Serialize, Deserialize)]
struct Place {
    form: u32,
    sha256: String,
    size_bytes: usize,
}

impl Shared {
    /// The cache that ci.toml names.
    ///
    /// # Errors
    /// Its address is none, or its token would leave in the clear.
    pub fn open(cache: &Cache) -> Result<Shared, String> {
        let base = cache.url.trim_end_matches('/').to_owned();
        let agent = agent(&base)?;
        let named = cache.token_env.as_ref().and_then(|name| std::env::var(name).ok());
        let token = named.filter(|token| !token.is_empty());
        if token.is_some() && base.starts_with("http://") && !is_loopback(&base) {
            return Err(format!("'{base}' would get the token in the clear; write https://"));
        }
        let writes = match cache.write {
            Write::Never => false,
            Write::Ci => ci::is_ci() && !ci::is_of_fork(),
            Write::Always => !ci::is_of_fork(),
        };
        Ok(Shared { agent, base, token, writes, fault: Mutex::new(None) })
    }

    /// Whether results of this run go there.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.writes
    }

    /// Why it was left alone, if it was.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A result in `context` that stands over `tree`.
    pub(super) fn find(&self, context: &Context, tree: &Tree) -> Option<Standing> {
        let questions = self.questions(context)?;
        questions.asked.into_iter().take(KEPT_MAX).find_map(|asked| {
            let inputs = asked.answered(tree)?;
            let digest = inputs.digest();
            let key = key(context, &digest);
            let kept = self.result(&key)?;
            let is_of_this = kept.context == *context
                && kept.asked.get().is_some_and(|of| of == asked)
                && kept.inputs == digest
                && kept.passed.is_none();
            if !is_of_this {
                self.fail(format!("{}/ac/{key} holds a result of something else", self.base));
                return None;
            }
            let read = Arc::new(Read::later(kept.asked.clone(), tree));
            Some(Standing { key, kept, read })
        })
    }

    /// Leaves a result for the others: first what is named, then what names it.
    pub(super) fn put(&self, kept: &Kept) {
        let Ok(body) = serde_json::to_vec(kept) else { return };
        if !self.writes || body.len() > SIZE_BYTES_MAX {
            return;
        }
        let place = Place { form: FORM, sha256: sha256(&body), size_bytes: body.len() };
        let key = key(&kept.context, &kept.inputs);
        let is_there = self.send(&format!("cas/{}", place.sha256), &body)
            && self.send(&format!("ac/{key}"), &serde_json::to_vec(&place).unwrap_or_default());
        let mut questions = self.questions(&kept.context).unwrap_or_default();
        if let Some(asked) = kept.asked.get().filter(|_| is_there)
            && !questions.asked.contains(&asked)
        {
            questions.form = FORM;
            questions.asked.insert(0, asked);
            questions.asked.truncate(KEPT_MAX);
            let text = serde_json::to_vec(&questions).unwrap_or_default();
            self.send(&format!("ac/{}", name(&kept.context)), &text);
        }
    }

    fn questions(&self, context: &Context) -> Option<Questions> {
        let questions: Questions = self.json(&format!("ac/{}", name(context)))?;
        (questions.form == FORM).then_some(questions)
    }

    fn result(&self, key: &str) -> Option<Kept> {
        let place: Place = self.json(&format!("ac/{key}"))?;
        let is_name =
            place.sha256.len() == 64 && place.sha256.bytes().all(|b| b.is_ascii_hexdigit());
        if place.form != FORM || !is_name {
            return None;
        }
        let path = format!("cas/{}", place.sha256);
        let body = self.get(&path)?;
        if sha256(&body) != place.sha256 {
            self.fail(format!("{}/{path} is not what its name says", self.base));
            return None;
        }
        self.parsed(&path, &body)
    }

    fn json<T: DeserializeOwned>(&self, path: &str) -> Option<T> {
        let body = self.get(path)?;
        self.parsed(path, &body)
    }

    fn parsed<T: DeserializeOwned>(&self, path: &str, body: &[u8]) -> Option<T> {
        let parsed = serde_json::from_slice(body);
        parsed
            .map_err(|error| self.fail(format!("{}/{path} cannot be read: {error}", self.base)))
            .ok()
    }

    fn get(&self, path: &str) -> Option<Vec<u8>> {
        if self.fault().is_some() {
            return None;
        }
        let request = self.agent.get(format!("{}/{path}", self.base));
        let request = request.config().timeout_global(Some(TIME_MAX)).build();
        let request =
            self.tokens().fold(request, |request, (name, value)| request.header(name, value));
        let answer = request.call().map_err(|error| self.fail(format!("{}: {error}", self.base)));
        let mut answer = answer.ok()?;
        match answer.status() {
            StatusCode::NOT_FOUND => None,
            StatusCode::OK => {
                let limit = u64::try_from(SIZE_BYTES_MAX).unwrap_or(u64::MAX);
                let body = answer.body_mut().with_config().limit(limit).read_to_vec();
                body.map_err(|error| self.fail(format!("{}/{path}: {error}", self.base))).ok()
            }
            status => {
                self.fail(format!("{}/{path} answered {}", self.base, status.as_u16()));
                None
            }
        }
    }

    /// Whether it took it.
    fn send(&self, path: &str, body: &[u8]) -> bool {
        if self.fault().is_some() {
            return false;
        }
        let request = self.agent.put(format!("{}/{path}", self.base));
        let request = request.config().timeout_global(Some(TIME_MAX)).build();
        let request =
            self.tokens().fold(request, |request, (name, value)| request.header(name, value));
        match request.send(body) {
            Ok(answer) if answer.status().is_success() => true,
            Ok(answer) => {
                let status = answer.status().as_u16();
                self.fail(format!("{} takes nothing: it answered {status}", self.base));
                false
            }
            Err(error) => {
                self.fail(format!("{}: {error}", self.base));
                false
            }
        }
    }

    fn tokens(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.token.iter().map(|token| ("Authorization", format!("Bearer {token}")))
    }

    /// The first fault is told, and ends the asking.
    fn fail(&self, text: String) {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.get_or_insert(text);
    }
}

/// What is asked in `context` lies under this name.
fn name(context: &Context) -> String {
    sha256(format!("questions {FORM} {context:?}").as_bytes())
}
