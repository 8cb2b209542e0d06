//! Payment, commerce, shipping, banking, exchanges.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, HEX, HEX_ANY, LOWER, URL64, URL64_EQ};
use super::super::format::{Format, assigned, bare};

const SHOPIFY: &str = "https://shopify.dev/changelog/app-secret-key-length-has-increased";
const SHOPIFY_TOKENS: &str =
    "https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing";
const FLUTTERWAVE: &str = "https://developer.flutterwave.com/docs/authentication";
const PLAID: &str = "https://plaid.com/docs/api/";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("stripe-access-token", "Stripe", "secret or restricted key", &[Any(&["sk_", "rk_"]), Any(&["live", "test", "prod"]), Lit("_"), Run(ALNUM, 10, 128)])
        .entropy(2.0).words(&["sk_live", "sk_test", "sk_prod", "rk_live", "rk_test", "rk_prod"]).read("https://gitlab.com/gitlab-org/gitlab/-/issues/458019", "`sk` or `rk`, `_live_`, then 10 to 128 letters and digits, as given by the vendor's staff"),
    bare("stripe-webhook-secret", "Stripe", "webhook signing secret", &[Lit("whsec_"), Run(ALNUM, 32, 64)])
        .entropy(3.5).from("https://docs.stripe.com/webhooks/signature"),
    bare("square-access-token", "Square", "access token", &[Any(&["EAAA", "sq0atp-"]), Run(URL64, 22, 60)])
        .entropy(2.0).from("https://developer.squareup.com/docs/build-basics/access-tokens"),
    bare("square-oauth-secret", "Square", "OAuth application secret", &[Lit("sq0csp-"), Run(URL64, 43, 43)])
        .entropy(3.0).from("https://developer.squareup.com/docs/oauth-api/overview"),
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
        .from(FLUTTERWAVE),
    bare("flutterwave-secret-key", "Flutterwave", "secret key", &[Any(&["FLWSECK_TEST-", "FLWSECK-"]), Run(HEX_ANY, 32, 32), Lit("-X")])
        .from(FLUTTERWAVE),
    bare("flutterwave-encryption-key", "Flutterwave", "encryption key", &[Any(&["FLWSECK_TEST-", "FLWSECK-"]), Run(HEX_ANY, 12, 12)])
        .from(FLUTTERWAVE),
    bare("duffel-api-token", "Duffel", "access token", &[Any(&["duffel_test_", "duffel_live_"]), Run(URL64_EQ, 43, 43)])
        .read("https://duffel.com/docs/api/overview/test-mode", "prefix `duffel_test_` in the test mode; nothing of the live one, no length"),
    bare("easypost-api-token", "EasyPost", "API key", &[Lit("EZAK"), Run(ALNUM, 54, 54)])
        .from("https://docs.easypost.com/docs/authentication"),
    bare("easypost-test-api-token", "EasyPost", "test API key", &[Lit("EZTK"), Run(ALNUM, 54, 54)])
        .from("https://docs.easypost.com/docs/authentication"),
    bare("shippo-api-token", "Shippo", "API token", &[Any(&["shippo_live_", "shippo_test_"]), Run(HEX_ANY, 40, 40)])
        .read("https://docs.goshippo.com/guides/authentication", "prefix `shippo_live_` or `shippo_test_`; no length, no alphabet"),
    assigned("gocardless-api-token", "GoCardless", "access token", &["gocardless"], &[Lit("live_"), Run(URL64_EQ, 40, 40)])
        .from("https://developer.gocardless.com/getting-started/api/making-your-first-request/"),
    assigned("lob-api-key", "Lob", "API key", &["lob"], &[Any(&["live_", "test_"]), Run(HEX_ANY, 35, 35)])
        .words(&["live_", "test_"]).from("https://docs.lob.com/#tag/Authentication"),
    assigned("lob-pub-api-key", "Lob", "publishable API key", &["lob"], &[Any(&["live_pub_", "test_pub_"]), Run(HEX_ANY, 31, 31)])
        .words(&["live_pub", "test_pub"]).from("https://docs.lob.com/#tag/Authentication"),
    assigned("plaid-client-id", "Plaid", "client id", &["plaid"], &[Run(ALNUM, 24, 24)])
        .entropy(3.5).from(PLAID),
    assigned("plaid-secret-key", "Plaid", "secret", &["plaid"], &[Run(ALNUM, 30, 30)])
        .entropy(3.5).from(PLAID),
    assigned("plaid-api-token", "Plaid", "access token", &["plaid"], &[Lit("access-"), Any(&["sandbox", "development", "production"]), Lit("-"), Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .from(PLAID),
    assigned("finicity-api-token", "Finicity", "API token", &["finicity"], &[Run(HEX_ANY, 32, 32)])
        .from("https://developer.mastercard.com/open-finance-us/documentation/access-and-config/"),
    assigned("finicity-client-secret", "Finicity", "client secret", &["finicity"], &[Run(ALNUM, 20, 20)])
        .from("https://developer.mastercard.com/open-finance-us/documentation/access-and-config/"),
    assigned("finnhub-access-token", "Finnhub", "API key", &["finnhub"], &[Run(ALNUM, 20, 20)])
        .from("https://finnhub.io/docs/api/authentication"),
    assigned("freshbooks-access-token", "FreshBooks", "access token", &["freshbooks"], &[Run(ALNUM, 64, 64)])
        .from("https://www.freshbooks.com/api/authentication"),
    assigned("etsy-access-token", "Etsy", "API key", &["etsy"], &[Run(ALNUM, 24, 24)])
        .entropy(3.0).from("https://developers.etsy.com/documentation/essentials/authentication"),
    assigned("squarespace-access-token", "Squarespace", "API key", &["squarespace"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .from("https://developers.squarespace.com/commerce-apis/authentication-and-permissions"),
    assigned("coinbase-access-token", "Coinbase", "access token", &["coinbase"], &[Run(URL64, 64, 64)])
        .from("https://docs.cdp.coinbase.com/coinbase-app/docs/api-key-authentication"),
    assigned("kraken-access-token", "Kraken", "private key", &["kraken"], &[Run("0-9A-Za-z/=_+-", 80, 90)])
        .from("https://docs.kraken.com/api/docs/guides/spot-rest-auth"),
    assigned("kucoin-access-token", "KuCoin", "API key", &["kucoin"], &[Run(HEX_ANY, 24, 24)])
        .from("https://www.kucoin.com/docs/basic-info/connection-method/authentication/creating-a-request"),
    assigned("kucoin-secret-key", "KuCoin", "API secret", &["kucoin"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .from("https://www.kucoin.com/docs/basic-info/connection-method/authentication/creating-a-request"),
    assigned("bittrex-access-key", "Bittrex", "access key", &["bittrex"], &[Run(ALNUM, 32, 32)])
        .from("https://bittrex.github.io/api/v3"),
    assigned("bittrex-secret-key", "Bittrex", "secret key", &["bittrex"], &[Run(ALNUM, 32, 32)])
        .from("https://bittrex.github.io/api/v3"),
    bare("razorpay-key-id", "Razorpay", "API key id", &[Any(&["rzp_live_", "rzp_test_"]), Run(ALNUM, 14, 14)])
        .entropy(3.0).from("https://razorpay.com/docs/api/authentication/"),
    bare("adyen-api-key", "Adyen", "API key", &[Lit("AQE"), Run("0-9A-Za-z+/=.-", 97, 200)])
        .entropy(4.0).words(&["AQE"]).from("https://docs.adyen.com/development-resources/api-credentials/"),
    // Narrower than the document: `test_` and 30 word characters are the name of many a test.
    bare("mollie-api-key", "Mollie", "API key", &[Any(&["live_", "test_"]), Run(ALNUM, 30, 30)])
        .entropy(3.5).read("https://github.com/mollie/mollie-api-php/blob/00c9a678cecb0b246d8cd10c44d72ec9f54d1748/src/MollieApiClient.php", "`live_` or `test_`, then 30 word characters or more"),
];
