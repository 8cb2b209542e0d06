//! Version control and code hosting.

use super::super::format::Checksum::Crc32Base62;
use super::super::format::Part::{Any, Lit, Run};
use super::super::format::set::{ALNUM, DIGIT, HEX, HEX_ANY, LOWER, URL64, URL64_EQ, WORD};
use super::super::format::{Format, assigned, bare};

const GITHUB: &str = "https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/";
const GITLAB: &str = "https://docs.gitlab.com/security/tokens/#token-prefixes";

/// The formats of this field.
pub const FORMATS: &[Format] = &[
    bare("github-pat", "GitHub", "personal access token (classic)", &[Lit("ghp_"), Run(ALNUM, 36, 36)])
        .entropy(3.0).checksum(Crc32Base62).from(GITHUB),
    bare("github-oauth", "GitHub", "OAuth access token", &[Lit("gho_"), Run(ALNUM, 36, 36)])
        .entropy(3.0).checksum(Crc32Base62).from(GITHUB),
    bare("github-app-token", "GitHub", "app token (user-to-server or installation)", &[Any(&["ghu_", "ghs_"]), Run(ALNUM, 36, 36)])
        .entropy(3.0).checksum(Crc32Base62).from(GITHUB),
    bare("github-refresh-token", "GitHub", "app refresh token", &[Lit("ghr_"), Run(ALNUM, 36, 76)])
        .entropy(3.0).from(GITHUB),
    bare("github-fine-grained-pat", "GitHub", "fine-grained personal access token", &[Lit("github_pat_"), Run(WORD, 82, 82)])
        .entropy(3.0).from("https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens"),
    bare("gitlab-pat", "GitLab", "personal access token", &[Lit("glpat-"), Run(URL64, 20, 20)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-pat-routable", "GitLab", "personal access token (routable)", &[Lit("glpat-"), Run(URL64, 27, 300), Lit("."), Run(LOWER, 9, 9)])
        .entropy(3.5).from(GITLAB),
    bare("gitlab-cicd-job-token", "GitLab", "CI/CD job token", &[Lit("glcbt-"), Run(ALNUM, 1, 5), Lit("_"), Run(URL64, 20, 20)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-deploy-token", "GitLab", "deploy token", &[Lit("gldt-"), Run(URL64, 20, 20)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-feature-flag-client-token", "GitLab", "feature flags client token", &[Lit("glffct-"), Run(URL64, 20, 20)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-feed-token", "GitLab", "feed token", &[Lit("glft-"), Run(URL64, 20, 20)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-incoming-mail-token", "GitLab", "incoming mail token", &[Lit("glimt-"), Run(URL64, 25, 25)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-kubernetes-agent-token", "GitLab", "agent for Kubernetes token", &[Lit("glagent-"), Run(URL64, 50, 50)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-oauth-app-secret", "GitLab", "OAuth application secret", &[Lit("gloas-"), Run(URL64, 64, 64)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-ptt", "GitLab", "pipeline trigger token", &[Lit("glptt-"), Run(HEX, 40, 40)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-rrt", "GitLab", "runner registration token", &[Lit("GR1348941"), Run(URL64, 20, 20)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-runner-authentication-token", "GitLab", "runner authentication token", &[Lit("glrt-"), Run(URL64, 20, 20)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-runner-authentication-token-routable", "GitLab", "runner authentication token (routable)", &[Lit("glrt-t"), Run(DIGIT, 1, 1), Lit("_"), Run(URL64, 27, 300), Lit("."), Run(LOWER, 9, 9)])
        .entropy(3.5).from(GITLAB),
    bare("gitlab-scim-token", "GitLab", "SCIM token", &[Lit("glsoat-"), Run(URL64, 20, 20)])
        .entropy(3.0).from(GITLAB),
    bare("gitlab-session-cookie", "GitLab", "session cookie", &[Lit("_gitlab_session="), Run(LOWER, 32, 32)])
        .entropy(3.0).from("https://docs.gitlab.com/user/profile/#cookies-used-for-sign-in"),
    assigned("bitbucket-client-id", "Bitbucket", "OAuth consumer key", &["bitbucket"], &[Run(ALNUM, 32, 32)])
        .from("https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/"),
    assigned("bitbucket-client-secret", "Bitbucket", "OAuth consumer secret", &["bitbucket"], &[Run(URL64_EQ, 64, 64)])
        .from("https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/"),
    bare("bitbucket-app-password", "Bitbucket", "app password", &[Lit("ATBB"), Run(ALNUM, 24, 24), Run(HEX_ANY, 8, 8)])
        .entropy(3.0).from("https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/"),
    bare("sourcegraph-access-token", "Sourcegraph", "access token", &[Any(&["sgp_local_", "sgp_"]), Run(HEX_ANY, 40, 40)])
        .entropy(3.0).from("https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token"),
    bare("sourcegraph-access-token", "Sourcegraph", "access token with instance identifier", &[Lit("sgp_"), Run(HEX_ANY, 16, 16), Lit("_"), Run(HEX_ANY, 40, 40)])
        .entropy(3.0).from("https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token"),
    assigned("sourcegraph-access-token", "Sourcegraph", "access token (40 hex digits)", &["sourcegraph"], &[Run(HEX_ANY, 40, 40)])
        .entropy(3.0).from("https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token"),
];
