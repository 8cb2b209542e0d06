//! A container registry → the digest that a tag of it stands for: that of the
//! index, so that it holds for every platform, or of the image where it has no
//! index.
//!
//! Source: the OCI distribution specification 1.1 (manifests, `HEAD`,
//! `Docker-Content-Digest`) and the token authentication of
//! distribution/distribution. Asked without any account: a private image has no
//! answer here.

use std::io::Read;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::{HeaderMap, StatusCode};

use crate::github::agent;
use crate::receipt::sha256;

/// Where an image without a registry comes from.
const DOCKER_HUB: &str = "registry-1.docker.io";
/// Manifests are lists of digests; larger ones are refused.
const BODY_BYTES_MAX: u64 = 4 * 1024 * 1024;
const TIME_MAX: Duration = Duration::from_secs(30);
/// An index before an image: registries give the first kind they have.
const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/// An image with its tag, as a registry is asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Host and port; `docker.io` where none is named.
    pub registry: String,
    /// `library/node`.
    pub name: String,
    /// `22`.
    pub tag: String,
}

impl Image {
    /// Reads `node:22`, `ghcr.io/owner/tool:v1`.
    ///
    /// # Errors
    /// It has no tag, or is no image.
    pub fn read(text: &str) -> Result<Image, String> {
        let (name, tag) = text
            .rsplit_once(':')
            .filter(|(_, tag)| !tag.contains('/'))
            .ok_or_else(|| "it has no tag".to_owned())?;
        let is_host = |part: &str| part.contains(['.', ':']) || part == "localhost";
        let (registry, name) = match name.split_once('/') {
            Some((host, rest)) if is_host(host) => (host, rest.to_owned()),
            Some(_) => ("docker.io", name.to_owned()),
            None => ("docker.io", format!("library/{name}")),
        };
        let name = match (registry, name.contains('/')) {
            ("docker.io" | "index.docker.io", false) => format!("library/{name}"),
            _ => name,
        };
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/".contains(c);
        let is_tag = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let is_registry = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        let fits = name.chars().all(is_name)
            && name.split('/').all(|part| !part.is_empty() && !part.chars().all(|c| c == '.'))
            && tag.chars().all(is_tag)
            && !tag.is_empty()
            && registry.chars().all(is_registry)
            && registry.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
        match fits {
            true => Ok(Image { registry: registry.to_owned(), name, tag: tag.to_owned() }),
            false => Err("it is no image that a registry could have".to_owned()),
        }
    }

    fn address(&self, base: Option<&str>) -> String {
        let (name, tag, registry) = (&self.name, &self.tag, &self.registry);
        match (base, &**registry) {
            // As mirrors of containerd are asked.
            (Some(base), _) => format!("{base}/v2/{name}/manifests/{tag}?ns={registry}"),
            (None, "docker.io" | "index.docker.io") => {
                format!("https://{DOCKER_HUB}/v2/{name}/manifests/{tag}")
            }
            (None, _) => format!("https://{registry}/v2/{name}/manifests/{tag}"),
        }
    }
}

/// The digest that `image` stands for. `base` is asked in the place of every
/// registry where it is given.
///
/// # Errors
/// In words: why there is no answer.
pub fn digest(image: &Image, base: Option<&str>) -> Result<String, String> {
    let url = image.address(base.map(|base| base.trim_end_matches('/')));
    let agent = agent(&url)?;
    let first = ask(&agent, "HEAD", &url, None)?;
    let (token, answer) = match first.status() {
        StatusCode::UNAUTHORIZED => {
            let token = token(&agent, first.headers(), image)?;
            let answer = ask(&agent, "HEAD", &url, Some(&token))?;
            (Some(token), answer)
        }
        _ => (None, first),
    };
    judged(answer.status(), answer.headers())?;
    if let Some(told) = header(answer.headers(), "docker-content-digest") {
        return match is_digest(told) {
            true => Ok(told.to_owned()),
            false => Err("the registry's digest is not 'sha256:' and 64 hex digits".to_owned()),
        };
    }
    // Not every registry says it without the whole.
    let mut answer = ask(&agent, "GET", &url, token.as_deref())?;
    judged(answer.status(), answer.headers())?;
    let mut body = Vec::new();
    let reader = answer.body_mut().as_reader();
    let read = reader.take(BODY_BYTES_MAX + 1).read_to_end(&mut body);
    read.map_err(|error| format!("the registry's answer ended early: {error}"))?;
    if body.len() as u64 > BODY_BYTES_MAX {
        return Err("the registry's answer is larger than a manifest can be".to_owned());
    }
    Ok(format!("sha256:{}", sha256(&body)))
}

fn ask(
    agent: &ureq::Agent,
    method: &str,
    url: &str,
    token: Option<&str>,
) -> Result<ureq::http::Response<ureq::Body>, String> {
    let request = match method {
        "HEAD" => agent.head(url),
        _ => agent.get(url),
    };
    let mut request =
        request.config().timeout_global(Some(TIME_MAX)).build().header("Accept", ACCEPT);
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    request.call().map_err(|error| format!("no answer from the registry: {error}"))
}

fn judged(status: StatusCode, headers: &HeaderMap) -> Result<(), String> {
    match status {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND => return Err("no image or tag of that name".to_owned()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Err("no public image of that name".to_owned());
        }
        StatusCode::TOO_MANY_REQUESTS => return Err("the registry was asked too often".to_owned()),
        other => return Err(format!("the registry answered {}", other.as_u16())),
    }
    let kind = header(headers, "content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    // A page of a proxy has a digest, too.
    match ACCEPT.split(", ").any(|known| known == kind) {
        true => Ok(()),
        false => {
            Err(format!("the registry answered with '{kind}', which is no index and no image"))
        }
    }
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

/// A token for anybody, from where the registry says that they are.
fn token(agent: &ureq::Agent, headers: &HeaderMap, image: &Image) -> Result<String, String> {
    let no = || "the registry wants an account".to_owned();
    let challenge = header(headers, "www-authenticate").ok_or_else(no)?;
    let (scheme, rest) = challenge.split_once(' ').ok_or_else(no)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(no());
    }
    let realm = parameter(rest, "realm").ok_or_else(no)?;
    let scope = parameter(rest, "scope").map(str::to_owned);
    let scope = scope.unwrap_or_else(|| format!("repository:{}:pull", image.name));
    let mut request = agent.get(realm).config().timeout_global(Some(TIME_MAX)).build();
    if let Some(service) = parameter(rest, "service") {
        request = request.query("service", service);
    }
    let answer = request.query("scope", scope).call();
    let mut answer = answer.map_err(|error| format!("no answer from '{realm}': {error}"))?;
    if answer.status() != StatusCode::OK {
        return Err("no public image of that name".to_owned());
    }
    let body = answer.body_mut().with_config().limit(BODY_BYTES_MAX).read_to_vec();
    let body = body.map_err(|error| format!("no token from '{realm}': {error}"))?;
    let token: Token =
        serde_json::from_slice(&body).map_err(|_| format!("'{realm}' gave no token"))?;
    let token = token.token.or(token.access_token).filter(|token| !token.is_empty());
    token.ok_or_else(|| format!("'{realm}' gave no token"))
}

/// `NAME="VALUE"` of a challenge.
fn parameter<'c>(challenge: &'c str, name: &str) -> Option<&'c str> {
    let mut rest = challenge;
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, next) = after.split_once('"')?;
        if key.trim_matches([',', ' ']).eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = next;
    }
    None
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_digest(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:").unwrap_or_default();
    hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn images_are_asked_for_where_they_come_from() {
        let address = |text: &str, base: Option<&str>| Image::read(text).unwrap().address(base);
        let hub = "https://registry-1.docker.io/v2";
        assert_eq!(address("node:22", None), format!("{hub}/library/node/manifests/22"));
        assert_eq!(address("a/b:1", None), format!("{hub}/a/b/manifests/1"));
        assert_eq!(address("docker.io/node:22", None), format!("{hub}/library/node/manifests/22"));
        assert_eq!(address("ghcr.io/a/b:v1", None), "https://ghcr.io/v2/a/b/manifests/v1");
        assert_eq!(address("h:5000/a:1", None), "https://h:5000/v2/a/manifests/1");
        let mirrored = address("ghcr.io/a/b:v1", Some("http://m"));
        assert_eq!(mirrored, "http://m/v2/a/b/manifests/v1?ns=ghcr.io");
        for wrong in
            ["node", "h:5000/a", "a:", "A:1", "a//b:1", "../a:1", "a:1?x", "a:1/../b:2", ""]
        {
            assert!(Image::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_challenge_is_read() {
        let challenge = "realm=\"https://a/t?x=1,2\",service=\"s\", scope=\"repository:a/b:pull\"";
        assert_eq!(parameter(challenge, "realm"), Some("https://a/t?x=1,2"));
        assert_eq!(parameter(challenge, "Scope"), Some("repository:a/b:pull"));
        assert_eq!(parameter(challenge, "error"), None);
    }

    proptest! {
        #[test]
        fn any_name_and_challenge_is_read(text in any::<String>(), near in "[a-zA:/.@-]{0,12}") {
            for text in [&text, &near] {
                let _image = Image::read(text);
                parameter(text, "realm");
            }
        }
    }
}
