//! Version control and code hosting.

use super::super::format::Checksum::{Crc32Base36, Crc32Base62};
use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, DIGIT, HEX, HEX_ANY, LOWER, URL64, URL64_EQ, WORD};
use super::super::format::{BETTERLEAKS, Format, assigned, bare};

const GITHUB: &str = "https://github.com/github/docs/blob/058fa63bfe93d4d06889d0d18c601d6c56b66c56/content/authentication/keeping-your-account-and-data-secure/about-authentication-to-github.md";
const GITLAB: &str = "https://github.com/gitlabhq/gitlabhq/blob/017a6c129d6a9e4ad9fec792cd84f88641d7dbfe/doc/security/tokens/_index.md";
const GITLAB_ROUTABLE: &str = "https://github.com/gitlabhq/gitlabhq/blob/de09f0397694a23565d60f999bbfd074c79dc31e/lib/authn/token_field/generator/routable_token.rb";
const SOURCEGRAPH: &str = "https://github.com/sourcegraph/sourcegraph-public-snapshot/blob/0c504c8e555ab07b529249a2cda2bb06386c2380/internal/accesstoken/personal_access_token.go";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("github-pat", "GitHub", "personal access token (classic)", &[Lit("ghp_"), Run(ALNUM, 36, 36)])
        .entropy(3.0).checksum(Crc32Base62).read(GITHUB, "prefix `ghp_`; no length, no alphabet"),
    bare("github-oauth", "GitHub", "OAuth access token", &[Lit("gho_"), Run(ALNUM, 36, 36)])
        .entropy(3.0).checksum(Crc32Base62).read(GITHUB, "prefix `gho_`; no length, no alphabet"),
    bare("github-app-token", "GitHub", "app token (user-to-server or installation)", &[Any(&["ghu_", "ghs_"]), Run(ALNUM, 36, 36)])
        .entropy(3.0).checksum(Crc32Base62).read(GITHUB, "prefix `ghu_` for a user access token, `ghs_` for an installation access token; no length, no alphabet"),
    bare("github-refresh-token", "GitHub", "app refresh token", &[Lit("ghr_"), Run(ALNUM, 36, 76)])
        .entropy(3.0).read(GITHUB, "prefix `ghr_`; no length, no alphabet"),
    bare("github-fine-grained-pat", "GitHub", "fine-grained personal access token", &[Lit("github_pat_"), Run(WORD, 82, 82)])
        .entropy(3.0).read(GITHUB, "prefix `github_pat_`; no length, no alphabet"),
    bare("gitlab-pat", "GitLab", "personal access token", &[Lit("glpat-"), Run(URL64, 20, 20)])
        .entropy(3.0).read(GITLAB, "prefix `glpat-`; no length, no alphabet"),
    bare("gitlab-pat-routable", "GitLab", "personal access token (routable)", &[Lit("glpat-"), Run(URL64, 27, 300), Lit("."), Run(LOWER, 9, 9)])
        .entropy(3.5).checksum(Crc32Base36).read(GITLAB_ROUTABLE, "after a prefix such as `glpat-`, base 64 (URL alphabet) of random bytes and routing data, a full stop, since version 1 two digits of a version and a full stop, the length of that in 2 digits of base 36, the CRC-32 of all before in 7"),
    bare("gitlab-pat-routable", "GitLab", "personal access token (routable, with version)", &[Lit("glpat-"), Run(URL64, 27, 300), Lit("."), Run(LOWER, 2, 2), Lit("."), Run(LOWER, 9, 9)])
        .entropy(3.5).checksum(Crc32Base36).read(GITLAB_ROUTABLE, "after a prefix such as `glpat-`, base 64 (URL alphabet) of random bytes and routing data, a full stop, since version 1 two digits of a version and a full stop, the length of that in 2 digits of base 36, the CRC-32 of all before in 7"),
    bare("gitlab-cicd-job-token", "GitLab", "CI/CD job token", &[Lit("glcbt-"), Run(ALNUM, 1, 5), Lit("_"), Run(URL64, 20, 20)])
        .entropy(3.0).read(GITLAB, "prefix `glcbt-`; no length, no alphabet"),
    bare("gitlab-deploy-token", "GitLab", "deploy token", &[Lit("gldt-"), Run(URL64, 20, 20)])
        .entropy(3.0).read(GITLAB, "prefix `gldt-`; no length, no alphabet"),
    bare("gitlab-feature-flag-client-token", "GitLab", "feature flags client token", &[Lit("glffct-"), Run(URL64, 20, 20)])
        .entropy(3.0).read(GITLAB, "prefix `glffct-`; no length, no alphabet"),
    bare("gitlab-feed-token", "GitLab", "feed token", &[Lit("glft-"), Run(URL64, 20, 20)])
        .entropy(3.0).read(GITLAB, "prefix `glft-`; no length, no alphabet"),
    bare("gitlab-incoming-mail-token", "GitLab", "incoming mail token", &[Lit("glimt-"), Run(URL64, 25, 25)])
        .entropy(3.0).read(GITLAB, "prefix `glimt-`; no length, no alphabet"),
    bare("gitlab-kubernetes-agent-token", "GitLab", "agent for Kubernetes token", &[Lit("glagent-"), Run(URL64, 50, 50)])
        .entropy(3.0).read(GITLAB, "prefix `glagent-`; no length, no alphabet"),
    bare("gitlab-oauth-app-secret", "GitLab", "OAuth application secret", &[Lit("gloas-"), Run(URL64, 64, 64)])
        .entropy(3.0).read(GITLAB, "prefix `gloas-`; no length, no alphabet"),
    bare("gitlab-ptt", "GitLab", "pipeline trigger token", &[Lit("glptt-"), Run(HEX, 40, 40)])
        .entropy(3.0).read(GITLAB, "prefix `glptt-`; no length, no alphabet"),
    bare("gitlab-rrt", "GitLab", "runner registration token", &[Lit("GR1348941"), Run(URL64, 20, 20)])
        .entropy(3.0).scanner(BETTERLEAKS, "`GR1348941`, 20 of `[0-9A-Za-z_-]`"),
    bare("gitlab-runner-authentication-token", "GitLab", "runner authentication token", &[Any(&["glrt-", "glrtr-"]), Run(URL64, 20, 20)])
        .entropy(3.0).read(GITLAB, "prefix `glrt-`, or `glrtr-` if created via a registration token; no length, no alphabet"),
    bare("gitlab-runner-authentication-token-routable", "GitLab", "runner authentication token (routable)", &[Lit("glrt-t"), Run(DIGIT, 1, 1), Lit("_"), Run(URL64, 27, 300), Lit("."), Run(LOWER, 9, 9)])
        .entropy(3.5).checksum(Crc32Base36).read(GITLAB_ROUTABLE, "after a prefix such as `glrt-t1_`, base 64 (URL alphabet) of random bytes and routing data, a full stop, since version 1 two digits of a version and a full stop, the length of that in 2 digits of base 36, the CRC-32 of all before in 7"),
    bare("gitlab-runner-authentication-token-routable", "GitLab", "runner authentication token (routable, with version)", &[Lit("glrt-t"), Run(DIGIT, 1, 1), Lit("_"), Run(URL64, 27, 300), Lit("."), Run(LOWER, 2, 2), Lit("."), Run(LOWER, 9, 9)])
        .entropy(3.5).checksum(Crc32Base36).read(GITLAB_ROUTABLE, "after a prefix such as `glrt-t1_`, base 64 (URL alphabet) of random bytes and routing data, a full stop, since version 1 two digits of a version and a full stop, the length of that in 2 digits of base 36, the CRC-32 of all before in 7"),
    bare("gitlab-workspace-token", "GitLab", "workspace token", &[Lit("glwt-"), Run(URL64, 20, 300)])
        .entropy(3.0).read(GITLAB, "prefix `glwt-`; no length, no alphabet"),
    bare("gitlab-scim-token", "GitLab", "SCIM token", &[Lit("glsoat-"), Run(URL64, 20, 20)])
        .entropy(3.0).read(GITLAB, "prefix `glsoat-`; no length, no alphabet"),
    bare("gitlab-session-cookie", "GitLab", "session cookie", &[Lit("_gitlab_session="), Run(LOWER, 32, 32)])
        .entropy(3.0).read(GITLAB, "prefix `_gitlab_session=`; no length, no alphabet"),
    assigned("bitbucket-client-id", "Bitbucket", "OAuth consumer key", &["bitbucket"], &[Run(ALNUM, 32, 32)])
        .scanner(BETTERLEAKS, "32 of `[0-9A-Za-z]`"),
    assigned("bitbucket-client-secret", "Bitbucket", "OAuth consumer secret", &["bitbucket"], &[Run(URL64_EQ, 64, 64)])
        .scanner(BETTERLEAKS, "64 of `[0-9A-Za-z=_-]`"),
    bare("bitbucket-app-password", "Bitbucket", "app password", &[Lit("ATBB"), Run(ALNUM, 24, 24), Run(HEX_ANY, 8, 8)])
        .entropy(3.0).scanner("https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors/bitbucketapppassword", "`ATBB`, one or more of `[0-9A-Za-z_=.-]`"),
    bare("sourcegraph-access-token", "Sourcegraph", "access token", &[Any(&["sgp_local_", "sgp_"]), Run(HEX_ANY, 40, 40)])
        .entropy(3.0).read(SOURCEGRAPH, "`sgp_`, then `local` where there is no licence, `_`, then 20 bytes in lower-case hexadecimal"),
    bare("sourcegraph-access-token", "Sourcegraph", "access token with instance identifier", &[Lit("sgp_"), Run(HEX_ANY, 16, 16), Lit("_"), Run(HEX_ANY, 40, 40)])
        .entropy(3.0).read(SOURCEGRAPH, "`sgp_`, then 16 hexadecimal digits for the instance, `_`, then 20 bytes in lower-case hexadecimal"),
    assigned("sourcegraph-access-token", "Sourcegraph", "access token (40 hex digits)", &["sourcegraph"], &[Run(HEX_ANY, 40, 40)])
        .entropy(3.0).from("https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token"),
];
