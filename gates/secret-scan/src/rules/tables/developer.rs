//! Developer tools, issue trackers, documentation.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, BASE64, DIGIT, HEX, HEX_ANY, LOWER, URL64, URL64_EQ, WORD};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("django-insecure-secret-key", "Django", "secret key made for development", &[Lit("django-insecure-"), Run("0-9a-z!@#$%^&*(_=+)-", 50, 50)])
        .entropy(3.5).from("https://docs.djangoproject.com/en/stable/ref/checks/#security"),
    bare("laravel-app-key", "Laravel", "application key", &[Lit("base64:"), Run(BASE64, 43, 43), Lit("=")])
        .entropy(4.0).from("https://laravel.com/docs/encryption#configuration"),
    assigned("atlassian-api-token", "Atlassian", "API token (24 characters)", &["atlassian", "confluence", "jira"], &[Run(ALNUM, 20, 20), Run(HEX_ANY, 4, 4)])
        .entropy(3.5).from("https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"),
    bare("atlassian-api-token", "Atlassian", "API token", &[Lit("ATATT3"), Run(URL64_EQ, 186, 186)])
        .entropy(3.5).scanner(BETTERLEAKS, "`ATATT3`, 186 of `[0-9A-Za-z=_-]`"),
    bare("linear-api-key", "Linear", "API key", &[Lit("lin_api_"), Run(ALNUM, 40, 40)])
        .scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/linearapi", "`lin_api_`, 40 of `[0-9A-Za-z]`"),
    assigned("linear-client-secret", "Linear", "OAuth client secret", &["linear"], &[Run(HEX_ANY, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Fa-f]`"),
    assigned("asana-client-id", "Asana", "OAuth client id", &["asana"], &[Run(DIGIT, 16, 16)])
        .scanner(BETTERLEAKS, "16 of `[0-9]`"),
    assigned("asana-client-secret", "Asana", "OAuth client secret", &["asana"], &[Run(ALNUM, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z]`"),
    bare("notion-api-token", "Notion", "API token", &[Lit("ntn_"), Run(DIGIT, 11, 11), Run(ALNUM, 35, 35)])
        .entropy(4.0).scanner(BETTERLEAKS, "`ntn_`, 11 of `[0-9]`, 32 of `[0-9A-Za-z]`, 3 of `[0-9A-Za-z]`"),
    bare("notion-integration-secret", "Notion", "internal integration secret", &[Lit("secret_"), Run(ALNUM, 43, 43)])
        .entropy(4.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/notion", "`secret_`, 43 of `[0-9A-Za-z]`"),
    bare("postman-api-token", "Postman", "API key", &[Lit("PMAK-"), Run(HEX_ANY, 24, 24), Lit("-"), Run(HEX_ANY, 34, 34)])
        .entropy(3.0).scanner(BETTERLEAKS, "`PMAK-`, 24 of `[0-9A-Fa-f]`, `-`, 34 of `[0-9A-Fa-f]`"),
    bare("readme-api-token", "ReadMe", "API key", &[Lit("rdme_"), Run(LOWER, 70, 70)])
        .scanner(BETTERLEAKS, "`rdme_`, 70 of `[0-9a-z]`"),
    bare("airtable-personnal-access-token", "Airtable", "personal access token", &[Lit("pat"), Run(ALNUM, 14, 14), Lit("."), Run(HEX, 64, 64)])
        .entropy(3.0).words(&["pat"]).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/airtablepersonalaccesstoken", "`pat`, 14 of `[0-9A-Za-z]`, `.`, 64 of `[0-9a-f]`"),
    assigned("airtable-api-key", "Airtable", "API key (legacy)", &["airtable"], &[Run(ALNUM, 17, 17)])
        .scanner(BETTERLEAKS, "17 of `[0-9A-Za-z]`"),
    bare("contentful-personal-access-token", "Contentful", "content management token", &[Lit("CFPAT-"), Run(URL64, 43, 43)])
        .entropy(3.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/contentfulpersonalaccesstoken", "`CFPAT-`, 43 of `[0-9A-Za-z_-]`"),
    assigned("contentful-delivery-api-token", "Contentful", "delivery API token", &["contentful"], &[Run(URL64_EQ, 43, 43)])
        .scanner(BETTERLEAKS, "43 of `[0-9A-Za-z=_-]`"),
    bare("typeform-api-token", "Typeform", "personal access token", &[Lit("tfp_"), Run("0-9A-Za-z_.=-", 59, 59)])
        .words(&["tfp_"]).scanner(BETTERLEAKS, "`tfp_`, 59 of `[0-9A-Za-z.=_-]`"),
    bare("frameio-api-token", "Frame.io", "developer token", &[Lit("fio-u-"), Run(URL64_EQ, 64, 64)])
        .scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/frameio", "`fio-u-`, 64 of `[0-9A-Za-z_-]`"),
    bare("figma-personal-access-token", "Figma", "personal access token", &[Any(&["figd_", "figr_"]), Run(URL64, 38, 44)])
        .entropy(3.5).scanner(BETTERLEAKS, "`figd_`, 38 to 42 of `[0-9A-Za-z_-]`"),
    assigned("adafruit-api-key", "Adafruit IO", "API key", &["adafruit"], &[Run(URL64, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z_-]`"),
    bare("adafruit-io-key", "Adafruit IO", "API key with prefix", &[Lit("aio_"), Run(ALNUM, 28, 28)])
        .entropy(3.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/adafruitio", "`aio_`, 28 of `[0-9A-Za-z]`"),
    assigned("adobe-client-id", "Adobe", "OAuth client id", &["adobe"], &[Run(HEX_ANY, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Fa-f]`"),
    bare("adobe-client-secret", "Adobe", "OAuth client secret", &[Lit("p8e-"), Run(HEX_ANY, 32, 32)])
        .scanner(BETTERLEAKS, "`p8e-`, 32 of `[0-9A-Za-z]`"),
    assigned("launchdarkly-access-token", "LaunchDarkly", "access token", &["launchdarkly"], &[Run(URL64_EQ, 40, 40)])
        .scanner(BETTERLEAKS, "40 of `[0-9A-Za-z=_-]`"),
    bare("launchdarkly-sdk-key", "LaunchDarkly", "SDK or API key", &[Any(&["sdk-", "api-"]), Run(HEX, 8, 8), Lit("-"), Run(HEX, 4, 4), Lit("-4"), Run(HEX, 3, 3), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 12, 12)])
        .entropy(3.0).read("https://launchdarkly.com/docs/home/account/environment/keys", "an SDK key always has the prefix `sdk-`; nothing of `api-`, no length"),
    assigned("algolia-api-key", "Algolia", "API key", &["algolia"], &[Run(HEX_ANY, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z]`"),
    assigned("beamer-api-token", "Beamer", "API token", &["beamer"], &[Lit("b_"), Run(URL64_EQ, 44, 44)])
        .scanner(BETTERLEAKS, "`b_`, 44 of `[0-9A-Za-z=_-]`"),
    assigned("zendesk-secret-key", "Zendesk", "API token", &["zendesk"], &[Run(ALNUM, 40, 40)])
        .scanner(BETTERLEAKS, "40 of `[0-9A-Za-z]`"),
    assigned("hubspot-api-key", "HubSpot", "API key", &["hubspot"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .scanner(BETTERLEAKS, "8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
    bare("hubspot-private-app-token", "HubSpot", "private app token", &[Lit("pat-"), Any(&["na1", "na2", "eu1", "ap1"]), Lit("-"), Run(HEX, 8, 8), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 12, 12)])
        .entropy(3.0).words(&["pat-na1-", "pat-na2-", "pat-eu1-", "pat-ap1-"]).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/hubspot_apikey", "`pat-`, `eu1` or `na1`, `-`, a UUID"),
    assigned("dropbox-api-token", "Dropbox", "app key or secret", &["dropbox"], &[Run(ALNUM, 15, 15)])
        .scanner(BETTERLEAKS, "15 of `[0-9A-Za-z]`"),
    bare("dropbox-short-lived-api-token", "Dropbox", "short-lived access token", &[Lit("sl."), Run(URL64_EQ, 135, 135)])
        .entropy(3.5).words(&["sl."]).scanner(BETTERLEAKS, "`sl.`, 135 of `[0-9A-Za-z=_-]`"),
    bare("intra42-client-secret", "42 Intra", "client secret", &[Any(&["s-s4t2ud-", "s-s4t2af-"]), Run(HEX, 64, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`s-s4t2`, `ud` or `af`, `-`, 64 of `[0-9A-Fa-f]`"),
    assigned("typesense-api-key", "Typesense", "API key", &["typesense"], &[Run(ALNUM, 32, 48)])
        .entropy(3.5).from("https://typesense.org/docs/guide/"),
    bare("rapidapi-hosted-key", "RapidAPI", "application key", &[Run(HEX, 10, 10), Lit("msh"), Run(HEX, 15, 15), Lit("p1"), Run(HEX, 6, 6), Lit("jsn"), Run(HEX, 12, 12)])
        .entropy(3.0).from("https://docs.rapidapi.com/docs/keys"),
    assigned("rapidapi-access-token", "RapidAPI", "access token", &["rapidapi"], &[Run(URL64, 50, 50)])
        .scanner(BETTERLEAKS, "50 of `[0-9A-Za-z_-]`"),
    assigned("nytimes-access-token", "New York Times", "API key", &["nytimes", "new-york-times", "newyorktimes"], &[Run(URL64_EQ, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z=_-]`"),
    assigned("maxmind-license-key", "MaxMind", "license key", &["maxmind"], &[Run(ALNUM, 6, 6), Lit("_"), Run(ALNUM, 29, 29), Lit("_mmk")])
        .words(&["_mmk"]).scanner(BETTERLEAKS, "6 of `[0-9A-Za-z]`, `_`, 29 of `[0-9A-Za-z]`, `_mmk`"),
    assigned("freemius-secret-key", "Freemius", "secret key", &["secret_key"], &[Lit("sk_"), Run("!#-&(-~", 29, 29)])
        .words(&["'secret_key'", "\"secret_key\""]).only_in(r"(?i)\.php$").scanner(BETTERLEAKS, "`sk_`, 29 characters that are no white space"),
    bare("apify-api-token", "Apify", "API token", &[Lit("apify_api_"), Run(ALNUM, 34, 38)])
        .entropy(3.0).scanner(BETTERLEAKS, "`apify_api_`, 34 to 38 of `[0-9A-Za-z]`"),
    bare("configcat-sdk-key-extended", "ConfigCat", "SDK key with prefix", &[Lit("configcat-sdk-1/"), Run(URL64, 22, 22), Lit("/"), Run(URL64, 22, 22)])
        .entropy(3.0).scanner(BETTERLEAKS, "`configcat-sdk-1/`, 22 of `[0-9A-Za-z_-]`, `/`, 22 of `[0-9A-Za-z_-]`"),
    assigned("configcat-sdk-key", "ConfigCat", "SDK key", &["configcat"], &[Run(URL64, 22, 22), Lit("/"), Run(URL64, 22, 22)])
        .entropy(2.5).scanner(BETTERLEAKS, "22 of `[0-9A-Za-z_-]`, `/`, 22 of `[0-9A-Za-z_-]`"),
    bare("devcycle-server-sdk-key", "DevCycle", "server SDK key", &[Lit("dvc_server_"), Run(ALNUM, 8, 32)])
        .entropy(3.0).scanner(BETTERLEAKS, "`dvc_server_`, 8 to 32 of `[0-9A-Za-z]`"),
    bare("ionic-personal-access-token", "Ionic", "personal access token", &[Lit("ion_"), Run(ALNUM, 42, 42)])
        .entropy(3.0).scanner(BETTERLEAKS, "`ion_`, 42 of `[0-9A-Za-z]`"),
    bare("thunderstore-api-token", "Thunderstore", "API token", &[Lit("tss_"), Run(URL64, 20, 80)])
        .entropy(3.0).scanner(BETTERLEAKS, "`tss_`, 20 to 80 of `[0-9A-Za-z_-]`"),
    bare("unkey-root-key", "Unkey", "root key", &[Lit("unkey_"), Run(ALNUM, 20, 32)])
        .entropy(3.0).scanner(BETTERLEAKS, "`unkey_`, 20 to 32 of `[0-9A-Za-z]`"),
    bare("val-town-api-token", "Val Town", "API token", &[Lit("vtwn_"), Run(URL64, 20, 80)])
        .entropy(3.0).scanner(BETTERLEAKS, "`vtwn_`, 20 to 80 of `[0-9A-Za-z_-]`"),
    bare("wakatime-api-key", "WakaTime", "API key", &[Lit("waka_"), Run(ALNUM, 36, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`waka_`, 36 to 64 of `[0-9A-Za-z]`"),
    bare("zuplo-consumer-api-key", "Zuplo", "consumer API key", &[Lit("zpka_"), Run(LOWER, 32, 32), Lit("_"), Run(HEX, 8, 8)])
        .entropy(3.0).scanner(BETTERLEAKS, "`zpka_`, 32 of `[0-9a-z]`, `_`, 8 of `[0-9a-f]`"),
    bare("canva-client-secret", "Canva", "client secret", &[Lit("cnvca"), Run(URL64, 51, 51)])
        .entropy(3.0).scanner(BETTERLEAKS, "`cnvca`, 51 of `[0-9A-Za-z_-]`"),
    assigned("clickup-personal-api-token", "ClickUp", "personal API token", &["clickup"], &[Lit("pk_"), Run(DIGIT, 8, 9), Lit("_"), Run(ALNUM, 32, 32)])
        .entropy(2.5).scanner(BETTERLEAKS, "`pk_`, 8 to 9 of `[0-9]`, `_`, 32 of `[0-9A-Za-z]`"),
    bare("lichess-personal-access-token", "Lichess", "personal access token", &[Lit("lip_"), Run(WORD, 16, 60)])
        .entropy(3.0).scanner(BETTERLEAKS, "`lip_`, 16 to 60 of `[0-9A-Za-z_]`"),
];
