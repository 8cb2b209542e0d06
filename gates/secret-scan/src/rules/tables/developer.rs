//! Developer tools, issue trackers, documentation.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, DIGIT, HEX, HEX_ANY, LOWER, URL64, URL64_EQ};
use super::super::format::{Format, assigned, bare};

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    assigned("atlassian-api-token", "Atlassian", "API token (24 characters)", &["atlassian", "confluence", "jira"], &[Run(ALNUM, 20, 20), Run(HEX_ANY, 4, 4)])
        .entropy(3.5).from("https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"),
    bare("atlassian-api-token", "Atlassian", "API token", &[Lit("ATATT3"), Run(URL64_EQ, 186, 186)])
        .entropy(3.5).from("https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"),
    bare("linear-api-key", "Linear", "API key", &[Lit("lin_api_"), Run(ALNUM, 40, 40)])
        .from("https://linear.app/developers/graphql"),
    assigned("linear-client-secret", "Linear", "OAuth client secret", &["linear"], &[Run(HEX_ANY, 32, 32)])
        .from("https://linear.app/developers/oauth-2-0-authentication"),
    assigned("asana-client-id", "Asana", "OAuth client id", &["asana"], &[Run(DIGIT, 16, 16)])
        .from("https://developers.asana.com/docs/oauth"),
    assigned("asana-client-secret", "Asana", "OAuth client secret", &["asana"], &[Run(ALNUM, 32, 32)])
        .from("https://developers.asana.com/docs/oauth"),
    bare("notion-api-token", "Notion", "API token", &[Lit("ntn_"), Run(DIGIT, 11, 11), Run(ALNUM, 35, 35)])
        .entropy(4.0).from("https://developers.notion.com/page/changelog"),
    bare("notion-integration-secret", "Notion", "internal integration secret", &[Lit("secret_"), Run(ALNUM, 43, 43)])
        .entropy(4.0).from("https://developers.notion.com/docs/authorization"),
    bare("postman-api-token", "Postman", "API key", &[Lit("PMAK-"), Run(HEX_ANY, 24, 24), Lit("-"), Run(HEX_ANY, 34, 34)])
        .entropy(3.0).from("https://learning.postman.com/docs/developer/postman-api/authentication/"),
    bare("readme-api-token", "ReadMe", "API key", &[Lit("rdme_"), Run(LOWER, 70, 70)])
        .from("https://docs.readme.com/main/reference/intro/authentication"),
    bare("airtable-personnal-access-token", "Airtable", "personal access token", &[Lit("pat"), Run(ALNUM, 14, 14), Lit("."), Run(HEX, 64, 64)])
        .entropy(3.0).words(&["pat"]).from("https://airtable.com/developers/web/guides/personal-access-tokens"),
    assigned("airtable-api-key", "Airtable", "API key (legacy)", &["airtable"], &[Run(ALNUM, 17, 17)])
        .from("https://support.airtable.com/docs/airtable-api-key-deprecation-notice"),
    bare("contentful-personal-access-token", "Contentful", "content management token", &[Lit("CFPAT-"), Run(URL64, 43, 43)])
        .entropy(3.0).from("https://www.contentful.com/developers/docs/references/authentication/"),
    assigned("contentful-delivery-api-token", "Contentful", "delivery API token", &["contentful"], &[Run(URL64_EQ, 43, 43)])
        .from("https://www.contentful.com/developers/docs/references/authentication/"),
    bare("typeform-api-token", "Typeform", "personal access token", &[Lit("tfp_"), Run("0-9A-Za-z_.=-", 59, 59)])
        .words(&["tfp_"]).from("https://www.typeform.com/developers/get-started/personal-access-token/"),
    bare("frameio-api-token", "Frame.io", "developer token", &[Lit("fio-u-"), Run(URL64_EQ, 64, 64)])
        .from("https://developer.frame.io/docs/getting-started/authentication"),
    bare("figma-personal-access-token", "Figma", "personal access token", &[Any(&["figd_", "figr_"]), Run(URL64, 40, 44)])
        .entropy(3.5).from("https://www.figma.com/developers/api#access-tokens"),
    assigned("adafruit-api-key", "Adafruit IO", "API key", &["adafruit"], &[Run(URL64, 32, 32)])
        .from("https://io.adafruit.com/api/docs/#authentication"),
    bare("adafruit-io-key", "Adafruit IO", "API key with prefix", &[Lit("aio_"), Run(ALNUM, 28, 28)])
        .entropy(3.0).from("https://io.adafruit.com/api/docs/#authentication"),
    assigned("adobe-client-id", "Adobe", "OAuth client id", &["adobe"], &[Run(HEX_ANY, 32, 32)])
        .from("https://developer.adobe.com/developer-console/docs/guides/authentication/"),
    bare("adobe-client-secret", "Adobe", "OAuth client secret", &[Lit("p8e-"), Run(HEX_ANY, 32, 32)])
        .from("https://developer.adobe.com/developer-console/docs/guides/authentication/"),
    assigned("launchdarkly-access-token", "LaunchDarkly", "access token", &["launchdarkly"], &[Run(URL64_EQ, 40, 40)])
        .from("https://launchdarkly.com/docs/home/account/api"),
    bare("launchdarkly-sdk-key", "LaunchDarkly", "SDK or API key", &[Any(&["sdk-", "api-"]), Run(HEX, 8, 8), Lit("-"), Run(HEX, 4, 4), Lit("-4"), Run(HEX, 3, 3), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 12, 12)])
        .entropy(3.0).read("https://launchdarkly.com/docs/home/account/environment/keys", "an SDK key always has the prefix `sdk-`; nothing of `api-`, no length"),
    assigned("algolia-api-key", "Algolia", "API key", &["algolia"], &[Run(HEX_ANY, 32, 32)])
        .from("https://www.algolia.com/doc/guides/security/api-keys/"),
    assigned("beamer-api-token", "Beamer", "API token", &["beamer"], &[Lit("b_"), Run(URL64_EQ, 44, 44)])
        .from("https://www.getbeamer.com/api"),
    assigned("zendesk-secret-key", "Zendesk", "API token", &["zendesk"], &[Run(ALNUM, 40, 40)])
        .from("https://developer.zendesk.com/api-reference/introduction/security-and-auth/"),
    assigned("hubspot-api-key", "HubSpot", "API key", &["hubspot"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .from("https://developers.hubspot.com/docs/api/overview"),
    bare("hubspot-private-app-token", "HubSpot", "private app token", &[Lit("pat-"), Any(&["na1", "na2", "eu1", "ap1"]), Lit("-"), Run(HEX, 8, 8), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 12, 12)])
        .entropy(3.0).words(&["pat-na1-", "pat-na2-", "pat-eu1-", "pat-ap1-"]).from("https://developers.hubspot.com/docs/guides/apps/private-apps/overview"),
    assigned("dropbox-api-token", "Dropbox", "app key or secret", &["dropbox"], &[Run(ALNUM, 15, 15)])
        .from("https://developers.dropbox.com/oauth-guide"),
    bare("dropbox-short-lived-api-token", "Dropbox", "short-lived access token", &[Lit("sl."), Run(URL64_EQ, 135, 135)])
        .entropy(3.5).words(&["sl."]).from("https://developers.dropbox.com/oauth-guide"),
    bare("intra42-client-secret", "42 Intra", "client secret", &[Any(&["s-s4t2ud-", "s-s4t2af-"]), Run(HEX, 64, 64)])
        .entropy(3.0).from("https://api.intra.42.fr/apidoc/guides/getting_started"),
    assigned("typesense-api-key", "Typesense", "API key", &["typesense"], &[Run(ALNUM, 32, 48)])
        .entropy(3.5).from("https://typesense.org/docs/guide/"),
    bare("rapidapi-hosted-key", "RapidAPI", "application key", &[Run(HEX, 10, 10), Lit("msh"), Run(HEX, 15, 15), Lit("p1"), Run(HEX, 6, 6), Lit("jsn"), Run(HEX, 12, 12)])
        .entropy(3.0).from("https://docs.rapidapi.com/docs/keys"),
    assigned("rapidapi-access-token", "RapidAPI", "access token", &["rapidapi"], &[Run(URL64, 50, 50)])
        .from("https://docs.rapidapi.com/docs/keys"),
    assigned("nytimes-access-token", "New York Times", "API key", &["nytimes", "new-york-times", "newyorktimes"], &[Run(URL64_EQ, 32, 32)])
        .from("https://developer.nytimes.com/get-started"),
    assigned("maxmind-license-key", "MaxMind", "license key", &["maxmind"], &[Run(ALNUM, 6, 6), Lit("_"), Run(ALNUM, 29, 29), Lit("_mmk")])
        .words(&["_mmk"]).from("https://support.maxmind.com/hc/en-us/articles/4407111582235"),
    assigned("freemius-secret-key", "Freemius", "secret key", &["secret_key"], &[Lit("sk_"), Run("!#-&(-~", 29, 29)])
        .words(&["'secret_key'", "\"secret_key\""]).only_in(r"(?i)\.php$").from("https://freemius.com/help/documentation/wordpress-sdk/integrating-freemius-sdk/"),
];
