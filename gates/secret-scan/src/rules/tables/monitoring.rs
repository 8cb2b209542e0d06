//! Monitoring, logging, analytics.

use super::super::format::Checksum::Crc32Hex;
use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, BASE64, BASE64_EQ, HEX, HEX_ANY, LOWER, WORD};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

const DATADOG: &str = "https://github.com/DataDog/datadog-agent/blob/0370fdff0005172ddd1b91d51956530dc7924fe0/pkg/util/scrubber/default.go";
const SENTRY_TYPES: &str = "https://github.com/getsentry/sentry/blob/118f0ec5de281af241c4adea13a00b08a70d7a93/src/sentry/types/token.py";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("grafana-service-account-token", "Grafana", "service account token", &[Lit("glsa_"), Run(ALNUM, 32, 32), Lit("_"), Run(HEX_ANY, 8, 8)])
        .entropy(3.0).checksum(Crc32Hex).read("https://github.com/grafana/grafana/blob/3ba4aa6858f94ae60e5eae0d391d9fa56cf0b794/pkg/components/satokengen/tokengen.go", "`gl`, the service, `_`, 32 random characters, `_`, the CRC-32 of all before that, in 8 lower-case hexadecimal digits"),
    bare("grafana-cloud-api-token", "Grafana Cloud", "access policy token", &[Lit("glc_"), Run(BASE64, 32, 400), Run("=", 0, 3)])
        .entropy(3.0).words(&["glc_"]).scanner(BETTERLEAKS, "`glc_`, 40 to 150 of `[0-9A-Za-z+/]`, 0 to 2 of `[=]`"),
    bare("grafana-api-key", "Grafana", "API key", &[Lit("eyJrIjoi"), Run(ALNUM, 70, 400), Run("=", 0, 3)])
        .entropy(3.0).words(&["eyJrIjoi"]).read("https://github.com/grafana/grafana/blob/0391ff79c4c7d925b6877dc63ed411fe890cc0a7/pkg/components/apikeygen/apikeygen.go", "base 64 of a JSON object that opens with the key `k` (that is `eyJrIjoi`), a string of 32 characters, before `n` and `id`"),
    assigned("datadog-access-token", "Datadog", "application key", &["datadog"], &[Run(ALNUM, 40, 40)])
        .read(DATADOG, "40 hexadecimal digits"),
    bare("datadog-access-token", "Datadog", "application key with prefix", &[Lit("ddapp_"), Run(WORD, 34, 34)])
        .entropy(3.5).read(DATADOG, "`ddapp_`, then 34 of `[a-zA-Z0-9_]`"),
    assigned("datadog-api-key", "Datadog", "API key", &["datadog", "dd_api_key", "dd-api-key"], &[Run(HEX, 32, 32)])
        .entropy(3.0).read(DATADOG, "32 hexadecimal digits"),
    bare("dynatrace-api-token", "Dynatrace", "API token", &[Any(&["dt0c01.", "dt0s01.", "dt0s16."]), Run(ALNUM, 24, 24), Lit("."), Run(ALNUM, 64, 64)])
        .entropy(3.5).read("https://docs.dynatrace.com/docs/shortlink/api-authentication", "a prefix such as `dt0s01`, 24 characters and 64 characters, with full stops between them; in an example, capitals and digits"),
    bare("new-relic-user-api-key", "New Relic", "user API key", &[Lit("NRAK-"), Run(ALNUM, 27, 27)])
        .scanner(BETTERLEAKS, "`NRAK-`, 27 of `[0-9A-Za-z]`"),
    assigned("new-relic-user-api-id", "New Relic", "user API id", &["new-relic", "newrelic", "new_relic"], &[Run(ALNUM, 64, 64)])
        .scanner(BETTERLEAKS, "64 of `[0-9A-Za-z]`"),
    bare("new-relic-browser-api-token", "New Relic", "browser API token", &[Lit("NRJS-"), Run(HEX_ANY, 19, 19)])
        .scanner(BETTERLEAKS, "`NRJS-`, 19 of `[0-9A-Fa-f]`"),
    bare("new-relic-insert-key", "New Relic", "insert key", &[Lit("NRII-"), Run("0-9A-Za-z-", 32, 32)])
        .scanner(BETTERLEAKS, "`NRII-`, 32 of `[0-9A-Za-z-]`"),
    assigned("sentry-access-token", "Sentry", "access token (64 hex digits)", &["sentry"], &[Run(HEX_ANY, 64, 64)])
        .entropy(3.0).read("https://github.com/getsentry/sentry/blob/008af598c5c946bce4e0f9e99c0478cd98dd5c9d/src/sentry/models/apitoken.py", "two random UUIDs in hexadecimal, that is 64 digits"),
    bare("sentry-user-token", "Sentry", "user auth token", &[Any(&["sntryu_", "sntrya_", "sntryi_"]), Run(HEX, 64, 64)])
        .entropy(3.5).read(SENTRY_TYPES, "prefix `sntryu_` for a user's token, `sntrya_` for a user's application, `sntryi_` for an integration; no length, no alphabet"),
    bare("sentry-org-token", "Sentry", "organization auth token", &[Lit("sntrys_eyJpYXQiO"), Run(BASE64_EQ, 40, 500), Lit("_"), Run(BASE64, 43, 43)])
        .entropy(4.5).read("https://github.com/getsentry/sentry/blob/57915b5d48ce6aaf45bb1d6cd66e717def85e4fd/src/sentry/utils/security/orgauthtoken_token.py", "`sntrys_`, base 64 of a JSON object that opens with `iat`, `_`, base 64 of 32 bytes without padding"),
    assigned("sumologic-access-id", "Sumo Logic", "access id", &["sumo"], &[Lit("su"), Run(ALNUM, 12, 12)])
        .entropy(3.0).scanner(BETTERLEAKS, "`su`, 12 of `[0-9A-Za-z]`"),
    assigned("sumologic-access-token", "Sumo Logic", "access key", &["sumo"], &[Run(ALNUM, 64, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "64 of `[0-9A-Za-z]`"),
    bare("posthog-personal-api-key", "PostHog", "personal API key", &[Lit("phx_"), Run(ALNUM, 42, 50)])
        .entropy(3.5).read("https://github.com/PostHog/posthog/blob/030722fcd3ed61a124cc19cd1627d33c3391dbfb/posthog/models/utils.py", "`phx_`, then 256 random bits as a number in base 62, that is at most 43 characters"),
    bare("pagerduty-integration-key", "PagerDuty", "API user token", &[Lit("u+"), Run("0-9A-Za-z_+-", 18, 18)])
        .entropy(3.5).words(&["pagerduty", "pdtoken", "pd_token"]).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/pagerdutyapikey", "`u+`, 18 of `[0-9A-Za-z_+-]`"),
    bare("honeycomb-ingest-key", "Honeycomb", "ingest key", &[Lit("hc"), Run("a-z", 1, 1), Lit("ik_"), Run(LOWER, 58, 58)])
        .entropy(3.5).read("https://docs.honeycomb.io/api/dataset-definitions/authorization", "the id of an ingest key opens with `hc`, a character that varies, `ik_`; id and secret together are the value; no length"),
    bare("rootly-api-key", "Rootly", "API key", &[Lit("rootly_"), Run(HEX, 64, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`rootly_`, 64 of `[0-9a-f]`"),
    bare("segment-public-api-token", "Segment", "public API token", &[Lit("sgp_"), Run(ALNUM, 64, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`sgp_`, 64 of `[0-9A-Za-z]`"),
    bare("samsara-api-token", "Samsara", "API token", &[Lit("samsara_api_"), Run(ALNUM, 26, 32)])
        .entropy(3.0).scanner(BETTERLEAKS, "`samsara_api_`, 26 to 32 of `[0-9A-Za-z]`"),
];
