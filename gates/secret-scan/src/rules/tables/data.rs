//! Databases and data platforms.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, HEX, URL64};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("databricks-api-token", "Databricks", "personal access token", &[Lit("dapi"), Run(HEX, 32, 32), Any(&["-2", "-3", ""])])
        .entropy(3.0).read("https://github.com/microsoft/security-utilities/blob/036eb4b32c94999e6c78054e39163496fed88200/src/Microsoft.Security.Utilities.Core/PreciselyClassifiedSecurityKeys/SEC101_110.AzureDatabricksPat.cs", "`dapi`, then 32 to 34 of `[0-9a-f-]`"),
    assigned("confluent-access-token", "Confluent", "API key", &["confluent"], &[Run(ALNUM, 16, 16)])
        .scanner(BETTERLEAKS, "16 of `[0-9A-Za-z]`"),
    assigned("confluent-secret-key", "Confluent", "API secret", &["confluent"], &[Run("0-9A-Za-z+/", 64, 64)])
        .scanner(BETTERLEAKS, "64 of `[0-9A-Za-z]`"),
    assigned("looker-client-id", "Looker", "client id", &["looker"], &[Run(ALNUM, 20, 20)])
        .scanner(BETTERLEAKS, "20 of `[0-9A-Za-z]`"),
    assigned("looker-client-secret", "Looker", "client secret", &["looker"], &[Run(ALNUM, 24, 24)])
        .scanner(BETTERLEAKS, "24 of `[0-9A-Za-z]`"),
    bare("supabase-access-token", "Supabase", "access token", &[Any(&["sbp_", "sbp_oauth_"]), Run(HEX, 40, 40)])
        .entropy(3.0).read("https://github.com/supabase/cli/blob/265726d7c16e793110d4200f6f8b3fbd7a8158b3/internal/utils/access_token.go", "`sbp_`, `oauth_` or nothing, then 40 lower-case hexadecimal digits"),
    bare("supabase-secret-key", "Supabase", "secret API key", &[Lit("sb_secret_"), Run(URL64, 31, 31)])
        .entropy(3.0).read("https://github.com/supabase/supabase/blob/1b3c2d0b0a431ebe58567e2eddb94c422a3aad04/apps/docs/content/guides/api/api-keys.mdx", "prefix `sb_secret_`; no length, no alphabet"),
    bare("neon-api-key", "Neon", "API key", &[Lit("napi_"), Run(ALNUM, 64, 64)])
        .entropy(3.5).scanner(BETTERLEAKS, "`napi_`, 64 of `[0-9A-Za-z]`"),
    bare("mapbox-api-token", "Mapbox", "access token", &[Any(&["pk.", "sk.", "tk."]), Run(ALNUM, 60, 200), Lit("."), Run(URL64, 22, 22)])
        .entropy(3.0).words(&["mapbox", "pk.eyJ", "sk.eyJ", "tk.eyJ"]).read("https://docs.mapbox.com/api/ja/accounts/tokens", "`pk` (public), `sk` (secret) or `tk` (temporary), then JSON in base 64 for URLs, then a signature, with full stops between them; no lengths"),
    bare("mongodb-atlas-service-account-secret", "MongoDB Atlas", "service account secret", &[Lit("mdb_sa_sk_"), Run(URL64, 40, 40)])
        .entropy(3.0).scanner(BETTERLEAKS, "`mdb_sa_sk_`, 40 of `[0-9A-Za-z_-]`"),
    bare("datastax-astra-application-token", "DataStax", "Astra application token", &[Lit("AstraCS:"), Run(ALNUM, 20, 200)])
        .entropy(3.0).scanner(BETTERLEAKS, "`AstraCS:`, 20 or more of `[0-9A-Za-z]`"),
    bare("cockroachlabs-cloud-api-key", "Cockroach Labs", "cloud API key", &[Lit("CCDB1_"), Run(ALNUM, 22, 22), Lit("_"), Run(ALNUM, 40, 40)])
        .entropy(3.0).scanner(BETTERLEAKS, "`CCDB1_`, 22 of `[0-9A-Za-z]`, `_`, 40 of `[0-9A-Za-z]`"),
    bare("elastic-cloud-api-key", "Elastic", "cloud API key", &[Lit("essu_"), Run(URL64, 60, 200), Run("=", 0, 2)])
        .entropy(3.0).scanner(BETTERLEAKS, "`essu_`, 60 to 200 of `[0-9A-Za-z_-]`, 0 to 2 of `[=]`"),
    bare("pinecone-api-key", "Pinecone", "API key", &[Lit("pcsk_"), Run(ALNUM, 5, 6), Lit("_"), Run(ALNUM, 63, 63)])
        .entropy(3.0).scanner(BETTERLEAKS, "`pcsk_`, 5 to 6 of `[0-9A-Za-z]`, `_`, 63 of `[0-9A-Za-z]`"),
];
