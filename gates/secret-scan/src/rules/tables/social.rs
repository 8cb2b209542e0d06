//! Social networks and media.

use super::super::format::Part::{Lit, Run};
use super::super::format::set::{ALNUM, DIGIT, HEX_ANY, URL64};
use super::super::format::{Format, assigned, bare};

const X: &str = "https://docs.x.com/resources/fundamentals/authentication/overview";
const META: &str = "https://developers.facebook.com/docs/facebook-login/guides/access-tokens/";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    assigned("facebook-secret", "Facebook", "app secret", &["facebook"], &[Run(HEX_ANY, 32, 32)])
        .entropy(3.0)
        .from(META),
    bare(
        "facebook-access-token",
        "Facebook",
        "app access token",
        &[Run(DIGIT, 15, 16), Lit("|"), Run(URL64, 27, 27)],
    )
    .entropy(3.0)
    .words(&["facebook", "access_token", "fb_"])
    .from(META),
    bare(
        "facebook-page-access-token",
        "Facebook",
        "page access token",
        &[Lit("EAA"), Run("CM", 1, 1), Run(ALNUM, 100, 300)],
    )
    .entropy(4.0)
    .words(&["EAAC", "EAAM"])
    .from(META),
    assigned("twitter-api-key", "X", "API key", &["twitter"], &[Run(ALNUM, 25, 25)]).from(X),
    assigned("twitter-api-secret", "X", "API key secret", &["twitter"], &[Run(ALNUM, 50, 50)])
        .from(X),
    assigned(
        "twitter-access-token",
        "X",
        "access token",
        &["twitter"],
        &[Run(DIGIT, 15, 25), Lit("-"), Run(ALNUM, 20, 40)],
    )
    .from(X),
    assigned(
        "twitter-access-secret",
        "X",
        "access token secret",
        &["twitter"],
        &[Run(ALNUM, 45, 45)],
    )
    .from(X),
    bare(
        "twitter-bearer-token",
        "X",
        "bearer token",
        &[Lit("AAAAAAAAAAAAAAAAAAAAA"), Run("0-9A-Za-z%", 80, 100)],
    )
    .entropy(3.0)
    .words(&["AAAAAAAAAAAAAAAAAAAAA"])
    .from(X),
    assigned(
        "linkedin-client-id",
        "LinkedIn",
        "client id",
        &["linkedin", "linked_in", "linked-in"],
        &[Run(ALNUM, 14, 14)],
    )
    .from("https://learn.microsoft.com/linkedin/shared/authentication/authentication"),
    assigned(
        "linkedin-client-secret",
        "LinkedIn",
        "client secret",
        &["linkedin", "linked_in", "linked-in"],
        &[Run(ALNUM, 16, 16)],
    )
    .from("https://learn.microsoft.com/linkedin/shared/authentication/authentication"),
    assigned("flickr-access-token", "Flickr", "API key", &["flickr"], &[Run(ALNUM, 32, 32)])
        .from("https://www.flickr.com/services/api/misc.api_keys.html"),
    assigned("twitch-api-token", "Twitch", "client secret", &["twitch"], &[Run(ALNUM, 30, 30)])
        .from("https://dev.twitch.tv/docs/authentication/"),
];
