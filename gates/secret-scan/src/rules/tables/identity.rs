//! Identity, secrets, networks.

use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, HEX, UPPER, URL64, URL64_EQ};
use super::super::format::{Format, NO_END, assigned, bare};

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
    .from("https://support.1password.com/secret-key-security/"),
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
    .from("https://support.1password.com/secret-key-security/"),
    bare(
        "1password-service-account-token",
        "1Password",
        "service account token",
        &[Lit("ops_eyJ"), Run("0-9A-Za-z+/", 250, 1200), Run("=", 0, 3)],
    )
    .entropy(4.0)
    .words(&["ops_eyJ"])
    .from("https://developer.1password.com/docs/service-accounts/"),
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
    .from("https://developer.okta.com/docs/guides/create-an-api-token/main/"),
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
    .from("https://authress.io/knowledge-base/docs/authorization/service-clients/"),
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
        .from("https://developer.cisco.com/meraki/api-v1/authorization/"),
    bare(
        "defined-networking-api-token",
        "Defined Networking",
        "API token",
        &[Lit("dnkey-"), Run(URL64_EQ, 26, 26), Lit("-"), Run(URL64_EQ, 52, 52)],
    )
    .from("https://docs.defined.net/guides/automating-host-creation/"),
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
    .from("https://www.rfc-editor.org/rfc/rfc7519"),
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
];
