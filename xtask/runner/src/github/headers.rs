//! What the headers of an answer ask for: a pause, the next page; and names as
//! addresses carry them.

use std::time::Duration;

use ureq::http::{HeaderMap, StatusCode};

/// Whether an answer says that too much was asked.
#[must_use]
pub fn is_rate_limited(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_used_up = header(headers, "x-ratelimit-remaining") == Some("0");
    status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::FORBIDDEN && (is_used_up || headers.contains_key("retry-after"))
}

/// How long the server asks to be left alone.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: jiff::Timestamp) -> Option<Duration> {
    if let Some(after) = header(headers, "retry-after") {
        return after.trim().parse().ok().map(Duration::from_secs);
    }
    if header(headers, "x-ratelimit-remaining") != Some("0") {
        return None;
    }
    let reset: i64 = header(headers, "x-ratelimit-reset")?.parse().ok()?;
    let left = reset.saturating_sub(now.as_second()).max(0);
    u64::try_from(left).ok().map(|left| Duration::from_secs(left.saturating_add(1)))
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The address that a `Link` header calls `next`.
#[must_use]
pub fn next(headers: &HeaderMap) -> Option<String> {
    let link = header(headers, "link")?;
    link.split(',').find_map(|part| {
        let (address, relation) = part.split_once(';')?;
        let is_next = relation.split(';').any(|word| word.trim() == "rel=\"next\"");
        let address = address.trim().strip_prefix('<')?.strip_suffix('>')?;
        is_next.then(|| address.to_owned())
    })
}

/// A value of a query: everything that is not plainly a word is escaped.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// The same for a path: its slashes stay.
#[must_use]
pub fn encoded_path(path: &str) -> String {
    path.split('/').map(encoded).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_next_page_is_the_one_called_so() {
        let link = "<https://h/a?page=1>; rel=\"prev\", <https://h/a?page=3>; rel=\"next\"";
        assert_eq!(next(&headers(&[("link", link)])).unwrap(), "https://h/a?page=3");
        assert_eq!(next(&headers(&[("link", "<https://h/a>; rel=\"last\"")])), None);
        assert_eq!(next(&headers(&[("link", "nonsense")])), None);
    }

    #[test]
    fn a_server_says_how_long_to_wait() {
        let now: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let of = |pairs: &[(&'static str, &str)]| retry_after(&headers(pairs), now);
        assert_eq!(of(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(of(&[]), None);
        let reset = (now.as_second() + 60).to_string();
        let used_up = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)];
        assert_eq!(of(&used_up), Some(Duration::from_secs(61)));
        assert_eq!(of(&[("x-ratelimit-remaining", "9"), ("x-ratelimit-reset", &reset)]), None);
    }

    #[test]
    fn names_are_escaped() {
        assert_eq!(encoded("a b&c=d/é"), "a%20b%26c%3Dd%2F%C3%A9");
        assert_eq!(encoded_path("tags/a b"), "tags/a%20b");
    }
}
