//! One GET, asked again while that can help: a server's fault or a rate limit
//! is waited out, as long as the deadline allows; everything else is told at
//! once, with its own name.

use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use ureq::http::StatusCode;

use super::headers::{is_rate_limited, next, retry_after};
use super::wire::Page;
use crate::exec::Cancel;

/// Larger answers are refused: a receipt has at most 8 MiB, a list less.
const BODY_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// For one request.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
/// Each pause is twice the one before it, up to the longest.
const PAUSE_FIRST: Duration = Duration::from_millis(250);
const PAUSE_LONGEST: Duration = Duration::from_secs(30);
/// Asked so often at most, longer only while the user waits.
const ATTEMPTS_MAX: u32 = 6;
/// How long a pause lasts without a look at the signals.
const SLICE: Duration = Duration::from_millis(50);

/// Why GitHub gave no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The token is missing, wrong, or may not see this.
    Auth(String),
    /// No answer, again and again.
    Unreachable(String),
    /// An answer that is not what is documented.
    Garbled(String),
    /// Ctrl-C while waiting.
    Interrupted(u8),
}

impl ApiError {
    /// The reason code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            ApiError::Auth(_) => "api-auth",
            ApiError::Unreachable(_) => "api-unreachable",
            ApiError::Garbled(_) => "api-garbled",
            ApiError::Interrupted(_) => "interrupted",
        }
    }

    /// In words.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            ApiError::Auth(text) | ApiError::Unreachable(text) | ApiError::Garbled(text) => text,
            ApiError::Interrupted(_) => "interrupted",
        }
    }
}

/// A server, how to ask it, and until when.
#[derive(Clone)]
pub struct Http {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
    patience: Patience,
    cancel: Cancel,
}

/// What asks the server at `base`, if this build can.
///
/// # Errors
/// The address is none, or needs what this build leaves out.
pub fn agent(base: &str) -> Result<ureq::Agent, String> {
    let is_secure = base.starts_with("https://");
    if !is_secure && !base.starts_with("http://") {
        return Err(format!("'{base}' is no address; write https://HOST or https://HOST/api/v3"));
    }
    if is_secure && !cfg!(feature = "https") {
        return Err(format!(
            "'{base}' needs TLS, which this build leaves out; use 'cargo xtask-online', or install with --features https"
        ));
    }
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        // Whoever is asked over TLS sends nobody on without it.
        .https_only(is_secure)
        // Its own User-Agent is what GitHub asks of every client.
        .user_agent(concat!("gate-runner/", env!("CARGO_PKG_VERSION")));
    // What this machine is asked for leaves it by no proxy, token and all.
    let config = if is_loopback(base) { config.proxy(None) } else { config };
    #[cfg(feature = "https")]
    let config = super::tls::with_roots(config)?;
    Ok(config.build().into())
}

/// How long a server that fails is asked again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The user's own wait: until then it is asked however often it failed.
    pub wait: Instant,
    /// Nothing is asked any more.
    pub deadline: Instant,
}

impl Http {
    /// `base` is the API's address without a slash at its end. `token` is sent
    /// to that server alone.
    ///
    /// # Errors
    /// The address is none, or a token would leave this machine in the clear.
    pub fn new(
        base: &str,
        token: Option<String>,
        patience: Patience,
        cancel: Cancel,
    ) -> Result<Http, String> {
        let base = base.trim_end_matches('/').to_owned();
        let is_secure = base.starts_with("https://");
        let agent = agent(&base)?;
        if !is_secure && token.is_some() && !is_loopback(&base) {
            return Err(format!("'{base}' would get the token in the clear; write https://"));
        }
        Ok(Http { agent, base, token, patience, cancel })
    }

    /// The API's address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A JSON answer.
    ///
    /// # Errors
    /// Each way to have none.
    pub fn json<T: DeserializeOwned>(&self, url: &str) -> Result<T, ApiError> {
        self.json_or_missing(url)?.ok_or_else(|| missing(url))
    }

    /// A JSON answer, none where there is nothing at this address.
    ///
    /// # Errors
    /// Each way to have none.
    pub fn json_or_missing<T: DeserializeOwned>(&self, url: &str) -> Result<Option<T>, ApiError> {
        match self.get(url)? {
            Some(answer) => parsed(url, &answer.body).map(Some),
            None => Ok(None),
        }
    }

    /// A page of a list, and the address of the next one.
    ///
    /// # Errors
    /// Each way to have none; a next page on another server.
    pub fn page<P: Page + DeserializeOwned>(
        &self,
        url: &str,
    ) -> Result<(P, Option<String>), ApiError> {
        let answer = self.get(url)?.ok_or_else(|| missing(url))?;
        let page = parsed(url, &answer.body)?;
        if let Some(next) = &answer.next
            && !next.starts_with(&format!("{}/", self.base))
        {
            return Err(ApiError::Garbled(format!("the next page is on another server: {next}")));
        }
        Ok((page, answer.next))
    }

    /// The bytes at an address, of another server too if it redirects there;
    /// the token stays here.
    ///
    /// # Errors
    /// Each way to have none.
    pub fn bytes(&self, url: &str) -> Result<Vec<u8>, ApiError> {
        self.get(url)?.map(|answer| answer.body).ok_or_else(|| missing(url))
    }

    fn get(&self, url: &str) -> Result<Option<Answer>, ApiError> {
        let mut pause = PAUSE_FIRST;
        for attempt in 1.. {
            let again = match self.once(url) {
                Ok(Asked::Answer(answer)) => return Ok(answer),
                Ok(Asked::Again(again)) => again,
                Err(error) => return Err(error),
            };
            let now = Instant::now();
            let left = self.patience.wait.saturating_duration_since(now);
            let is_last = attempt >= ATTEMPTS_MAX && left.is_zero();
            // The last look is at the wait's end, not before it.
            let own = if attempt < ATTEMPTS_MAX { pause } else { pause.min(left) };
            let wait = again.after.unwrap_or(own);
            // A server may name a time that no clock has.
            let then = now.checked_add(wait);
            if is_last || then.is_none_or(|then| then > self.patience.deadline) {
                let more = again.after.map(|after| format!(", wanted {after:?} more"));
                let more = more.filter(|_| !is_last).unwrap_or_default();
                let text = format!("{} (asked {attempt} times{more})", again.text);
                return Err((again.error)(text));
            }
            self.sleep(wait)?;
            pause = PAUSE_LONGEST.min(pause * 2);
        }
        Ok(None)
    }

    /// Sleeps, and wakes where the user has had enough.
    ///
    /// # Errors
    /// Interrupted.
    pub fn sleep(&self, time: Duration) -> Result<(), ApiError> {
        let until = Instant::now() + time;
        loop {
            if let Some(code) = self.cancel.exit_code() {
                return Err(ApiError::Interrupted(code));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(SLICE));
        }
    }

    fn once(&self, url: &str) -> Result<Asked, ApiError> {
        let left = self.patience.deadline.saturating_duration_since(Instant::now());
        let time = left.clamp(Duration::from_secs(1), REQUEST_TIME_MAX);
        let mut request = self
            .agent
            .get(url)
            .config()
            .timeout_global(Some(time))
            .build()
            .header("Accept", "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28");
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let again = |text: String| Ok(Asked::Again(Again::unreachable(text, None)));
        let mut response = match request.call() {
            Ok(response) => response,
            Err(error) => return again(format!("{}: {error}", shown(url))),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.body_mut().with_config().limit(BODY_BYTES_MAX).read_to_vec();
        let told = || format!("{} answered {}", shown(url), status.as_u16());
        if status == StatusCode::NOT_FOUND {
            return Ok(Asked::Answer(None));
        }
        if is_rate_limited(status, &headers) {
            let text = format!("{}: too many requests", told());
            let after = retry_after(&headers, jiff::Timestamp::now());
            return Ok(Asked::Again(Again::unreachable(text, after)));
        }
        if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN {
            let why = match self.token {
                Some(_) if status == StatusCode::UNAUTHORIZED => {
                    "the token is wrong, revoked or expired"
                }
                Some(_) => {
                    "the token may not read this: it needs 'actions: read' and 'contents: read'"
                }
                None => "no token: set GITHUB_TOKEN",
            };
            return Err(ApiError::Auth(format!("{}: {why}", told())));
        }
        if status.is_server_error() {
            let after = retry_after(&headers, jiff::Timestamp::now());
            return Ok(Asked::Again(Again::unreachable(told(), after)));
        }
        if !status.is_success() {
            return Err(ApiError::Garbled(told()));
        }
        match body {
            Ok(body) => Ok(Asked::Answer(Some(Answer { body, next: next(&headers) }))),
            // The connection ended early: the next answer may be whole.
            Err(error) => Ok(Asked::Again(Again {
                text: format!("{}: {error}", shown(url)),
                after: None,
                error: ApiError::Garbled,
            })),
        }
    }
}

struct Answer {
    body: Vec<u8>,
    next: Option<String>,
}

enum Asked {
    Answer(Option<Answer>),
    Again(Again),
}

/// Why to ask again, and when.
struct Again {
    text: String,
    after: Option<Duration>,
    /// What it is if it stays so.
    error: fn(String) -> ApiError,
}

impl Again {
    fn unreachable(text: String, after: Option<Duration>) -> Again {
        Again { text, after, error: ApiError::Unreachable }
    }
}

fn missing(url: &str) -> ApiError {
    // GitHub answers so, too, to whoever may not know that it exists.
    ApiError::Auth(format!(
        "{} answered 404: there is no such repository, or the token may not see it",
        shown(url)
    ))
}

fn parsed<T: DeserializeOwned>(url: &str, body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        ApiError::Garbled(format!("{} is not what GitHub documents: {error}", shown(url)))
    })
}

/// An address for people: what is asked for, not how.
fn shown(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

/// Whether what is sent there stays on this machine.
pub fn is_loopback(base: &str) -> bool {
    let host = base.trim_start_matches("http://");
    let host = host.split('/').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    // What looks like host and port before an '@' is a user's name and password.
    !host.contains('@') && ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_sent_in_the_clear() {
        let now = Patience { wait: Instant::now(), deadline: Instant::now() };
        let new = |base: &str, token: Option<&str>| {
            Http::new(base, token.map(str::to_owned), now, Cancel::new()).map(|_| ())
        };
        assert!(new("http://127.0.0.1:80/", Some("t")).is_ok());
        assert!(new("http://example.invalid", None).is_ok());
        for base in [
            "http://example.invalid",
            "http://127.0.0.1@example.invalid",
            "http://localhost.evil/x",
            "http://localhost:80@example.invalid",
            "http://127.0.0.1:x@example.invalid/api",
        ] {
            assert!(new(base, Some("t")).unwrap_err().contains("in the clear"), "{base}");
        }
        assert!(new("example.invalid", None).unwrap_err().contains("no address"));
    }
}
