//! Which PostgreSQL is installed here, and as whom it may run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use crate::exec::{self, Cancel, Command, Env};

/// Folders in which packages put it, a folder for each version in them.
const HOMES: [&str; 5] =
    ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt", "/usr/local", "/usr"];

/// A server's programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Installed {
    /// The folder with `initdb` and `postgres`.
    pub(super) bin: Utf8PathBuf,
    pub(super) major: u32,
    /// As `postgres --version` says it, e.g. `15.18`.
    pub(super) version: String,
}

/// Whom the server runs as. It refuses to run as root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct User {
    /// None where it is whoever runs this.
    pub(super) other: Option<(u32, u32)>,
    prefix: Vec<String>,
    /// What makes a server end with us, even where we are killed and can end
    /// nothing: util-linux knows how.
    bound: Vec<String>,
}

/// The installed one nearest to `major`: itself, else the next later one, else
/// the latest.
pub(super) fn nearest(major: u32, cancel: &Cancel) -> Option<Installed> {
    let mut found: Vec<Installed> =
        folders().into_iter().filter_map(|bin| installed(bin, cancel)).collect();
    found.sort_by_key(|it| it.major);
    let later = found.iter().position(|it| it.major >= major);
    later.map(|at| found.swap_remove(at)).or_else(|| found.pop())
}

/// Each folder that has both programs, once.
fn folders() -> BTreeSet<Utf8PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path);
    let versions = |home: &&str| -> Vec<PathBuf> {
        let entries = fs::read_dir(home).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with("pgsql")
                    || name.starts_with("postgresql")
                    || name.chars().all(|c| c.is_ascii_digit())
            })
            .map(|path| path.join("bin"))
            .collect()
    };
    let known = HOMES.iter().flat_map(versions);
    let has_both = |bin: &PathBuf| bin.join("initdb").is_file() && bin.join("postgres").is_file();
    // A link in /usr/local/bin is the same installation.
    let real = |bin: PathBuf| -> Option<Utf8PathBuf> {
        let program = bin.join("postgres").canonicalize().ok()?;
        Utf8PathBuf::from_path_buf(program.parent()?.to_owned()).ok()
    };
    in_path.chain(known).filter(has_both).filter_map(real).collect()
}

fn installed(bin: Utf8PathBuf, cancel: &Cancel) -> Option<Installed> {
    let argv = [bin.join("postgres").into_string(), "--version".to_owned()];
    let command = Command {
        timeout: Some(std::time::Duration::from_secs(10)),
        ..Command::new(argv, Utf8Path::new("/"))
    };
    let ended = exec::run(&command, cancel);
    let text = ended.stdout.text();
    let version = text.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?.to_owned();
    let digits: String = version.chars().take_while(|c| c.is_ascii_digit()).collect();
    Some(Installed { bin, major: digits.parse().ok()?, version })
}

impl User {
    /// Whoever runs this, or, for root, the user that packages make for it.
    ///
    /// # Errors
    /// Root cannot become another here.
    pub(super) fn fit() -> Result<User, String> {
        let bound = match has_setpriv() {
            true => ["setpriv", "--pdeathsig=TERM"].map(str::to_owned).to_vec(),
            false => Vec::new(),
        };
        if !rustix::process::geteuid().is_root() {
            return Ok(User { other: None, prefix: Vec::new(), bound });
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let account = ["postgres", "nobody"].iter().find_map(|name| account(&accounts, name));
        let (name, uid, gid) = account
            .ok_or("it may not run as root, and there is neither a user 'postgres' nor 'nobody'")?;
        let is_there =
            |program: &str| exec::find(program, &Env::inherit(), Utf8Path::new("/")).is_ok();
        let prefix = if !bound.is_empty() {
            let ids = [format!("--reuid={uid}"), format!("--regid={gid}")];
            let fixed = ["setpriv".to_owned(), "--clear-groups".to_owned()];
            fixed.into_iter().chain(ids).collect()
        } else if is_there("runuser") {
            ["runuser", "-u", &name, "--"].map(str::to_owned).to_vec()
        } else {
            return Err("it may not run as root, and neither setpriv nor runuser is here to \
                        become another user"
                .to_owned());
        };
        Ok(User { other: Some((uid, gid)), prefix, bound })
    }

    /// `argv` as that user runs it, and only as long as we live.
    pub(super) fn bound(&self, argv: impl IntoIterator<Item = String>) -> Vec<String> {
        // Becoming another user would undo it: it comes second.
        self.prefix.iter().chain(&self.bound).cloned().chain(argv).collect()
    }

    /// `argv` as that user runs it.
    pub(super) fn argv(&self, argv: impl IntoIterator<Item = String>) -> Vec<String> {
        self.prefix.iter().cloned().chain(argv).collect()
    }

    /// Gives `folder` to that user.
    pub(super) fn take(&self, folder: &Path) -> std::io::Result<()> {
        match self.other {
            Some((uid, gid)) => std::os::unix::fs::chown(folder, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    /// Whether that user may pass through every folder above `folder`.
    pub(super) fn can_reach(&self, folder: &Utf8Path) -> bool {
        use std::os::unix::fs::PermissionsExt;
        let open = |above: &Utf8Path| {
            fs::metadata(above).is_ok_and(|it| it.permissions().mode() & 0o001 != 0)
        };
        self.other.is_none()
            || folder.ancestors().skip(1).filter(|it| !it.as_str().is_empty()).all(open)
    }
}

/// Whether util-linux's `setpriv` is here: others of that name know less.
fn has_setpriv() -> bool {
    let argv = ["setpriv", "--version"].map(str::to_owned);
    let command = Command {
        timeout: Some(std::time::Duration::from_secs(10)),
        ..Command::new(argv, Utf8Path::new("/"))
    };
    exec::run(&command, &Cancel::new()).stdout.text().contains("util-linux")
}

/// `name:x:uid:gid:…`
fn account(accounts: &str, name: &str) -> Option<(String, u32, u32)> {
    let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut parts = line.split(':').skip(2);
    let uid = parts.next()?.parse().ok()?;
    Some((name.to_owned(), uid, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read() {
        let text = "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104:,,,:/var:/bin/sh\n";
        assert_eq!(account(text, "postgres"), Some(("postgres".to_owned(), 101, 104)));
        assert_eq!(account(text, "nobody"), None);
    }
}
