//! Cloud providers and hosting.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{
    ALNUM, BASE32, BASE64, HEX, HEX_ANY, LOWER, UPPER, URL64, URL64_EQ,
};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

const CLOUDFLARE_FORMATS: &str = "https://github.com/cloudflare/cloudflare-docs/blob/06324d370ebef271b3b9d99d8effa8e98f3db99a/src/content/docs/fundamentals/api/get-started/token-formats.mdx";
const YANDEX_FORMATS: &str = "https://gitlab.com/gitlab-org/gitlab/-/issues/353039";
const FLY: &str = "https://fly.io/docs/security/tokens/";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("aws-access-token", "AWS", "access key id", &[Any(&["AKIA", "ASIA", "ABIA", "ACCA", "A3TX"]), Run(BASE32, 16, 16)])
        .entropy(3.0).except(&["EXAMPLE"]).read("https://github.com/awsdocs/iam-user-guide/blob/0f5432dc0cfd2205a03920743143e9d5d7718aeb/doc_source/reference_identifiers.md", "prefix `AKIA` for an access key, `ASIA` for temporary (AWS STS) keys, `ACCA` for a context specific credential; no length, no alphabet"),
    bare("aws-amazon-bedrock-api-key-long-lived", "AWS", "Bedrock API key (long-lived)", &[Lit("ABSK"), Run(BASE64, 109, 269), Run("=", 0, 2)])
        .entropy(3.0).words(&["ABSK"]).scanner(BETTERLEAKS, "`ABSK`, 109 to 269 of `[0-9A-Za-z+/]`, 0 to 2 of `[=]`"),
    bare("aws-amazon-bedrock-api-key-short-lived", "AWS", "Bedrock API key (short-lived)", &[Lit("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t")])
        .entropy(3.0).scanner(BETTERLEAKS, "`bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t`"),
    bare("gcp-api-key", "Google Cloud", "API key", &[Lit("AIza"), Run(URL64, 35, 35)])
        .entropy(4.0).scanner(BETTERLEAKS, "`AIza`, 35 of `[0-9A-Za-z_-]`"),
    bare("gcp-oauth-client-secret", "Google Cloud", "OAuth client secret", &[Lit("GOCSPX-"), Run(URL64, 28, 28)])
        .entropy(3.0).scanner("https://github.com/mongodb/kingfisher/blob/ee7c0db3ef87575768f817820c24736249ffcdef/data/rules/google.yml", "`GOCSPX-`, 28 of `[0-9A-Za-z_-]`"),
    bare("gcp-oauth-refresh-token", "Google Cloud", "OAuth refresh token", &[Lit("1//0"), Run(URL64, 60, 120)])
        .entropy(3.5).from("https://developers.google.com/identity/protocols/oauth2#size"),
    bare("gcp-oauth-access-token", "Google Cloud", "OAuth access token", &[Lit("ya29."), Run(URL64, 60, 400)])
        .entropy(3.5).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/googleoauth2", "`ya29.`, 10 or more of `[0-9A-Za-z_-]`"),
    bare("alibaba-access-key-id", "Alibaba Cloud", "AccessKey id", &[Lit("LTAI"), Run(ALNUM, 17, 21)])
        .entropy(2.0).scanner(BETTERLEAKS, "`LTAI`, 17 to 21 of `[0-9A-Za-z]`"),
    assigned("alibaba-secret-key", "Alibaba Cloud", "AccessKey secret", &["alibaba", "aliyun"], &[Run(ALNUM, 30, 30)])
        .entropy(2.0).scanner(BETTERLEAKS, "30 of `[0-9A-Za-z]`"),
    bare("tencent-cloud-secret-id", "Tencent Cloud", "secret id", &[Lit("AKID"), Run(ALNUM, 32, 32)])
        .entropy(3.5).from("https://www.tencentcloud.com/document/product/598/32675"),
    assigned("cloudflare-api-key", "Cloudflare", "API token", &["cloudflare"], &[Run(URL64, 40, 40)])
        .read(CLOUDFLARE_FORMATS, "before 2026 a string of 40 alphanumeric characters without a prefix"),
    bare("cloudflare-api-key", "Cloudflare", "scannable API token", &[Any(&["cfut_", "cfat_"]), Run(ALNUM, 41, 64)])
        .entropy(3.5).read(CLOUDFLARE_FORMATS, "prefix `cfut_` (user) or `cfat_` (account), then 40 characters, then a checksum; no alphabet, no length of the checksum"),
    assigned("cloudflare-global-api-key", "Cloudflare", "global API key", &["cloudflare"], &[Run(HEX, 37, 45)])
        .read(CLOUDFLARE_FORMATS, "before 2026 a lower-case hexadecimal string of 37 to 45 characters"),
    bare("cloudflare-global-api-key", "Cloudflare", "scannable global API key", &[Lit("cfk_"), Run(ALNUM, 41, 64)])
        .entropy(3.5).read(CLOUDFLARE_FORMATS, "prefix `cfk_`, then 40 characters, then a checksum; no alphabet, no length of the checksum"),
    bare("cloudflare-origin-ca-key", "Cloudflare", "origin CA key", &[Lit("v1.0-"), Run(HEX, 24, 24), Lit("-"), Run(HEX, 146, 146)])
        .scanner(BETTERLEAKS, "`v1.0-`, 24 of `[0-9a-f]`, `-`, 146 of `[0-9a-f]`"),
    bare("digitalocean-pat", "DigitalOcean", "personal access token", &[Lit("dop_v1_"), Run(HEX, 64, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`dop_v1_`, 64 of `[0-9a-f]`"),
    bare("digitalocean-access-token", "DigitalOcean", "OAuth access token", &[Lit("doo_v1_"), Run(HEX, 64, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`doo_v1_`, 64 of `[0-9a-f]`"),
    bare("digitalocean-refresh-token", "DigitalOcean", "OAuth refresh token", &[Lit("dor_v1_"), Run(HEX, 64, 64)])
        .scanner(BETTERLEAKS, "`dor_v1_`, 64 of `[0-9A-Fa-f]`"),
    bare("flyio-access-token", "Fly.io", "access token (v1)", &[Lit("fo1_"), Run(URL64, 43, 43)])
        .entropy(4.0).from(FLY),
    bare("flyio-access-token", "Fly.io", "macaroon token", &[Any(&["fm1a_", "fm1r_", "fm2_"]), Run(BASE64, 90, 1500), Run("=", 0, 3)])
        .entropy(4.0).read("https://github.com/superfly/macaroon/blob/5fdd6ca5a3459c21258d93c70e38f6b189798f95/format.go", "prefix `fm1r_`, `fm1a_` or `fm2_`, then standard base 64 with padding, of any length"),
    assigned("heroku-api-key", "Heroku", "API key (UUID)", &["heroku"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .scanner(BETTERLEAKS, "8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
    bare("heroku-api-key-v2", "Heroku", "API key", &[Lit("HRKU-AA"), Run(URL64, 58, 58)])
        .entropy(4.0).scanner(BETTERLEAKS, "`HRKU-AA`, 58 of `[0-9A-Za-z_-]`"),
    bare("scalingo-api-token", "Scalingo", "API token", &[Lit("tk-us-"), Run(URL64, 48, 48)])
        .scanner(BETTERLEAKS, "`tk-us-`, 48 of `[0-9A-Za-z_-]`"),
    bare("planetscale-password", "PlanetScale", "database password", &[Lit("pscale_pw_"), Run("0-9A-Za-z_=.-", 32, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`pscale_pw_`, 32 to 64 of `[0-9A-Za-z.=_-]`"),
    bare("planetscale-api-token", "PlanetScale", "service token", &[Lit("pscale_tkn_"), Run("0-9A-Za-z_=.-", 32, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`pscale_tkn_`, 32 to 64 of `[0-9A-Za-z.=_-]`"),
    bare("planetscale-oauth-token", "PlanetScale", "OAuth token", &[Lit("pscale_oauth_"), Run("0-9A-Za-z_=.-", 32, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`pscale_oauth_`, 32 to 64 of `[0-9A-Za-z.=_-]`"),
    bare("yandex-aws-access-token", "Yandex Cloud", "static access key", &[Lit("YC"), Run(URL64, 38, 38)])
        .words(&["yandex"]).scanner(BETTERLEAKS, "`YC`, 38 of `[0-9A-Za-z_-]`"),
    bare("yandex-api-key", "Yandex Cloud", "API key", &[Lit("AQVN"), Run(URL64, 35, 38)])
        .read(YANDEX_FORMATS, "`AQVN`, then 35 to 38 of `[A-Za-z0-9_-]` (as given by the vendor's staff)"),
    bare("yandex-access-token", "Yandex Cloud", "IAM token", &[Lit("t1."), Run(URL64_EQ, 1, 300), Lit("."), Run(URL64, 86, 86), Run("=", 0, 2)])
        .entropy(3.0).words(&["t1."]).read(YANDEX_FORMATS, "`t1.`, then any of `[A-Z0-9a-z_-]` with at most two `=`, `.`, then 86 of the same with at most two `=` (as given by the vendor's staff)"),
    bare("clickhouse-cloud-api-secret-key", "ClickHouse Cloud", "API secret key", &[Lit("4b1d"), Run(ALNUM, 38, 38)])
        .entropy(3.0).scanner(BETTERLEAKS, "`4b1d`, 38 of `[0-9A-Za-z]`"),
    assigned("fastly-api-token", "Fastly", "API token", &["fastly"], &[Run(URL64_EQ, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z_-]`"),
    assigned("netlify-access-token", "Netlify", "access token", &["netlify"], &[Run(URL64_EQ, 40, 46)])
        .scanner(BETTERLEAKS, "40 to 46 of `[0-9A-Za-z=_-]`"),
    assigned("linode-api-token", "Akamai Linode", "API token", &["linode"], &[Run(HEX, 64, 64)])
        .from("https://techdocs.akamai.com/linode-api/reference/get-started"),
    assigned("vultr-api-key", "Vultr", "API key", &["vultr"], &[Run(UPPER, 36, 36)])
        .scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/vultrapikey", "36 of `[0-9A-Z]`"),
    assigned("scaleway-secret-key", "Scaleway", "API secret key", &["scw_secret", "scaleway_secret", "scaleway_token", "scaleway_api", "scaleway-secret", "scalewaysecret"], &[Run(HEX, 8, 8), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 12, 12)])
        .scanner(BETTERLEAKS, "8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
    assigned("azure-storage-account-key", "Azure", "storage account key", &["AccountKey", "account_key"], &[Run(BASE64, 86, 86), Lit("==")])
        .entropy(4.0).read("https://github.com/microsoft/security-utilities/blob/036eb4b32c94999e6c78054e39163496fed88200/src/Microsoft.Security.Utilities.Core/PreciselyClassifiedSecurityKeys/SEC101_106_AzureStorageAccountLegacyCredentials.cs", "after `AccountKey=` 86 characters of base 64, then `==`"),
    bare("azure-devops-pat", "Azure DevOps", "personal access token", &[Run(ALNUM, 52, 52), Lit("JQQJ99"), Run(ALNUM, 1, 1), Run("A-L", 1, 1), Run(ALNUM, 12, 12), Lit("AAAAAZDO"), Run(ALNUM, 4, 4)])
        .entropy(3.5).read("https://github.com/microsoft/security-utilities/blob/02c739b8c648d46bef32350f5a3c972c5e6fdfdb/src/Microsoft.Security.Utilities.Core/PreciselyClassifiedSecurityKeys/LegacyCommonAnnotatedSecurityAccessKey.cs", "52 characters of base 62, `JQQJ99`, one more, one of `[A-L]`, 12 more, `AAAA`, the provider's four letters (`AZDO`), 4 more"),
    bare("vercel-personal-access-token", "Vercel", "personal access token", &[Lit("vcp_"), Run(URL64, 56, 56)])
        .entropy(3.0).scanner(BETTERLEAKS, "`vcp_`, 56 of `[0-9A-Za-z_-]`"),
    bare("vercel-integration-token", "Vercel", "integration token", &[Lit("vci_"), Run(URL64, 56, 56)])
        .entropy(3.0).scanner(BETTERLEAKS, "`vci_`, 56 of `[0-9A-Za-z_-]`"),
    bare("vercel-app-access-token", "Vercel", "app access token", &[Lit("vca_"), Run(URL64, 56, 56)])
        .entropy(3.0).scanner(BETTERLEAKS, "`vca_`, 56 of `[0-9A-Za-z_-]`"),
    bare("vercel-app-refresh-token", "Vercel", "app refresh token", &[Lit("vcr_"), Run(URL64, 56, 56)])
        .entropy(3.0).scanner(BETTERLEAKS, "`vcr_`, 56 of `[0-9A-Za-z_-]`"),
    assigned("vercel-api-token", "Vercel", "API token", &["vercel"], &[Run(ALNUM, 24, 24)])
        .entropy(2.5).scanner(BETTERLEAKS, "24 of `[0-9A-Za-z]`"),
    bare("render-api-key", "Render", "API key", &[Lit("rnd_"), Run(ALNUM, 28, 28)])
        .entropy(3.0).scanner(BETTERLEAKS, "`rnd_`, 28 of `[0-9A-Za-z]`"),
    bare("upcloud-api-token", "UpCloud", "API token", &[Lit("ucat_"), Run(ALNUM, 24, 32)])
        .entropy(3.0).scanner(BETTERLEAKS, "`ucat_`, 24 to 32 of `[0-9A-Za-z]`"),
    bare("deno-account-token", "Deno Deploy", "account token", &[Lit("ddp_"), Run(ALNUM, 36, 36)])
        .entropy(3.0).scanner(BETTERLEAKS, "`ddp_`, 36 of `[0-9A-Za-z]`"),
    bare("docker-swarm-join-token", "Docker", "swarm join token", &[Lit("SWMTKN-1-"), Run(LOWER, 50, 60), Lit("-"), Run(LOWER, 24, 30)])
        .entropy(3.0).scanner(BETTERLEAKS, "`SWMTKN-1-`, 50 to 60 of `[0-9a-z]`, `-`, 24 to 30 of `[0-9a-z]`"),
    bare("docker-swarm-unlock-key", "Docker", "swarm unlock key", &[Lit("SWMKEY-1-"), Run(BASE64, 40, 50)])
        .entropy(3.0).scanner(BETTERLEAKS, "`SWMKEY-1-`, 40 to 50 of `[0-9A-Za-z+/]`"),
];
