//! Social networks and media.

use super::super::format::Part::{Lit, Run};
use super::super::format::set::{ALNUM, DIGIT, HEX_ANY, URL64};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    assigned("facebook-secret", "Facebook", "app secret", &["facebook"], &[Run(HEX_ANY, 32, 32)])
        .entropy(3.0)
        .scanner(BETTERLEAKS, "32 of `[0-9A-Fa-f]`"),
    bare(
        "facebook-access-token",
        "Facebook",
        "app access token",
        &[Run(DIGIT, 15, 16), Lit("|"), Run(URL64, 27, 27)],
    )
    .entropy(3.0)
    .words(&["facebook", "access_token", "fb_"])
    .scanner(BETTERLEAKS, "15 to 16 digits, `|` or `%`, 27 to 40 of `[0-9A-Za-z_-]`"),
    bare(
        "facebook-page-access-token",
        "Facebook",
        "page access token",
        &[Lit("EAA"), Run("CM", 1, 1), Run(ALNUM, 100, 300)],
    )
    .entropy(4.0)
    .words(&["EAAC", "EAAM"])
    .scanner(BETTERLEAKS, "`EAA`, 1 of `[CM]`, 100 or more of `[0-9A-Za-z]`"),
    assigned("twitter-api-key", "X", "API key", &["twitter"], &[Run(ALNUM, 25, 25)])
        .scanner(BETTERLEAKS, "25 of `[0-9A-Za-z]`"),
    assigned("twitter-api-secret", "X", "API key secret", &["twitter"], &[Run(ALNUM, 50, 50)])
        .scanner(BETTERLEAKS, "50 of `[0-9A-Za-z]`"),
    assigned(
        "twitter-access-token",
        "X",
        "access token",
        &["twitter"],
        &[Run(DIGIT, 15, 25), Lit("-"), Run(ALNUM, 20, 40)],
    )
    .scanner(BETTERLEAKS, "15 to 25 of `[0-9]`, `-`, 20 to 40 of `[0-9A-Za-z]`"),
    assigned(
        "twitter-access-secret",
        "X",
        "access token secret",
        &["twitter"],
        &[Run(ALNUM, 45, 45)],
    )
    .scanner(BETTERLEAKS, "45 of `[0-9A-Za-z]`"),
    bare(
        "twitter-bearer-token",
        "X",
        "bearer token",
        &[Lit("AAAAAAAAAAAAAAAAAAAAA"), Run("0-9A-Za-z%", 80, 100)],
    )
    .entropy(3.0)
    .words(&["AAAAAAAAAAAAAAAAAAAAA"])
    .scanner(
        BETTERLEAKS,
        "22 times A, that is `AAAAAAAAAAAAAAAAAAAAAA`, 80 to 100 of `[0-9A-Za-z%]`",
    ),
    assigned(
        "linkedin-client-id",
        "LinkedIn",
        "client id",
        &["linkedin", "linked_in", "linked-in"],
        &[Run(ALNUM, 14, 14)],
    )
    .scanner(BETTERLEAKS, "14 of `[0-9A-Za-z]`"),
    assigned(
        "linkedin-client-secret",
        "LinkedIn",
        "client secret",
        &["linkedin", "linked_in", "linked-in"],
        &[Run(ALNUM, 16, 16)],
    )
    .scanner(BETTERLEAKS, "16 of `[0-9A-Za-z]`"),
    assigned("flickr-access-token", "Flickr", "API key", &["flickr"], &[Run(ALNUM, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z]`"),
    assigned("twitch-api-token", "Twitch", "client secret", &["twitch"], &[Run(ALNUM, 30, 30)])
        .scanner(BETTERLEAKS, "30 of `[0-9A-Za-z]`"),
    bare(
        "pinterest-access-token",
        "Pinterest",
        "access token",
        &[Lit("pina_"), Run(URL64, 20, 200)],
    )
    .entropy(3.0)
    .scanner(BETTERLEAKS, "`pina_`, 20 to 200 of `[0-9A-Za-z_-]`"),
];
