//! Monitoring, logging, analytics.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, BASE64, BASE64_EQ, HEX, HEX_ANY, LOWER};
use super::super::format::{Format, assigned, bare};

const GRAFANA: &str = "https://grafana.com/docs/grafana/latest/administration/service-accounts/";
const NEW_RELIC: &str = "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("grafana-service-account-token", "Grafana", "service account token", &[Lit("glsa_"), Run(ALNUM, 32, 32), Lit("_"), Run(HEX_ANY, 8, 8)])
        .entropy(3.0).from(GRAFANA),
    bare("grafana-cloud-api-token", "Grafana Cloud", "access policy token", &[Lit("glc_"), Run(BASE64, 32, 400), Run("=", 0, 3)])
        .entropy(3.0).words(&["glc_"]).from("https://grafana.com/docs/grafana-cloud/account-management/authentication-and-permissions/access-policies/"),
    bare("grafana-api-key", "Grafana", "API key", &[Lit("eyJrIjoi"), Run(ALNUM, 70, 400), Run("=", 0, 3)])
        .entropy(3.0).words(&["eyJrIjoi"]).from("https://grafana.com/docs/grafana/latest/administration/api-keys/"),
    assigned("datadog-access-token", "Datadog", "application key", &["datadog"], &[Run(ALNUM, 40, 40)])
        .from("https://docs.datadoghq.com/account_management/api-app-keys/"),
    assigned("datadog-api-key", "Datadog", "API key", &["datadog", "dd_api_key", "dd-api-key"], &[Run(HEX, 32, 32)])
        .entropy(3.0).from("https://docs.datadoghq.com/account_management/api-app-keys/"),
    bare("dynatrace-api-token", "Dynatrace", "API token", &[Any(&["dt0c01.", "dt0s01.", "dt0s16."]), Run(ALNUM, 24, 24), Lit("."), Run(ALNUM, 64, 64)])
        .entropy(3.5).from("https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens"),
    bare("new-relic-user-api-key", "New Relic", "user API key", &[Lit("NRAK-"), Run(ALNUM, 27, 27)])
        .from(NEW_RELIC),
    assigned("new-relic-user-api-id", "New Relic", "user API id", &["new-relic", "newrelic", "new_relic"], &[Run(ALNUM, 64, 64)])
        .from(NEW_RELIC),
    bare("new-relic-browser-api-token", "New Relic", "browser API token", &[Lit("NRJS-"), Run(HEX_ANY, 19, 19)])
        .from(NEW_RELIC),
    bare("new-relic-insert-key", "New Relic", "insert key", &[Lit("NRII-"), Run("0-9A-Za-z-", 32, 32)])
        .from(NEW_RELIC),
    assigned("sentry-access-token", "Sentry", "access token (64 hex digits)", &["sentry"], &[Run(HEX_ANY, 64, 64)])
        .entropy(3.0).from("https://docs.sentry.io/account/auth-tokens/"),
    bare("sentry-user-token", "Sentry", "user auth token", &[Lit("sntryu_"), Run(HEX, 64, 64)])
        .entropy(3.5).from("https://docs.sentry.io/account/auth-tokens/"),
    bare("sentry-org-token", "Sentry", "organization auth token", &[Lit("sntrys_eyJpYXQiO"), Run(BASE64_EQ, 40, 500), Lit("_"), Run(BASE64, 43, 43)])
        .entropy(4.5).from("https://docs.sentry.io/account/auth-tokens/"),
    assigned("sumologic-access-id", "Sumo Logic", "access id", &["sumo"], &[Lit("su"), Run(ALNUM, 12, 12)])
        .entropy(3.0).from("https://help.sumologic.com/docs/manage/security/access-keys/"),
    assigned("sumologic-access-token", "Sumo Logic", "access key", &["sumo"], &[Run(ALNUM, 64, 64)])
        .entropy(3.0).from("https://help.sumologic.com/docs/manage/security/access-keys/"),
    bare("posthog-personal-api-key", "PostHog", "personal API key", &[Lit("phx_"), Run(ALNUM, 43, 50)])
        .entropy(3.5).from("https://posthog.com/docs/api"),
    bare("pagerduty-integration-key", "PagerDuty", "API user token", &[Lit("u+"), Run("0-9A-Za-z_+-", 18, 18)])
        .entropy(3.5).words(&["pagerduty", "pdtoken", "pd_token"]).from("https://support.pagerduty.com/main/docs/api-access-keys"),
    bare("honeycomb-ingest-key", "Honeycomb", "ingest key", &[Any(&["hcaik_", "hcbik_", "hcxik_"]), Run(LOWER, 58, 58)])
        .entropy(3.5).from("https://docs.honeycomb.io/configure/environments/manage-api-keys/"),
];
