//! Databases and data platforms.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, HEX, LOWER, URL64};
use super::super::format::{Format, assigned, bare};

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("databricks-api-token", "Databricks", "personal access token", &[Lit("dapi"), Run(HEX, 32, 32), Any(&["-2", "-3", ""])])
        .entropy(3.0).from("https://docs.databricks.com/dev-tools/auth/pat"),
    assigned("confluent-access-token", "Confluent", "API key", &["confluent"], &[Run(ALNUM, 16, 16)])
        .from("https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html"),
    assigned("confluent-secret-key", "Confluent", "API secret", &["confluent"], &[Run("0-9A-Za-z+/", 64, 64)])
        .from("https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html"),
    assigned("looker-client-id", "Looker", "client id", &["looker"], &[Run(ALNUM, 20, 20)])
        .from("https://cloud.google.com/looker/docs/api-auth"),
    assigned("looker-client-secret", "Looker", "client secret", &["looker"], &[Run(ALNUM, 24, 24)])
        .from("https://cloud.google.com/looker/docs/api-auth"),
    bare("supabase-access-token", "Supabase", "access token", &[Lit("sbp_"), Run(HEX, 40, 40)])
        .entropy(3.0).from("https://supabase.com/docs/reference/api/introduction"),
    bare("supabase-secret-key", "Supabase", "secret API key", &[Lit("sb_secret_"), Run(URL64, 31, 31)])
        .entropy(3.0).from("https://supabase.com/docs/guides/api/api-keys"),
    bare("neon-api-key", "Neon", "API key", &[Lit("napi_"), Run(LOWER, 64, 64)])
        .entropy(3.5).from("https://neon.com/docs/manage/api-keys"),
    bare("mapbox-api-token", "Mapbox", "access token", &[Any(&["pk.", "sk.", "tk."]), Run(ALNUM, 60, 200), Lit("."), Run(URL64, 22, 22)])
        .entropy(3.0).words(&["mapbox", "pk.eyJ", "sk.eyJ", "tk.eyJ"]).from("https://docs.mapbox.com/help/dive-deeper/access-tokens/"),
    bare("mongodb-atlas-service-account-secret", "MongoDB Atlas", "service account secret", &[Lit("mdb_sa_sk_"), Run(URL64, 40, 40)])
        .entropy(3.0).from("https://www.mongodb.com/docs/atlas/api/service-accounts-overview/"),
];
