//! Package registries, build and delivery.

use super::super::format::Checksum::{Crc32Base62, XorAlnum};
use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, HEX, HEX_ANY, LOWER, UPPER, URL64, URL64_EQ};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

const WAREHOUSE: &str = "https://github.com/pypi/warehouse/blob/020bedaad7a82c1c9d0648932a8567b8e6d9edd5/warehouse/macaroons/services.py";

const BUILDKITE: &str = "https://github.com/buildkite/docs/blob/35cf0294c6ea68f41d90da114120d73278f6fc0b/pages/platform/security/tokens.md";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("npm-access-token", "npm", "access token", &[Lit("npm_"), Run(ALNUM, 36, 36)])
        .checksum(Crc32Base62).read("https://github.com/microsoft/security-utilities/blob/036eb4b32c94999e6c78054e39163496fed88200/src/Microsoft.Security.Utilities.Core/PreciselyClassifiedSecurityKeys/SEC101_050_NpmAuthorKey.cs", "`npm_`, then 36 characters of base 62; nothing of a checksum"),
    bare("pypi-upload-token", "PyPI", "upload token", &[Lit("pypi-AgEIcHlwaS5vcmc"), Run(URL64, 50, 1000)])
        .entropy(3.0).read(WAREHOUSE, "`pypi-`, then a macaroon of version 2 that opens with its location, serialized; no length"),
    bare("pypi-test-upload-token", "TestPyPI", "upload token", &[Lit("pypi-AgENdGVzdC5weXBpLm9yZw"), Run(URL64, 50, 1000)])
        .entropy(3.0).read(WAREHOUSE, "`pypi-`, then a macaroon of version 2 that opens with its location, serialized; no length"),
    bare("rubygems-api-token", "RubyGems", "API token", &[Lit("rubygems_"), Run(HEX, 48, 48)])
        .read("https://github.com/rubygems/rubygems.org/blob/066aae5501c8364428647e2bbbe68dca98f743f7/app/controllers/concerns/api_keyable.rb", "`rubygems_`, then 24 bytes in lower-case hexadecimal"),
    bare("crates-io-api-token", "crates.io", "API token", &[Lit("cio"), Run(ALNUM, 32, 32)])
        .entropy(3.5).words(&["cio"]).read("https://github.com/rust-lang/crates.io/blob/7c54ddb7470b62f8a98dbf9702f3c60c8d2de0ff/crates/crates_io_database/src/utils/token.rs", "`cio`, then 32 letters and digits"),
    // Wider than the document: older scanners take any letter here, and so do their fixtures.
    bare("clojars-api-token", "Clojars", "deploy token", &[Any(&["CLOJARS_", "clojars_"]), Run(LOWER, 60, 60)])
        .read("https://github.com/clojars/clojars-web/blob/main/src/clojars/db.clj", "`CLOJARS_`, then 60 lower-case hexadecimal digits"),
    bare("nuget-api-key", "NuGet", "API key", &[Lit("oy2"), Run("2-7a-z", 43, 43)])
        .entropy(3.5).words(&["oy2"]).read("https://github.com/microsoft/security-utilities/blob/036eb4b32c94999e6c78054e39163496fed88200/src/Microsoft.Security.Utilities.Core/PreciselyClassifiedSecurityKeys/SEC101_031_NuGetApiKey.cs", "`oy2`, then 43 characters of base 32, all in one case, commonly the lower one"),
    bare("dockerhub-pat", "Docker Hub", "personal access token", &[Any(&["dckr_pat_", "dckr_oat_"]), Run(URL64, 27, 32)])
        .entropy(3.0).read("https://docs.docker.com/reference/api/hub/latest/operations/AuthCreateAccessToken.md", "prefix `dckr_pat_`, in an example; nothing of `dckr_oat_`, no length"),
    bare("artifactory-api-key", "JFrog Artifactory", "API key", &[Lit("AKCp"), Run(ALNUM, 69, 69)])
        .entropy(4.2).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/artifactory", "`AKCp`, 69 of `[0-9A-Za-z]`"),
    bare("artifactory-reference-token", "JFrog Artifactory", "reference token", &[Lit("cmVmd"), Run(ALNUM, 59, 59)])
        .entropy(4.2).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/artifactoryreferencetoken", "`cmVmdGtu`, 56 of `[0-9A-Za-z]`"),
    assigned("jfrog-api-key", "JFrog", "API key", &["jfrog", "artifactory", "bintray", "xray"], &[Run(ALNUM, 73, 73)])
        .from("https://jfrog.com/help/r/jfrog-platform-administration-documentation/user-profile"),
    assigned("jfrog-identity-token", "JFrog", "identity token", &["jfrog", "artifactory", "bintray", "xray"], &[Run(ALNUM, 64, 64)])
        .from("https://jfrog.com/help/r/jfrog-platform-administration-documentation/identity-tokens"),
    assigned("travisci-access-token", "Travis CI", "access token", &["travis"], &[Run(ALNUM, 22, 22)])
        .scanner(BETTERLEAKS, "22 of `[0-9A-Za-z]`"),
    assigned("droneci-access-token", "Drone", "access token", &["droneci"], &[Run(ALNUM, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z]`"),
    bare("circleci-pat", "CircleCI", "personal API token", &[Any(&["CCIPAT_", "CCIPRJ_"]), Run(ALNUM, 22, 22), Lit("_"), Run(HEX, 40, 40)])
        .entropy(3.0).read("https://github.com/CircleCI-Public/circleci-cli/blob/3f75e389fae60841b441ab5fbc540276a166939b/internal/ui/token.go", "`CCIPAT_`, 22 characters, `_`, 40 characters; nothing of `CCIPRJ_`, no alphabet"),
    bare("buildkite-api-token", "Buildkite", "API access token", &[Lit("bkua_"), Run(LOWER, 40, 53)])
        .entropy(3.0).read(BUILDKITE, "prefix `bkua_`, in the example 53 characters after it; no alphabet"),
    bare("buildkite-agent-token", "Buildkite", "agent token", &[Any(&["bkct_", "bkar_"]), Run(URL64, 73, 73)])
        .entropy(3.5).read(BUILDKITE, "prefix `bkct_`, or `bkar_` outside a cluster, in the examples 73 characters after it; no alphabet"),
    bare("buildkite-agent-session-token", "Buildkite", "agent session token", &[Lit("bkaa_"), Run(URL64, 75, 75)])
        .entropy(3.5).read(BUILDKITE, "prefix `bkaa_`, in the example 75 characters after it; no alphabet"),
    bare("buildkite-agent-job-token", "Buildkite", "agent job token", &[Lit("bkaj_"), Run("0-9A-Za-z_.-", 333, 333)])
        .entropy(3.5).read(BUILDKITE, "prefix `bkaj_`, in the example 333 characters after it; no alphabet"),
    bare("buildkite-registry-token", "Buildkite", "package registry token", &[Lit("bkpt_"), Run("0-9A-Za-z_.-", 199, 199)])
        .entropy(3.5).read(BUILDKITE, "prefix `bkpt_`, in the example 199 characters after it; no alphabet"),
    bare("buildkite-portal-token", "Buildkite", "portal token", &[Lit("bkpat_"), Run(URL64, 54, 54)])
        .entropy(3.5).read(BUILDKITE, "prefix `bkpat_`, in the example 54 characters after it; no alphabet"),
    bare("buildkite-portal-secret", "Buildkite", "portal secret", &[Lit("bkps_"), Run(URL64, 64, 64)])
        .entropy(3.5).read(BUILDKITE, "prefix `bkps_`, in the example 64 characters after it; no alphabet"),
    bare("octopus-deploy-api-key", "Octopus Deploy", "API key", &[Lit("API-"), Run(UPPER, 26, 26)])
        .entropy(3.0).words(&["api-"]).scanner(BETTERLEAKS, "`API-`, 26 of `[0-9A-Z]`"),
    bare("harness-api-key", "Harness", "API key", &[Any(&["pat.", "sat."]), Run(URL64, 22, 22), Lit("."), Run(URL64, 24, 24), Lit("."), Run(URL64, 20, 20)])
        .read("https://github.com/harness/cli/blob/000b1782d455644240a214435b854ff60a3c174e/pkg/auth/auth.go", "`pat` or `sat`, account, token and secret, with full stops between them, each of `[A-Za-z0-9_-]`; no lengths"),
    bare("pulumi-api-token", "Pulumi", "access token", &[Lit("pul-"), Run(HEX, 40, 40)])
        .words(&["pul-"]).scanner(BETTERLEAKS, "`pul-`, 40 of `[0-9a-f]`"),
    bare("prefect-api-token", "Prefect", "API key", &[Lit("pnu_"), Run(ALNUM, 36, 36)])
        .scanner(BETTERLEAKS, "`pnu_`, 36 of `[0-9A-Za-z]`"),
    bare("hashicorp-tf-api-token", "HCP Terraform", "API token", &[Run(ALNUM, 14, 14), Lit(".atlasv1."), Run(URL64_EQ, 60, 70)])
        .entropy(3.5).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/terraformcloudpersonaltoken", "14 of `[0-9A-Za-z]`, `.atlasv1.`, 67 of `[0-9A-Za-z]`"),
    bare("infracost-api-token", "Infracost", "API key", &[Lit("ico-"), Run(ALNUM, 32, 32)])
        .entropy(3.0).words(&["ico-"]).scanner(BETTERLEAKS, "`ico-`, 32 of `[0-9A-Za-z]`"),
    bare("doppler-api-token", "Doppler", "personal token", &[Lit("dp.pt."), Run(ALNUM, 43, 43)])
        .scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/doppler", "`dp.pt.`, 43 of `[0-9A-Za-z]`"),
    bare("doppler-service-token", "Doppler", "service token", &[Lit("dp.st."), Run("0-9A-Za-z_.-", 40, 90)])
        .entropy(3.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/doppler", "`dp.st.`, perhaps a name of 2 to 35 and a full stop, 40 to 44 of `[0-9A-Za-z]`"),
    assigned("snyk-api-token", "Snyk", "API token", &["snyk_token", "snyktoken", "snyk_key", "snyk_api", "snyk-token", "snyk-api", "snyk"], &[Run(HEX_ANY, 8, 8), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 4, 4), Lit("-"), Run(HEX_ANY, 12, 12)])
        .words(&["snyk"]).scanner(BETTERLEAKS, "8 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 4 of `[0-9A-Fa-f]`, `-`, 12 of `[0-9A-Fa-f]`"),
    // Wider than the document: older scanners take any letter here, and so do their fixtures.
    assigned("sonar-api-token", "SonarQube", "token", &["sonar"], &[Any(&["squ_", "sqp_", "sqa_", ""]), Run(URL64_EQ, 40, 40)])
        .read("https://github.com/SonarSource/sonarqube/blob/9ec5e86425011f6c1ffa0eb2db08880e3b347271/server/sonar-webserver-auth/src/main/java/org/sonar/server/usertoken/TokenGeneratorImpl.java", "`sq`, a letter for the kind, `_`, then 20 bytes in lower-case hexadecimal"),
    assigned("codecov-access-token", "Codecov", "access token", &["codecov"], &[Run(ALNUM, 32, 32)])
        .scanner(BETTERLEAKS, "36 of `[0-9A-Za-z-]`"),
    bare("sonar-api-token", "SonarQube", "token", &[Any(&["squ_", "sqp_", "sqa_"]), Run(HEX, 40, 40)])
        .read("https://github.com/SonarSource/sonarqube/blob/9ec5e86425011f6c1ffa0eb2db08880e3b347271/server/sonar-webserver-auth/src/main/java/org/sonar/server/usertoken/TokenGeneratorImpl.java", "`sq`, a letter for the kind, `_`, then 20 bytes in lower-case hexadecimal"),
    bare("openshift-user-token", "OpenShift", "user token", &[Lit("sha256~"), Run(URL64, 43, 43)])
        .entropy(3.5).read("https://github.com/openshift/oauth-server/blob/ca59bc6db7bbc21b1e3cd8f55c71b1c5ec282515/pkg/osinserver/tokengen.go", "prefix `sha256~`, then 256 random bits without `/` or trailing `=`"),
    bare("settlemint-application-access-token", "SettleMint", "application access token", &[Lit("sm_aat_"), Run(ALNUM, 16, 16)])
        .entropy(3.0).scanner(BETTERLEAKS, "`sm_aat_`, 16 of `[0-9A-Za-z]`"),
    bare("settlemint-personal-access-token", "SettleMint", "personal access token", &[Lit("sm_pat_"), Run(ALNUM, 16, 16)])
        .entropy(3.0).scanner(BETTERLEAKS, "`sm_pat_`, 16 of `[0-9A-Za-z]`"),
    bare("settlemint-service-access-token", "SettleMint", "service access token", &[Lit("sm_sat_"), Run(ALNUM, 16, 16)])
        .entropy(3.0).scanner(BETTERLEAKS, "`sm_sat_`, 16 of `[0-9A-Za-z]`"),
    bare("cloudsmith-api-key", "Cloudsmith", "API key", &[Lit("csa_"), Run(HEX, 30, 30), Run(ALNUM, 6, 6)])
        .entropy(3.0).scanner(BETTERLEAKS, "`csa_`, 30 of `[0-9a-f]`, 6 of `[0-9A-Za-z]`"),
    bare("mergify-application-key", "Mergify", "application key", &[Lit("mergify_application_key_"), Run(URL64, 40, 200)])
        .entropy(3.0).scanner(BETTERLEAKS, "`mergify_application_key_`, 40 to 200 of `[0-9A-Za-z_-]`"),
    bare("aikido-ci-token", "Aikido", "CI token", &[Lit("AIK_CI_"), Run(ALNUM, 20, 44)])
        .entropy(3.0).scanner(BETTERLEAKS, "`AIK_CI_`, 20 to 44 of `[0-9A-Za-z]`"),
    bare("aikido-client-id", "Aikido", "client id", &[Lit("AIK_CLIENT_"), Run(ALNUM, 24, 24)])
        .entropy(3.0).scanner(BETTERLEAKS, "`AIK_CLIENT_`, 24 of `[0-9A-Za-z]`"),
    bare("aikido-client-secret", "Aikido", "client secret", &[Lit("AIK_SECRET_"), Run(ALNUM, 64, 64)])
        .entropy(3.0).scanner(BETTERLEAKS, "`AIK_SECRET_`, 64 of `[0-9A-Za-z]`"),
    bare("crates-io-trusted-publishing-token", "crates.io", "trusted publishing token", &[Lit("cio_tp_"), Run(ALNUM, 32, 32)])
        .entropy(3.5).checksum(XorAlnum).read("https://github.com/rust-lang/crates.io/blob/57fa000662f511321daa61e6769f190ea0e80771/crates/crates_io_trustpub/src/access_token.rs", "`cio_tp_`, 31 letters and digits, one more as their checksum"),
    bare("doppler-cli-token", "Doppler", "CLI token", &[Lit("dp.ct."), Run(ALNUM, 40, 44)])
        .entropy(3.5).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/doppler", "`dp.ct.`, 40 to 44 of `[0-9A-Za-z]`"),
    bare("doppler-service-account-token", "Doppler", "service account token", &[Lit("dp.sa."), Run(ALNUM, 40, 44)])
        .entropy(3.5).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/doppler", "`dp.sa.`, 40 to 44 of `[0-9A-Za-z]`"),
    bare("doppler-scim-token", "Doppler", "SCIM token", &[Lit("dp.scim."), Run(ALNUM, 40, 44)])
        .entropy(3.5).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/doppler", "`dp.scim.`, 40 to 44 of `[0-9A-Za-z]`"),
    bare("doppler-audit-token", "Doppler", "audit token", &[Lit("dp.audit."), Run(ALNUM, 40, 44)])
        .entropy(3.5).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/doppler", "`dp.audit.`, 40 to 44 of `[0-9A-Za-z]`"),
];
