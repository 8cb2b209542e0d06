//! Cloud providers and hosting.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, BASE32, BASE64, HEX, HEX_ANY, UPPER, URL64, URL64_EQ};
use super::super::format::{Format, assigned, bare};

const CLOUDFLARE: &str = "https://developers.cloudflare.com/fundamentals/api/get-started/keys/";
const DIGITALOCEAN: &str = "https://docs.digitalocean.com/reference/api/oauth/";
const YANDEX: &str = "https://yandex.cloud/en/docs/iam/concepts/authorization/";
const FLY: &str = "https://fly.io/docs/security/tokens/";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("aws-access-token", "AWS", "access key id", &[Any(&["AKIA", "ASIA", "ABIA", "ACCA", "A3TX"]), Run(BASE32, 16, 16)])
        .entropy(3.0).except(&["EXAMPLE"]).from("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids"),
    bare("aws-amazon-bedrock-api-key-long-lived", "AWS", "Bedrock API key (long-lived)", &[Lit("ABSK"), Run(BASE64, 109, 269), Run("=", 0, 2)])
        .entropy(3.0).words(&["ABSK"]).from("https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html"),
    bare("aws-amazon-bedrock-api-key-short-lived", "AWS", "Bedrock API key (short-lived)", &[Lit("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t")])
        .entropy(3.0).from("https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html"),
    bare("gcp-api-key", "Google Cloud", "API key", &[Lit("AIza"), Run(URL64, 35, 35)])
        .entropy(4.0).from("https://cloud.google.com/docs/authentication/api-keys"),
    bare("gcp-oauth-client-secret", "Google Cloud", "OAuth client secret", &[Lit("GOCSPX-"), Run(URL64, 28, 28)])
        .entropy(3.0).from("https://developers.google.com/identity/protocols/oauth2"),
    bare("gcp-oauth-refresh-token", "Google Cloud", "OAuth refresh token", &[Lit("1//0"), Run(URL64, 60, 120)])
        .entropy(3.5).from("https://developers.google.com/identity/protocols/oauth2#size"),
    bare("gcp-oauth-access-token", "Google Cloud", "OAuth access token", &[Lit("ya29."), Run(URL64, 60, 400)])
        .entropy(3.5).from("https://developers.google.com/identity/protocols/oauth2#size"),
    bare("alibaba-access-key-id", "Alibaba Cloud", "AccessKey id", &[Lit("LTAI"), Run(ALNUM, 20, 20)])
        .entropy(2.0).from("https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair"),
    assigned("alibaba-secret-key", "Alibaba Cloud", "AccessKey secret", &["alibaba", "aliyun"], &[Run(ALNUM, 30, 30)])
        .entropy(2.0).from("https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair"),
    bare("tencent-cloud-secret-id", "Tencent Cloud", "secret id", &[Lit("AKID"), Run(ALNUM, 32, 32)])
        .entropy(3.5).from("https://www.tencentcloud.com/document/product/598/32675"),
    assigned("cloudflare-api-key", "Cloudflare", "API token", &["cloudflare"], &[Run(URL64, 40, 40)])
        .from(CLOUDFLARE),
    assigned("cloudflare-global-api-key", "Cloudflare", "global API key", &["cloudflare"], &[Run(HEX, 37, 37)])
        .from(CLOUDFLARE),
    bare("cloudflare-origin-ca-key", "Cloudflare", "origin CA key", &[Lit("v1.0-"), Run(HEX, 24, 24), Lit("-"), Run(HEX, 146, 146)])
        .from(CLOUDFLARE),
    bare("digitalocean-pat", "DigitalOcean", "personal access token", &[Lit("dop_v1_"), Run(HEX, 64, 64)])
        .entropy(3.0).from(DIGITALOCEAN),
    bare("digitalocean-access-token", "DigitalOcean", "OAuth access token", &[Lit("doo_v1_"), Run(HEX, 64, 64)])
        .entropy(3.0).from(DIGITALOCEAN),
    bare("digitalocean-refresh-token", "DigitalOcean", "OAuth refresh token", &[Lit("dor_v1_"), Run(HEX, 64, 64)])
        .from(DIGITALOCEAN),
    bare("flyio-access-token", "Fly.io", "access token (v1)", &[Lit("fo1_"), Run(URL64, 43, 43)])
        .entropy(4.0).from(FLY),
    bare("flyio-access-token", "Fly.io", "macaroon token", &[Any(&["fm1a_", "fm1r_", "fm2_"]), Run(BASE64, 90, 1500), Run("=", 0, 3)])
        .entropy(4.0).from(FLY),
    assigned("heroku-api-key", "Heroku", "API key (UUID)", &["heroku"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .from("https://devcenter.heroku.com/articles/platform-api-quickstart"),
    bare("heroku-api-key-v2", "Heroku", "API key", &[Lit("HRKU-AA"), Run(URL64, 58, 58)])
        .entropy(4.0).from("https://devcenter.heroku.com/changelog-items/2842"),
    bare("scalingo-api-token", "Scalingo", "API token", &[Lit("tk-us-"), Run(URL64, 48, 48)])
        .from("https://developers.scalingo.com/tokens"),
    bare("planetscale-password", "PlanetScale", "database password", &[Lit("pscale_pw_"), Run("0-9A-Za-z_=.-", 32, 64)])
        .entropy(3.0).from("https://planetscale.com/docs/concepts/connection-strings"),
    bare("planetscale-api-token", "PlanetScale", "service token", &[Lit("pscale_tkn_"), Run("0-9A-Za-z_=.-", 32, 64)])
        .entropy(3.0).from("https://planetscale.com/docs/concepts/service-tokens"),
    bare("planetscale-oauth-token", "PlanetScale", "OAuth token", &[Lit("pscale_oauth_"), Run("0-9A-Za-z_=.-", 32, 64)])
        .entropy(3.0).from("https://planetscale.com/docs/concepts/service-tokens"),
    bare("yandex-aws-access-token", "Yandex Cloud", "static access key", &[Lit("YC"), Run(URL64, 38, 38)])
        .words(&["yandex"]).from(YANDEX),
    bare("yandex-api-key", "Yandex Cloud", "API key", &[Lit("AQVN"), Run(URL64, 35, 38)])
        .from(YANDEX),
    bare("yandex-access-token", "Yandex Cloud", "IAM token", &[Lit("t1."), Run(URL64_EQ, 1, 300), Lit("."), Run(URL64, 86, 86), Run("=", 0, 2)])
        .entropy(3.0).words(&["t1."]).from(YANDEX),
    bare("clickhouse-cloud-api-secret-key", "ClickHouse Cloud", "API secret key", &[Lit("4b1d"), Run(ALNUM, 38, 38)])
        .entropy(3.0).from("https://clickhouse.com/docs/cloud/manage/openapi"),
    assigned("fastly-api-token", "Fastly", "API token", &["fastly"], &[Run(URL64_EQ, 32, 32)])
        .from("https://www.fastly.com/documentation/guides/account-info/account-management/using-api-tokens/"),
    assigned("netlify-access-token", "Netlify", "access token", &["netlify"], &[Run(URL64_EQ, 40, 46)])
        .from("https://docs.netlify.com/api/get-started/#authentication"),
    assigned("linode-api-token", "Akamai Linode", "API token", &["linode"], &[Run(HEX, 64, 64)])
        .from("https://techdocs.akamai.com/linode-api/reference/get-started"),
    assigned("vultr-api-key", "Vultr", "API key", &["vultr"], &[Run(UPPER, 36, 36)])
        .from("https://docs.vultr.com/platform/other/api"),
    assigned("scaleway-secret-key", "Scaleway", "API secret key", &["scw_secret", "scaleway"], &[Run(HEX, 8, 8), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 4, 4), Lit("-"), Run(HEX, 12, 12)])
        .from("https://www.scaleway.com/en/docs/iam/how-to/create-api-keys/"),
    assigned("azure-storage-account-key", "Azure", "storage account key", &["AccountKey", "account_key"], &[Run(BASE64, 86, 86), Lit("==")])
        .entropy(4.0).from("https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage"),
    bare("azure-devops-pat", "Azure DevOps", "personal access token", &[Run(ALNUM, 76, 76), Lit("AZDO"), Run(ALNUM, 4, 4)])
        .entropy(3.5).from("https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate"),
];
