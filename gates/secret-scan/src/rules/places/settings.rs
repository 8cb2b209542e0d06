//! Files and settings of single programs.

use std::ops::Range;

use super::{Place, Read, found};
use crate::engine::pattern::Match;
use crate::rules::format::set;
use crate::rules::sample::Numbers;

/// <https://developer.hashicorp.com/terraform/language>: an argument of a
/// resource.
pub const TERRAFORM: Place = Place {
    id: "hashicorp-tf-password",
    what: "password in a Terraform file",
    keywords: &["password"],
    path: r"(?i)\.(?:tf|hcl)$",
    entropy_min: 2.0,
    read: Read::Pattern(r#"(?i)\w{0,50}password\w{0,20}[ \t]*=[ \t]*("[0-9A-Za-z=_-]{8,20}")"#),
    reads_on: None,
    names: ["deploy/canary.tf", "deploy/canary.tf"],
    around: ["  administrator_login_password = \"", "\"\n"],
    secret: || Numbers::of("hashicorp-tf-password").text(set::ALNUM, 16),
    good: "  administrator_login_password = var.password\n",
};

/// <https://learn.microsoft.com/nuget/reference/nuget-config-file>: the
/// section packageSourceCredentials.
pub const NUGET: Place = Place {
    id: "nuget-config-password",
    what: "password in a NuGet configuration",
    keywords: &["<add key="],
    path: r"(?i)nuget\.config$",
    entropy_min: 1.0,
    read: Read::Code(nuget),
    reads_on: None,
    names: ["nuget.config", "nuget.config"],
    around: ["<add key=\"ClearTextPassword\" value=\"", "\" />\n"],
    secret: || Numbers::of("nuget-config-password").text(set::ALNUM, 16),
    good: "<add key=\"ClearTextPassword\" value=\"%FEED_PASSWORD%\" />\n",
};

/// RFC 7292: certificates with their private keys.
pub const PKCS12: Place = Place {
    id: "pkcs12-file",
    what: "PKCS #12 file, which mostly holds a private key",
    keywords: &[],
    path: r"(?i)(?:^|/)[^/]+\.(?:p12|pfx)$",
    entropy_min: 0.0,
    read: Read::Name,
    reads_on: None,
    names: ["settings/canary.p12", "settings/canary.p12.txt"],
    around: ["", "\n"],
    secret: || Numbers::of("pkcs12-file").text(set::ALNUM, 16),
    good: "\n",
};

/// <https://github.com/sidekiq/sidekiq/wiki/Commercial-FAQ>: the environment
/// of bundler.
pub const SIDEKIQ: Place = Place {
    id: "sidekiq-secret",
    what: "login to Sidekiq's paid gems",
    keywords: &["__contribsys__com"],
    path: "",
    entropy_min: 0.0,
    read: Read::Pattern(concat!(
        r"(?i)bundle_(?:enterprise|gems)__contribsys__com",
        r#"[\w.\- \t]{0,32}?["'`\])]{0,2}[ \t]{0,8}(?:=>|->|:{1,3}=|[?+.]=|\|\||[=:>,])["'`=\s]{0,8}"#,
        r"([0-9a-f]{8}:[0-9a-f]{8})(?:[^\w:]|$)",
    )),
    reads_on: None,
    names: ["settings/canary.env", "settings/canary.env"],
    around: ["BUNDLE_GEMS__CONTRIBSYS__COM=", "\n"],
    secret: sidekiq,
    good: "BUNDLE_GEMS__CONTRIBSYS__COM=user:password\n",
};

/// The same in a Gemfile's source.
pub const SIDEKIQ_URL: Place = Place {
    id: "sidekiq-sensitive-url",
    what: "address of Sidekiq's paid gems with a login in it",
    keywords: &["contribsys.com"],
    path: "",
    entropy_min: 0.0,
    read: Read::Pattern(concat!(
        r"(?i)\bhttps?://([0-9a-f]{8}:[0-9a-f]{8})@",
        r"(?:gems|enterprise)\.contribsys\.com(?:[^\w.-]|$)",
    )),
    reads_on: None,
    names: ["settings/canary.rb", "settings/canary.rb"],
    around: ["source \"https://", "@gems.contribsys.com/\"\n"],
    secret: sidekiq,
    good: "source \"https://gems.contribsys.com/\"\n",
};

fn sidekiq() -> String {
    let mut numbers = Numbers::of("sidekiq");
    format!("{}:{}", numbers.text(set::HEX, 8), numbers.text(set::HEX, 8))
}

const NUGET_LEN_MIN: usize = 8;

fn nuget(text: &[u8], hit: Range<usize>) -> Option<Match> {
    let rest = text.get(hit.end..)?;
    let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
    let (name, after) = attribute(line)?;
    let is_password = ["password", "cleartextpassword"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    let value = after.trim_ascii_start();
    let is_value = value.get(..6)?.eq_ignore_ascii_case(b"value=");
    let (secret, _) = attribute(value.get(6..)?)?;
    // %NAME% is read from the environment.
    let is_variable = secret.starts_with(b"%") && secret.ends_with(b"%");
    if !is_password || !is_value || is_variable || secret.len() < NUGET_LEN_MIN {
        return None;
    }
    let start = hit.end + (line.len() - value.len()) + 6 + 1;
    found(hit.start..start + secret.len(), start..start + secret.len())
}

/// A quoted value at the start of `text`, and what follows it.
fn attribute(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let quote = text.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let rest = text.get(1..)?;
    let end = memchr::memchr(*quote, rest)?;
    Some((&rest[..end], &rest[end + 1..]))
}
