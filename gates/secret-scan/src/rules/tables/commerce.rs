//! Payment, commerce, shipping, banking, exchanges.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, HEX, HEX_ANY, LOWER, URL64, URL64_EQ};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

const SHOPIFY: &str = "https://shopify.dev/changelog/app-secret-key-length-has-increased";
const SHOPIFY_TOKENS: &str =
    "https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("stripe-access-token", "Stripe", "secret or restricted key", &[Any(&["sk_", "rk_"]), Any(&["live", "test", "prod"]), Lit("_"), Run(ALNUM, 10, 128)])
        .entropy(2.0).words(&["sk_live", "sk_test", "sk_prod", "rk_live", "rk_test", "rk_prod"]).read("https://gitlab.com/gitlab-org/gitlab/-/issues/458019", "`sk` or `rk`, `_live_`, then 10 to 128 letters and digits, as given by the vendor's staff"),
    bare("stripe-webhook-secret", "Stripe", "webhook signing secret", &[Lit("whsec_"), Run(ALNUM, 32, 64)])
        .entropy(3.5).from("https://docs.stripe.com/webhooks/signature"),
    bare("square-access-token", "Square", "access token", &[Any(&["EAAA", "sq0atp-"]), Run(URL64, 22, 60)])
        .entropy(2.0).scanner(BETTERLEAKS, "`EAAA` or `sq0atp-`, 22 to 60 of `[0-9A-Za-z_-]`"),
    bare("square-oauth-secret", "Square", "OAuth application secret", &[Lit("sq0csp-"), Run(URL64, 43, 43)])
        .entropy(3.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/squareapp", "`sq0c`, 2 letters, `-`, 40 to 50 of `[0-9A-Za-z_-]`"),
    bare("shopify-access-token", "Shopify", "access token", &[Lit("shpat_"), Run(HEX_ANY, 32, 32)])
        .read(SHOPIFY_TOKENS, "prefix `shpat_` (public apps), 38 characters in all; no alphabet"),
    bare("shopify-custom-access-token", "Shopify", "custom app access token", &[Lit("shpca_"), Run(HEX_ANY, 32, 32)])
        .read(SHOPIFY_TOKENS, "prefix `shpca_` (custom apps), 38 characters in all; no alphabet"),
    bare("shopify-private-app-access-token", "Shopify", "private app access token", &[Lit("shppa_"), Run(HEX_ANY, 32, 32)])
        .read(SHOPIFY_TOKENS, "prefix `shppa_` (legacy private apps), 38 characters in all; no alphabet"),
    bare("shopify-shared-secret", "Shopify", "shared secret", &[Lit("shpss_"), Run(HEX_ANY, 32, 32)])
        .read(SHOPIFY, "prefix `shpss_`, 38 characters in all; no alphabet"),
    bare("paypal-braintree-access-token", "PayPal Braintree", "access token", &[Lit("access_token$"), Any(&["production", "sandbox"]), Lit("$"), Run(LOWER, 16, 16), Lit("$"), Run(HEX, 32, 32)])
        .entropy(3.0).from("https://developer.paypal.com/braintree/docs/guides/authorization/overview"),
    bare("flutterwave-public-key", "Flutterwave", "public key", &[Any(&["FLWPUBK_TEST-", "FLWPUBK-"]), Run(HEX_ANY, 32, 32), Lit("-X")])
        .scanner(BETTERLEAKS, "`FLWPUBK_TEST-`, 32 of `[0-9A-Ha-h]`, `-X`"),
    bare("flutterwave-secret-key", "Flutterwave", "secret key", &[Any(&["FLWSECK_TEST-", "FLWSECK-"]), Run(HEX_ANY, 32, 32), Lit("-X")])
        .scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/flutterwave", "`FLWSECK-`, 32 of `[0-9a-z]`, `-X`"),
    bare("flutterwave-encryption-key", "Flutterwave", "encryption key", &[Any(&["FLWSECK_TEST-", "FLWSECK-"]), Run(HEX_ANY, 12, 12)])
        .scanner(BETTERLEAKS, "`FLWSECK_TEST-`, 12 of `[0-9A-Ha-h]`"),
    bare("duffel-api-token", "Duffel", "access token", &[Any(&["duffel_test_", "duffel_live_"]), Run(URL64_EQ, 43, 43)])
        .read("https://duffel.com/docs/api/overview/test-mode", "prefix `duffel_test_` in the test mode; nothing of the live one, no length"),
    bare("easypost-api-token", "EasyPost", "API key", &[Lit("EZAK"), Run(ALNUM, 54, 54)])
        .scanner(BETTERLEAKS, "`EZAK`, 54 of `[0-9A-Za-z]`"),
    bare("easypost-test-api-token", "EasyPost", "test API key", &[Lit("EZTK"), Run(ALNUM, 54, 54)])
        .scanner(BETTERLEAKS, "`EZTK`, 54 of `[0-9A-Za-z]`"),
    bare("shippo-api-token", "Shippo", "API token", &[Any(&["shippo_live_", "shippo_test_"]), Run(HEX_ANY, 40, 40)])
        .read("https://docs.goshippo.com/guides/authentication", "prefix `shippo_live_` or `shippo_test_`; no length, no alphabet"),
    assigned("gocardless-api-token", "GoCardless", "access token", &["gocardless"], &[Lit("live_"), Run(URL64_EQ, 40, 40)])
        .scanner(BETTERLEAKS, "`live_`, 40 of `[0-9A-Za-z=_-]`"),
    assigned("lob-api-key", "Lob", "API key", &["lob"], &[Any(&["live_", "test_"]), Run(HEX_ANY, 35, 35)])
        .scanner(BETTERLEAKS, "`live_` or `test_`, 35 of `[0-9A-Fa-f]`"),
    assigned("lob-pub-api-key", "Lob", "publishable API key", &["lob"], &[Any(&["live_pub_", "test_pub_"]), Run(HEX_ANY, 31, 31)])
        .scanner(BETTERLEAKS, "`live_pub_` or `test_pub_`, 31 of `[0-9A-Fa-f]`"),
    assigned("plaid-client-id", "Plaid", "client id", &["plaid"], &[Run(ALNUM, 24, 24)])
        .entropy(3.5).scanner(BETTERLEAKS, "24 of `[0-9A-Za-z]`"),
    assigned("plaid-secret-key", "Plaid", "secret", &["plaid"], &[Run(ALNUM, 30, 30)])
        .entropy(3.5).scanner(BETTERLEAKS, "30 of `[0-9A-Za-z]`"),
    assigned("plaid-api-token", "Plaid", "access token", &["plaid"], &[Lit("access-"), Any(&["sandbox", "development", "production"]), Lit("-"), Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .scanner(BETTERLEAKS, "`access-`, `sandbox` or `development` or `production`, `-`, 8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
    assigned("finicity-api-token", "Finicity", "API token", &["finicity"], &[Run(HEX_ANY, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Fa-f]`"),
    assigned("finicity-client-secret", "Finicity", "client secret", &["finicity"], &[Run(ALNUM, 20, 20)])
        .scanner(BETTERLEAKS, "20 of `[0-9A-Za-z]`"),
    assigned("finnhub-access-token", "Finnhub", "API key", &["finnhub"], &[Run(ALNUM, 20, 20)])
        .scanner(BETTERLEAKS, "20 of `[0-9A-Za-z]`"),
    assigned("freshbooks-access-token", "FreshBooks", "access token", &["freshbooks"], &[Run(ALNUM, 64, 64)])
        .scanner(BETTERLEAKS, "64 of `[0-9A-Za-z]`"),
    assigned("etsy-access-token", "Etsy", "API key", &["etsy"], &[Run(ALNUM, 24, 24)])
        .entropy(3.0).from("https://developers.etsy.com/documentation/essentials/authentication"),
    assigned("squarespace-access-token", "Squarespace", "API key", &["squarespace"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .scanner(BETTERLEAKS, "8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
    assigned("coinbase-access-token", "Coinbase", "access token", &["coinbase"], &[Run(URL64, 64, 64)])
        .scanner(BETTERLEAKS, "64 of `[0-9A-Za-z_-]`"),
    assigned("kraken-access-token", "Kraken", "private key", &["kraken"], &[Run("0-9A-Za-z/=_+-", 80, 90)])
        .scanner(BETTERLEAKS, "80 to 90 of `[0-9A-Za-z+/=_-]`"),
    assigned("kucoin-access-token", "KuCoin", "API key", &["kucoin"], &[Run(HEX_ANY, 24, 24)])
        .scanner(BETTERLEAKS, "24 of `[0-9A-Fa-f]`"),
    assigned("kucoin-secret-key", "KuCoin", "API secret", &["kucoin"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .scanner(BETTERLEAKS, "8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
    assigned("bittrex-access-key", "Bittrex", "access key", &["bittrex"], &[Run(ALNUM, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z]`"),
    assigned("bittrex-secret-key", "Bittrex", "secret key", &["bittrex"], &[Run(ALNUM, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z]`"),
    bare("razorpay-key-id", "Razorpay", "API key id", &[Any(&["rzp_live_", "rzp_test_"]), Run(ALNUM, 14, 14)])
        .entropy(3.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/razorpay", "`rzp_live_`, 14 of `[0-9A-Za-z]`"),
    bare("adyen-api-key", "Adyen", "API key", &[Lit("AQE"), Run("0-9A-Za-z+/=.-", 97, 200)])
        .entropy(4.0).words(&["AQE"]).from("https://docs.adyen.com/development-resources/api-credentials/"),
    // Narrower than the document: `test_` and 30 word characters are the name of many a test.
    bare("mollie-api-key", "Mollie", "API key", &[Any(&["live_", "test_"]), Run(ALNUM, 30, 30)])
        .entropy(3.5).read("https://github.com/mollie/mollie-api-php/blob/00c9a678cecb0b246d8cd10c44d72ec9f54d1748/src/MollieApiClient.php", "`live_` or `test_`, then 30 word characters or more"),
    bare("paddle-live-api-key", "Paddle", "live API key", &[Lit("pdl_live_apikey_"), Run(LOWER, 26, 26), Lit("_"), Run(ALNUM, 22, 22), Lit("_"), Run(ALNUM, 3, 3)])
        .entropy(3.0).scanner(BETTERLEAKS, "`pdl_live_apikey_`, 26 of `[0-9a-z]`, `_`, 22 of `[0-9A-Za-z]`, `_`, 3 of `[0-9A-Za-z]`"),
    bare("ramp-client-secret", "Ramp", "client secret", &[Lit("ramp_sec_"), Run(ALNUM, 48, 48)])
        .entropy(3.0).scanner(BETTERLEAKS, "`ramp_sec_`, 48 of `[0-9A-Za-z]`"),
    bare("mercury-production-api-token", "Mercury", "production API token", &[Lit("mercury_production_"), Run("a-z", 3, 6), Lit("_"), Run(ALNUM, 40, 50), Lit("_yrucrem")])
        .entropy(3.0).scanner(BETTERLEAKS, "`mercury_production_`, 3 to 6 of `[a-z]`, `_`, 40 to 50 of `[0-9A-Za-z]`, `_yrucrem`"),
    bare("polar-organization-access-token", "Polar", "organization access token", &[Lit("polar_oat_"), Run(URL64, 20, 100)])
        .entropy(3.0).scanner(BETTERLEAKS, "`polar_oat_`, 20 to 100 of `[0-9A-Za-z_-]`"),
    bare("polar-personal-access-token", "Polar", "personal access token", &[Lit("polar_pat_"), Run(URL64, 20, 100)])
        .entropy(3.0).scanner(BETTERLEAKS, "`polar_pat_`, 20 to 100 of `[0-9A-Za-z_-]`"),
    bare("polar-oauth-access-token", "Polar", "OAuth access token", &[Lit("polar_at_"), Run(URL64, 20, 100)])
        .entropy(3.0).scanner(BETTERLEAKS, "`polar_at_`, 20 to 100 of `[0-9A-Za-z_-]`"),
    assigned("checkout-secret-key", "Checkout.com", "secret key", &["checkout"], &[Lit("sk_"), Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .entropy(2.5).scanner(BETTERLEAKS, "`sk_`, 8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
];
