//! Who is asked what the names and commits of other repositories are: git, or
//! GitHub's API where git cannot be reached.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use action_pins::{Advertised, Release};
use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::super::Fix;
use crate::cli::Stop;
use crate::exec::Cancel;
use crate::git::{reach, remote};
use crate::github::{ApiError, Github, Http, Patience, Stands};
use crate::report::text::visible;

const GIT_BASE: &str = "https://github.com";
const API_BASE: &str = "https://api.github.com";
/// How long one repository may take to list its names.
const LIMIT: Duration = Duration::from_secs(30);
/// And to hand out its commits.
const FETCH_LIMIT: Duration = Duration::from_secs(180);
/// How long a server that fails is asked again.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many are asked side by side.
const AT_ONCE: usize = 8;

/// Who is asked.
pub struct Source {
    from: From,
    pub cancel: Cancel,
}

enum From {
    /// `{base}/owner/repository`, by git, without any token.
    Git { base: String },
    /// The REST API, with the token that the environment has.
    Api(Http),
}

impl Source {
    /// As the arguments and, for the API, the environment say.
    pub fn new(args: &Fix) -> Result<Source, Stop> {
        let cancel = Cancel::on_signals()?;
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let from = match &args.api_base {
            None => From::Git { base: base(args.git_base.as_deref().unwrap_or(GIT_BASE))? },
            Some(given) => {
                let given = Some(given.clone()).filter(|given| !given.is_empty());
                let base = given.or_else(|| variable("GITHUB_API_URL"));
                let token = variable("GH_TOKEN").or_else(|| variable("GITHUB_TOKEN"));
                let now = Instant::now();
                let patience = Patience { wait: now, deadline: now + PATIENCE };
                let base = base.as_deref().unwrap_or(API_BASE);
                let http = Http::new(base, token, patience, cancel.clone());
                From::Api(http.map_err(Stop::environment)?)
            }
        };
        Ok(Source { from, cancel })
    }

    /// What `repository` calls its commits; of branches at least those that
    /// `names` names.
    pub fn references<'n>(
        &self,
        repository: &str,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<Advertised, String> {
        let text = match &self.from {
            From::Git { base } => in_empty_folder(|dir| {
                remote::references(&format!("{base}/{repository}"), dir, LIMIT, &self.cancel)
            })?,
            From::Api(http) => {
                let asked = github(http, repository).references(names);
                asked.map_err(|error| told(&error))?
            }
        };
        Advertised::read(&text)
    }

    /// Whether a tag or branch of `repository` leads to each of `commits`.
    pub fn stands(&self, repository: &str, commits: &[String]) -> Vec<Result<Stands, String>> {
        match &self.from {
            From::Git { base } => {
                let url = format!("{base}/{repository}");
                let found = in_empty_folder(|dir| {
                    reach::reached(&url, commits, dir, FETCH_LIMIT, &self.cancel)
                });
                match found {
                    Ok(found) => {
                        let stands =
                            |by: Option<String>| Ok(by.map_or(Stands::Nowhere, Stands::By));
                        found.into_iter().map(stands).collect()
                    }
                    Err(why) => commits.iter().map(|_| Err(why.clone())).collect(),
                }
            }
            From::Api(http) => {
                let github = github(http, repository);
                let stands = |commit: &String| github.stands(commit).map_err(|error| told(&error));
                commits.iter().map(stands).collect()
            }
        }
    }

    /// When each of `releases` was there, in seconds, by its tag.
    pub fn dates(
        &self,
        repository: &str,
        releases: &[Release],
    ) -> Result<BTreeMap<String, i64>, String> {
        match &self.from {
            From::Git { base } => {
                let url = format!("{base}/{repository}");
                let tags: Vec<String> = releases.iter().map(|it| it.tag.clone()).collect();
                in_empty_folder(|dir| reach::dates(&url, &tags, dir, FETCH_LIMIT, &self.cancel))
            }
            From::Api(http) => {
                let github = github(http, repository);
                let mut dates = BTreeMap::new();
                for release in releases {
                    let date = github.released_at(&release.tag, &release.commit);
                    if let Some(date) = date.map_err(|error| told(&error))? {
                        dates.insert(release.tag.clone(), date);
                    }
                }
                Ok(dates)
            }
        }
    }

    /// # Errors
    /// The user has had enough.
    pub fn is_wanted(&self) -> Result<(), Stop> {
        let Some(code) = self.cancel.exit_code() else { return Ok(()) };
        let message = "interrupted, nothing was written".to_owned();
        Err(Stop { code, message, hint: None })
    }
}

fn github(http: &Http, repository: &str) -> Github {
    Github::new(http.clone(), repository.to_owned())
}

fn told(error: &ApiError) -> String {
    error.text().to_owned()
}

/// `URL` as it is, a folder in full: git is run elsewhere.
fn base(given: &str) -> Result<String, Stop> {
    let folder = Utf8Path::new(given);
    if folder.is_dir() {
        // Not canonical: git does not know the form that Windows gives to that.
        let full = camino::absolute_utf8(folder)?;
        return Ok(full.into_string());
    }
    if given.contains("://") {
        return Ok(given.trim_end_matches('/').to_owned());
    }
    Err(Stop::usage(format!("--git-base: '{}' is no folder and no URL", visible(given)))
        .hint("write https://…, or a folder that holds owner/repository.git"))
}

fn in_empty_folder<T>(ask: impl FnOnce(&Utf8Path) -> Result<T, String>) -> Result<T, String> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let dir = Utf8PathBuf::from_path_buf(folder.path().to_owned())
        .map_err(|_| "the folder for temporary files is no UTF-8 path".to_owned())?;
    ask(&dir)
}

/// What `ask` says of each of `questions`, in their order, several at once.
pub fn side_by_side<Q: Sync, A: Send>(
    questions: &[Q],
    ask: impl Fn(&Q) -> A + Sync,
) -> Result<Vec<A>, Stop> {
    let waiting = Mutex::new(questions.iter().enumerate());
    let next = || waiting.lock().ok()?.next();
    let work = || {
        let mut answers = Vec::new();
        while let Some((index, question)) = next() {
            answers.push((index, ask(question)));
        }
        answers
    };
    let mut answers = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..AT_ONCE.min(questions.len())).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect::<Vec<_>>()
    });
    answers.sort_by_key(|(index, _)| *index);
    if answers.len() != questions.len() {
        return Err(Stop::environment("not everything was asked; nothing was written"));
    }
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}
