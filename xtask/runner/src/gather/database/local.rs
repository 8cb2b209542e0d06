//! A server of our own: made, started, stopped and removed again.
//!
//! A data folder that `initdb` made, and one that has the base's schema in it,
//! are kept and copied: a session begins on a copy that nobody touched, and
//! what it does to roles and the rest of the server goes with the copy.

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::address::{Address, PORT, Place};
use super::installed::{Installed, User};
use super::wire::{Connection, Limit, Refusal};
use crate::exec::{self, Cancel, Command, Ended, Env, Status};

/// Whoever is asked.
const OWNER: &str = "postgres";

/// Folders with a base's schema that are kept.
const BASES_MAX: usize = 3;

/// Nothing here outlives the run, so nothing has to reach a disk.
const SETTINGS: [&str; 12] = [
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "shared_buffers=32MB",
    "max_connections=10",
    "jit=off",
    "max_parallel_workers=0",
    "max_parallel_maintenance_workers=0",
];

/// How a server of our own is made.
pub(super) struct Local<'a> {
    pub(super) installed: &'a Installed,
    pub(super) user: &'a User,
    /// Where data folders are kept; none keeps nothing.
    pub(super) kept: Option<Utf8PathBuf>,
    pub(super) limit: Limit<'a>,
}

/// A server that runs until it is dropped.
pub(super) struct Server {
    cancel: Cancel,
    thread: Option<JoinHandle<Ended>>,
    folder: TempDir,
    pub(super) address: Address,
}

impl Local<'_> {
    /// A server on a copy of the data folder `name`, made by `make` on a server
    /// that was never used where none is kept.
    ///
    /// # Errors
    /// Why it cannot be had; or what `make` says.
    pub(super) fn server<E: From<Refusal>>(
        &self,
        name: &str,
        make: &mut dyn FnMut(&Address) -> Result<(), E>,
    ) -> Result<Server, E> {
        let kept = self.kept.as_ref().map(|kept| kept.join(format!("base-{name}")));
        if let Some(kept) = kept.as_ref().filter(|kept| kept.is_dir()) {
            let _fresh = fs::File::open(kept).and_then(|it| it.set_modified(now()));
            return Ok(self.start(self.copied(kept)?)?);
        }
        let server = self.start(self.pristine()?)?;
        make(&server.address)?;
        let Some(kept) = kept else { return Ok(server) };
        let folder = server.stop()?;
        self.keep(&folder, &kept)?;
        self.prune();
        Ok(self.start(folder)?)
    }

    /// A folder with a data folder of `initdb` in it.
    fn pristine(&self) -> Result<TempDir, Refusal> {
        let name = format!("new-{}", self.installed.version);
        let kept = self.kept.as_ref().map(|kept| kept.join(name));
        if let Some(kept) = kept.as_ref().filter(|kept| kept.is_dir()) {
            return self.copied(kept);
        }
        let folder = self.folder()?;
        let data = data(&folder);
        let mut argv = vec![self.installed.bin.join("initdb").into_string()];
        let options = [
            "--no-sync",
            "--no-instructions",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--wal-segsize=1",
            "--username=postgres",
        ];
        argv.extend(options.map(str::to_owned));
        argv.push(format!("--pgdata={data}"));
        self.run(self.user.argv(argv), "initdb")?;
        if let Some(kept) = kept {
            self.keep(&folder, &kept)?;
        }
        Ok(folder)
    }

    /// A folder of its own, that of the server's user.
    fn folder(&self) -> Result<TempDir, Refusal> {
        // Short: a socket's path has a hundred characters at most.
        let folder = tempfile::Builder::new().prefix("gate-pg-").tempdir().map_err(lost)?;
        self.user.take(folder.path()).map_err(lost)?;
        Ok(folder)
    }

    fn copied(&self, kept: &Utf8Path) -> Result<TempDir, Refusal> {
        let folder = self.folder()?;
        self.copy(kept, &data(&folder))?;
        Ok(folder)
    }

    /// Keeps a copy of the data folder in `folder`, all of it or nothing.
    fn keep(&self, folder: &TempDir, kept: &Utf8Path) -> Result<(), Refusal> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Some(parent) = kept.parent() else { return Ok(()) };
        let turn = COUNT.fetch_add(1, Ordering::Relaxed);
        let part = parent.join(format!("part-{}-{turn}", std::process::id()));
        self.copy(&data(folder), &part)?;
        // Another run may have been quicker.
        if fs::rename(&part, kept).is_err() {
            let _gone = fs::remove_dir_all(&part);
        }
        Ok(())
    }

    fn copy(&self, from: &Utf8Path, to: &Utf8Path) -> Result<(), Refusal> {
        let argv = ["cp", "-R", "-p", from.as_str(), to.as_str()].map(str::to_owned);
        self.run(self.user.argv(argv), "cp")
    }

    /// Lets go of the folders that were asked for longest ago.
    fn prune(&self) {
        let Some(kept) = &self.kept else { return };
        let entries = fs::read_dir(kept).into_iter().flatten().flatten();
        let mut bases: Vec<_> = entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("base-"))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        bases.sort();
        let surplus = bases.len().saturating_sub(BASES_MAX);
        for (_, path) in bases.into_iter().take(surplus) {
            let _gone = fs::remove_dir_all(path);
        }
    }

    fn run(&self, argv: Vec<String>, what: &str) -> Result<(), Refusal> {
        let ended = exec::run(&self.command(argv), self.limit.cancel);
        match ended.status {
            Status::Exited(0) => Ok(()),
            Status::Cancelled => Err(Refusal::Cancelled),
            Status::TimedOut { .. } => Err(Refusal::TimedOut),
            ref status => Err(Refusal::Lost(format!("{what} {status}: {}", last(&ended)))),
        }
    }

    fn command(&self, argv: Vec<String>) -> Command {
        let until = self.limit.until;
        let left = until.map(|it| it.saturating_duration_since(std::time::Instant::now()));
        Command {
            env: Env::only(["PATH", "TZ", "LD_LIBRARY_PATH"]).with("LC_ALL", "C"),
            timeout: left,
            ..Command::new(argv, Utf8Path::new("/"))
        }
    }

    /// Starts a server on the data folder in `folder`.
    fn start(&self, folder: TempDir) -> Result<Server, Refusal> {
        let socket = utf8(&folder);
        let mut argv = vec![self.installed.bin.join("postgres").into_string()];
        argv.extend(["-D".to_owned(), data(&folder).into_string()]);
        argv.extend(["-k".to_owned(), socket.clone().into_string()]);
        argv.extend(SETTINGS.iter().flat_map(|it| ["-c".to_owned(), (*it).to_owned()]));
        let command = self.command(self.user.bound(argv));
        let cancel = self.limit.cancel.child();
        let stop = cancel.clone();
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || exec::run(&command, &stop))
            .map_err(lost)?;
        let address = Address {
            place: Place::Socket { folder: socket, port: PORT },
            user: OWNER.to_owned(),
            password: None,
            database: OWNER.to_owned(),
        };
        let mut server = Server { cancel, thread: Some(thread), folder, address };
        loop {
            self.limit.check()?;
            match Connection::open(&server.address, OWNER, self.limit) {
                Ok(_) => return Ok(server),
                Err(Refusal::Lost(_)) | Err(Refusal::Server(_)) if server.is_running() => {
                    thread::sleep(Duration::from_millis(5));
                }
                Err(error) => {
                    let told = server.ended().map(|ended| last(&ended)).unwrap_or_default();
                    return Err(Refusal::Lost(format!("postgres did not start: {error}; {told}")));
                }
            }
        }
    }
}

impl Server {
    fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    fn ended(&mut self) -> Option<Ended> {
        self.thread.take().and_then(|thread| thread.join().ok())
    }

    /// Stops it so that its data folder is whole.
    fn stop(mut self) -> Result<TempDir, Refusal> {
        self.cancel.request();
        let ended = self.ended();
        // It is left behind by a server that was killed.
        if data(&self.folder).join("postmaster.pid").exists() {
            let told = ended.map(|ended| last(&ended)).unwrap_or_default();
            return Err(Refusal::Lost(format!("postgres did not stop in time: {told}")));
        }
        let empty = tempfile::tempdir().map_err(lost)?;
        Ok(std::mem::replace(&mut self.folder, empty))
    }
}

impl Drop for Server {
    /// Whatever happened: the server is gone before its folder is.
    fn drop(&mut self) {
        self.cancel.request();
        let _ended = self.ended();
    }
}

fn data(folder: &TempDir) -> Utf8PathBuf {
    utf8(folder).join("data")
}

fn utf8(folder: &TempDir) -> Utf8PathBuf {
    Utf8PathBuf::from(folder.path().to_string_lossy().into_owned())
}

fn now() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

fn lost(error: impl std::fmt::Display) -> Refusal {
    Refusal::Lost(error.to_string())
}

/// The last line of what a program said.
fn last(ended: &Ended) -> String {
    let text = ended.stderr.text();
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or_default().trim().to_owned()
}
