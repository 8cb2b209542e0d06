//! Identity, secrets, networks.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, HEX, UPPER, URL64, URL64_EQ};
use super::super::format::{BETTERLEAKS, Format, NO_END, assigned, bare};

const VAULT: &str = "https://github.com/hashicorp/vault/blob/049338b4635f127eee36b8865860b6a8050f7a31/website/content/docs/concepts/tokens.mdx";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare(
        "1password-secret-key",
        "1Password",
        "secret key",
        &[
            Lit("A3-"),
            Run(UPPER, 6, 6),
            Lit("-"),
            Run(UPPER, 11, 11),
            Lit("-"),
            Run(UPPER, 5, 5),
            Lit("-"),
            Run(UPPER, 5, 5),
            Lit("-"),
            Run(UPPER, 5, 5),
        ],
    )
    .entropy(3.8)
    .words(&["A3-"])
    .scanner(BETTERLEAKS, "`A3-`, 6 of `[0-9A-Z]`, `-`, 11, or 6, `-`, 5, then thrice `-` and 5"),
    bare(
        "1password-secret-key",
        "1Password",
        "secret key (six groups)",
        &[
            Lit("A3-"),
            Run(UPPER, 6, 6),
            Lit("-"),
            Run(UPPER, 6, 6),
            Lit("-"),
            Run(UPPER, 5, 5),
            Lit("-"),
            Run(UPPER, 5, 5),
            Lit("-"),
            Run(UPPER, 5, 5),
            Lit("-"),
            Run(UPPER, 5, 5),
        ],
    )
    .entropy(3.8)
    .words(&["A3-"])
    .scanner(BETTERLEAKS, "`A3-`, 6 of `[0-9A-Z]`, `-`, 11, or 6, `-`, 5, then thrice `-` and 5"),
    bare(
        "1password-service-account-token",
        "1Password",
        "service account token",
        &[Lit("ops_eyJ"), Run("0-9A-Za-z+/", 250, 1200), Run("=", 0, 3)],
    )
    .entropy(4.0)
    .words(&["ops_eyJ"])
    .scanner(BETTERLEAKS, "`ops_eyJ`, 250 or more of `[0-9A-Za-z+/]`, 0 to 3 of `=`"),
    bare(
        "vault-service-token",
        "HashiCorp Vault",
        "service token",
        &[Lit("hvs."), Run(URL64, 90, 120)],
    )
    .entropy(3.5)
    .read(VAULT, "since 1.10 `hvs.` (service), `hvb.` (batch) or `hvr.` (recovery), then 24 characters of base 62; the form may change"),
    bare(
        "vault-batch-token",
        "HashiCorp Vault",
        "batch token",
        &[Lit("hvb."), Run(URL64, 138, 300)],
    )
    .entropy(4.0)
    .read(VAULT, "since 1.10 `hvs.` (service), `hvb.` (batch) or `hvr.` (recovery), then 24 characters of base 62; the form may change"),
    bare(
        "vault-service-token",
        "HashiCorp Vault",
        "service or recovery token of 24 characters",
        &[Any(&["hvs.", "hvr."]), Run(ALNUM, 24, 24)],
    )
    .entropy(3.5)
    .read(VAULT, "since 1.10 `hvs.` (service), `hvb.` (batch) or `hvr.` (recovery), then 24 characters of base 62; the form may change"),
    bare(
        "vault-batch-token",
        "HashiCorp Vault",
        "batch token of 24 characters",
        &[Lit("hvb."), Run(ALNUM, 24, 24)],
    )
    .entropy(3.5)
    .read(VAULT, "since 1.10 `hvs.` (service), `hvb.` (batch) or `hvr.` (recovery), then 24 characters of base 62; the form may change"),
    assigned(
        "vault-service-token",
        "HashiCorp Vault",
        "service token (before 1.10)",
        &["vault", "token"],
        &[Lit("s."), Run(ALNUM, 24, 24)],
    )
    .entropy(3.8)
    .read(VAULT, "up to 1.9 `s.`, then 24 characters of base 62"),
    // Wider than the document: older scanners take any digit there, and so do their fixtures.
    bare(
        "azure-ad-client-secret",
        "Microsoft Entra",
        "client secret",
        &[Run("0-9A-Za-z_~.-", 3, 3), Run("0-9", 1, 1), Lit("Q~"), Run("0-9A-Za-z_~.-", 31, 34)],
    )
    .entropy(3.0)
    .read("https://github.com/microsoft/security-utilities/blob/036eb4b32c94999e6c78054e39163496fed88200/src/Microsoft.Security.Utilities.Core/PreciselyClassifiedSecurityKeys/SEC101_156_AzureClientAppIdentifiableCredentials.cs", "3 characters, `7Q~` and 31, or `8Q~` and 34, all unreserved in URLs"),
    assigned(
        "okta-access-token",
        "Okta",
        "API token",
        &["okta"],
        &[Lit("00"), Run(URL64_EQ, 40, 40)],
    )
    .entropy(4.0)
    .scanner(BETTERLEAKS, "`00`, 40 of `[0-9A-Za-z=_-]`"),
    bare(
        "authress-service-client-access-key",
        "Authress",
        "service client access key",
        &[
            Any(&["sc_", "ext_", "scauth_", "authress_"]),
            Run(ALNUM, 5, 30),
            Lit("."),
            Run(ALNUM, 4, 6),
            Lit("."),
            Any(&["acc_", "acc-"]),
            Run("0-9A-Za-z-", 10, 32),
            Lit("."),
            Run("0-9A-Za-z+/_=-", 30, 120),
        ],
    )
    .words(&["sc_", "ext_", "scauth_", "authress_"])
    .scanner(BETTERLEAKS, "`sc` or `ext` or `scauth` or `authress`, `_`, 5 to 30 of `[0-9A-Za-z]`, `.`, 4 to 6 of `[0-9A-Za-z]`, `.acc`, 1 of `[_-]`, 10 to 32 of `[0-9A-Za-z-]`, `.`, 30 to 120 of `[0-9A-Za-z+/=_-]`"),
    bare(
        "age-secret-key",
        "age",
        "secret key",
        &[Any(&["AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"]), Run("02-9AC-HJ-NP-Z", 58, 58)],
    )
    .entropy(0.0)
    .read("https://github.com/C2SP/C2SP/blob/037e546d164a89fd7577df2c18df80bb54bd246e/age.md", "32 bytes as upper-case Bech32, after `AGE-SECRET-KEY-` (X25519) or `AGE-SECRET-KEY-PQ-` (MLKEM768-X25519); Bech32 puts a `1` before and six check characters behind"),
    assigned("cisco-meraki-api-key", "Cisco Meraki", "API key", &["meraki"], &[Run(HEX, 40, 40)])
        .entropy(3.0)
        .scanner(BETTERLEAKS, "40 of `[0-9a-f]`"),
    bare(
        "defined-networking-api-token",
        "Defined Networking",
        "API token",
        &[Lit("dnkey-"), Run(URL64_EQ, 26, 26), Lit("-"), Run(URL64_EQ, 52, 52)],
    )
    .scanner(BETTERLEAKS, "`dnkey-`, 26 of `[0-9A-Za-z=_-]`, `-`, 52 of `[0-9A-Za-z=_-]`"),
    bare(
        "jwt",
        "JSON Web Token",
        "(RFC 7519)",
        &[
            Lit("ey"),
            Run(ALNUM, 17, NO_END),
            Lit(".ey"),
            Run("0-9A-Za-z/\\\\_-", 17, NO_END),
            Lit("."),
            Run("0-9A-Za-z/\\\\_-", 0, NO_END),
            Run("=", 0, 2),
        ],
    )
    .entropy(3.0)
    .scanner(BETTERLEAKS, "`ey`, 17 or more of `[0-9A-Za-z]`, `.ey`, 17 or more, `.`, none or 10 or more, 0 to 2 of `=`"),
    bare(
        "jwt-base64",
        "JSON Web Token",
        "in base 64 once more",
        &[Lit("ZXlK"), Run("0-9A-Za-z+/_-", 90, NO_END), Run("=", 0, 2)],
    )
    .entropy(3.5)
    .from("https://www.rfc-editor.org/rfc/rfc7519"),
    bare(
        "tailscale-auth-key",
        "Tailscale",
        "auth or API key",
        &[
            Lit("tskey-"),
            Any(&["auth-", "api-", "client-", "scim-", "webhook-"]),
            Run(ALNUM, 11, 20),
            Lit("-"),
            Run(ALNUM, 18, 40),
        ],
    )
    .entropy(3.0)
    .read("https://tailscale.com/docs/reference/key-prefixes.md", "prefix `tskey-api`, `tskey-auth`, `tskey-client`, `tskey-scim` or `tskey-webhook`; in an example, then 12 and 18 characters with hyphens between them"),
    bare(
        "cloudflare-turnstile-secret",
        "Cloudflare Turnstile",
        "secret key",
        &[Lit("0x4AAAAAA"), Run(URL64, 26, 26)],
    )
    .entropy(3.0)
    .from("https://developers.cloudflare.com/turnstile/get-started/"),
    assigned("clerk-secret-key", "Clerk", "secret key", &["clerk"], &[Lit("sk_"), Any(&["test", "live"]), Lit("_"), Run(ALNUM, 32, 32)])
        .entropy(2.5).scanner(BETTERLEAKS, "`sk_`, `test` or `live`, `_`, 32 of `[0-9A-Za-z]`"),
    bare("onfido-live-api-token-eu", "Onfido", "live API token (EU)", &[Lit("api_live."), Run(URL64, 20, 80)])
        .entropy(3.0).scanner(BETTERLEAKS, "`api_live.`, 20 to 80 of `[0-9A-Za-z_-]`"),
    bare("onfido-live-api-token-us", "Onfido", "live API token (US)", &[Lit("api_live_us."), Run(URL64, 20, 80)])
        .entropy(3.0).scanner(BETTERLEAKS, "`api_live_us.`, 20 to 80 of `[0-9A-Za-z_-]`"),
    bare("onfido-live-api-token-ca", "Onfido", "live API token (CA)", &[Lit("api_live_ca."), Run(URL64, 20, 80)])
        .entropy(3.0).scanner(BETTERLEAKS, "`api_live_ca.`, 20 to 80 of `[0-9A-Za-z_-]`"),
    bare("persona-production-api-key", "Persona", "production API key", &[Lit("persona_production_"), Run("0-9a-z_-", 20, 80)])
        .entropy(3.0).scanner(BETTERLEAKS, "`persona_production_`, 20 to 80 of `[0-9a-z_-]`"),
];
