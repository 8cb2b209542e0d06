//! Packs as git writes them, and as nobody should.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use git_bulk::{Blob, Brought, Commits, Error, Id, Kind, Object, Packs, Piece, Walk};
use proptest::prelude::*;
use tempfile::TempDir;
use xshell::{Shell, cmd};

/// A repository that was packed at least once.
struct Repository {
    temp: TempDir,
    shell: Shell,
}

impl Repository {
    fn new(args: &[&str]) -> Repository {
        let temp = tempfile::tempdir().unwrap();
        let shell = Shell::new().unwrap();
        for (name, value) in [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@example.org"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@example.org"),
        ] {
            shell.set_var(name, value);
        }
        shell.change_dir(temp.path());
        let repository = Repository { temp, shell };
        repository.git(&[&["init", "--quiet"], args].concat());
        repository
    }

    fn git(&self, args: &[&str]) -> String {
        cmd!(self.shell, "git {args...}").quiet().read().unwrap()
    }

    /// Versions of a long file, so that git makes deltas.
    fn grow(&self, from: usize, versions: usize) {
        for version in from..from + versions {
            let lines = (0..400 + version).map(|line| {
                let mark = if line % 97 == version % 97 { version } else { 0 };
                format!("line {line} of a file that grows {mark}\n")
            });
            fs::write(self.temp.path().join("long"), lines.collect::<String>()).unwrap();
            fs::write(self.temp.path().join(format!("short{version}")), "x\n").unwrap();
            self.git(&["add", "--all"]);
            self.git(&["commit", "--quiet", "--message=x"]);
        }
    }

    fn pack(&self, args: &[&str]) {
        self.git(&[&["repack", "--quiet"], args].concat());
    }

    fn folder(&self) -> PathBuf {
        self.temp.path().join(".git/objects/pack")
    }

    /// Every packed blob's name and size, by git.
    fn blobs(&self) -> BTreeMap<String, u64> {
        let format = "--batch-check=%(objecttype) %(objectname) %(objectsize)";
        let listed = self.git(&["cat-file", format, "--batch-all-objects"]);
        let blobs = listed.lines().filter_map(|line| line.strip_prefix("blob ")?.split_once(' '));
        blobs.map(|(id, size)| (id.to_owned(), size.parse().unwrap())).collect()
    }
}

/// Walks everything on three threads; every object by name, its bytes, and how
/// many were built on one seen before.
fn walk(folder: &Path, id_len: usize) -> Result<(BTreeMap<String, Vec<u8>>, usize), Error> {
    let packs = Packs::open(&[folder.to_owned()], id_len)?;
    let walk = Walk::over(&packs, Kind::Blob);
    let seen = Mutex::new(BTreeMap::new());
    let built = AtomicUsize::new(0);
    walk.run(3, &|| false, &|object: Object<'_>| {
        if let Some(base) = object.base {
            assert_eq!(base.note, 9, "a base is seen first");
            assert_eq!(base.pieces.iter().map(Piece::len).sum::<usize>(), object.bytes.len());
            built.fetch_add(1, Ordering::Relaxed);
        }
        let twice = seen.lock().unwrap().insert(object.id.to_string(), object.bytes.to_vec());
        assert!(twice.is_none(), "{} came twice", object.id);
        9
    })?;
    let seen = seen.into_inner().unwrap();
    for (id, bytes) in &seen {
        let place = packs.find(&git_bulk::id(id.as_bytes()).unwrap()).unwrap();
        assert_eq!(walk.get(place), Some((9, bytes.len() as u64)));
        assert_eq!(packs.kind(place), Some(Kind::Blob));
    }
    Ok((seen, built.into_inner()))
}

fn sizes(seen: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, u64> {
    seen.iter().map(|(id, bytes)| (id.clone(), bytes.len() as u64)).collect()
}

#[test]
fn every_blob_is_handed_out_as_git_has_it() {
    for (args, id_len) in [(&["--object-format=sha1"], 20), (&["--object-format=sha256"], 32)] {
        let repository = Repository::new(args);
        repository.grow(0, 30);
        repository.pack(&["-a", "-d", "-f"]);
        let (seen, built) = walk(&repository.folder(), id_len).unwrap();
        assert_eq!(sizes(&seen), repository.blobs());
        assert!(built > 20, "git made deltas: {built}");
        for (id, bytes) in &seen {
            fs::write(repository.temp.path().join("out"), bytes).unwrap();
            assert_eq!(&repository.git(&["hash-object", "--no-filters", "out"]), id);
        }
    }
}

#[test]
fn bases_named_or_counted_back_and_several_packs() {
    let repository = Repository::new(&[]);
    repository.grow(0, 10);
    repository.git(&["config", "repack.useDeltaBaseOffset", "false"]);
    repository.pack(&["-a", "-d", "-f"]);
    repository.grow(10, 10);
    repository.pack(&["-d", "-f"]);
    repository.git(&["config", "repack.useDeltaBaseOffset", "true"]);
    repository.grow(20, 10);
    repository.pack(&["-d", "--write-midx"]);
    let packs = fs::read_dir(repository.folder()).unwrap();
    let count = packs
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "pack"))
        .count();
    assert_eq!(count, 3);
    let (seen, built) = walk(&repository.folder(), 20).unwrap();
    assert_eq!(sizes(&seen), repository.blobs());
    assert!(built > 10, "{built}");
}

#[test]
fn what_is_known_is_not_visited_and_still_built_on() {
    let repository = Repository::new(&[]);
    repository.grow(0, 20);
    repository.pack(&["-a", "-d", "-f"]);
    let packs = Packs::open(&[repository.folder()], 20).unwrap();
    let walk = Walk::over(&packs, Kind::Blob);
    let blobs: Vec<String> = repository.blobs().into_keys().collect();
    let (new, known) = blobs.split_at(3);
    for id in known {
        walk.set(packs.find(&git_bulk::id(id.as_bytes()).unwrap()).unwrap(), 7, 1);
    }
    let seen = Mutex::new(Vec::new());
    walk.run(2, &|| false, &|object| {
        assert!(object.base.is_none_or(|base| matches!(base.note, 7 | 9)));
        seen.lock().unwrap().push(object.id.to_string());
        9
    })
    .unwrap();
    let mut seen = seen.into_inner().unwrap();
    seen.sort();
    assert_eq!(seen, new);
}

#[test]
fn no_folder_no_packs_and_a_stop_is_heeded() {
    let packs = Packs::open(&["/nowhere/at/all".into()], 20).unwrap();
    let walk = Walk::over(&packs, Kind::Blob);
    assert_eq!(walk.run(2, &|| false, &|_| 1), Ok(()));
    let repository = Repository::new(&[]);
    repository.grow(0, 3);
    repository.pack(&["-a", "-d"]);
    let packs = Packs::open(&[repository.folder()], 20).unwrap();
    let walk = Walk::over(&packs, Kind::Blob);
    assert_eq!(walk.run(2, &|| true, &|_| 1), Err(Error::Stopped));
}

/// A pack, its index, and what is in it.
type Packed = (Vec<u8>, Vec<u8>, BTreeMap<String, u64>);

/// A packed repository, made once.
fn sample() -> &'static Packed {
    static SAMPLE: std::sync::OnceLock<Packed> = std::sync::OnceLock::new();
    SAMPLE.get_or_init(|| {
        let repository = Repository::new(&[]);
        repository.grow(0, 12);
        repository.pack(&["-a", "-d", "-f"]);
        let files =
            || fs::read_dir(repository.folder()).unwrap().map(|entry| entry.unwrap().path());
        let read = |kind: &str| {
            let mut files = files();
            fs::read(files.find(|file| file.extension().is_some_and(|e| e == kind)).unwrap())
                .unwrap()
        };
        (read("pack"), read("idx"), repository.blobs())
    })
}

fn walk_of(pack: &[u8], index: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("pack-x.pack"), pack).unwrap();
    fs::write(temp.path().join("pack-x.idx"), index).unwrap();
    walk(temp.path(), 20).map(|(seen, _)| seen)
}

#[test]
fn a_pack_cut_anywhere_is_an_error() {
    let (pack, index, blobs) = sample();
    assert_eq!(&sizes(&walk_of(pack, index).unwrap()), blobs);
    for cut in [0, 4, 11, 12, 40, pack.len() / 2, pack.len() - 21, pack.len() - 1] {
        let result = walk_of(&pack[..cut], index);
        assert!(result.is_err(), "cut at {cut} of {}", pack.len());
    }
    for cut in [0, 7, 8, 1000, 1031, index.len() - 41] {
        assert!(walk_of(pack, &index[..cut]).is_err(), "index cut at {cut}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A byte turned over in a pack is an error, or what is handed out is as
    /// large as it was; it never makes a panic.
    #[test]
    fn no_pack_makes_it_panic(at in any::<prop::sample::Index>(), mask in 1..=255_u8, in_index in prop::bool::weighted(0.3)) {
        let (pack, index, blobs) = sample();
        let (mut pack, mut index) = (pack.clone(), index.clone());
        let bytes = if in_index { &mut index } else { &mut pack };
        let place = at.index(bytes.len());
        bytes[place] ^= mask;
        if let Ok(seen) = walk_of(&pack, &index) {
            // The kind of an entry may have been turned over: whoever expects a blob there misses it.
            for (id, size) in sizes(&seen) {
                prop_assert_eq!(blobs.get(&id).copied().unwrap_or(size), size, "{}", id);
            }
        }
    }
}

/// What the shell's git says of an object.
fn fetched(repository: &Repository, id: &Id) -> (Kind, Vec<u8>) {
    let id = id.to_string();
    let kind = match repository.git(&["cat-file", "-t", &id]).as_str() {
        "commit" => Kind::Commit,
        "tree" => Kind::Tree,
        kind => panic!("nobody asked for a {kind}"),
    };
    let name = if kind == Kind::Tree { "tree" } else { "commit" };
    let bytes = cmd!(repository.shell, "git cat-file {name} {id}").quiet().output().unwrap().stdout;
    (kind, bytes)
}

/// By git: commit, path, blob, and what stood there in each parent. Of a merge,
/// what differs from all parents.
fn introduced(repository: &Repository) -> BTreeSet<(String, String, String, Vec<String>)> {
    let mut found = BTreeSet::new();
    for commit in repository.git(&["rev-list", "--all"]).lines() {
        let raw = ["diff-tree", "--root", "-r", "-c", "--raw", "--no-renames", "--no-abbrev"];
        for line in repository.git(&[&raw[..], &["--no-commit-id", commit]].concat()).lines() {
            let (head, path) = line.split_once('\t').unwrap();
            let fields = head.trim_start_matches(':');
            let parents = head.len() - fields.len();
            let ids: Vec<String> =
                fields.split(' ').skip(parents + 1).take(parents + 1).map(str::to_owned).collect();
            let (blob, before) = ids.split_last().unwrap();
            let is_gone = blob.bytes().all(|digit| digit == b'0');
            if !is_gone && !before.contains(blob) {
                // Of the first commit git says that nothing was there before.
                let is_first = repository.git(&["rev-list", "--parents", "-1", commit]).len() == 40;
                let before = if is_first { Vec::new() } else { before.to_vec() };
                found.insert((commit.to_owned(), path.to_owned(), blob.clone(), before));
            }
        }
    }
    found
}

/// Each blob and path that commits brought, by the packs and by git.
fn both_ways(repository: &Repository) -> [BTreeSet<(String, String)>; 2] {
    let packs = Packs::open(&[repository.folder()], 20).unwrap();
    let tips = repository.git(&["rev-list", "--no-walk", "--all"]);
    let tips: Vec<Id> = tips.lines().map(|id| git_bulk::id(id.as_bytes()).unwrap()).collect();
    let stop = || false;
    // The shell is no thing to be shared: what may be asked is gathered first.
    let mut loose = BTreeMap::new();
    for line in repository.git(&["rev-list", "--all", "--objects", "--no-object-names"]).lines() {
        let id = git_bulk::id(line.as_bytes()).unwrap();
        if packs.find(&id).is_none() && repository.git(&["cat-file", "-t", line]) != "blob" {
            loose.insert(id, fetched(repository, &id));
        }
    }
    let fetch = |id: &Id| Ok(loose[id].clone());
    let commits = Commits::read(&packs, &tips, 2, &stop, &fetch).unwrap();
    let counted = repository.git(&["rev-list", "--all", "--count"]);
    assert_eq!(commits.all().len().to_string(), counted);
    let brought = Brought::by(&commits, &packs, 2, &stop, &fetch).unwrap();
    let (mut ours, mut ids) = (BTreeSet::new(), Vec::new());
    brought.each(&packs, &mut |blob, paths| {
        let id = match blob {
            Blob::Packed(place) => packs.id(place).unwrap(),
            Blob::Stray(id) => id,
        };
        ids.push(id);
        assert!(brought.holds(&id, &packs));
        assert!(!brought.holds_at(&id, b"elsewhere", &packs));
        for path in paths.iter().map(|path| brought.path(*path)) {
            assert!(brought.holds_at(&id, &path, &packs));
            ours.insert((id.to_string(), String::from_utf8(path).unwrap()));
        }
    });
    let zeros = "0".repeat(40);
    let told = brought.introduced(ids.iter().copied(), &commits, &packs, 3, &stop).unwrap();
    let told: BTreeSet<_> = told
        .into_iter()
        .map(|one| {
            let before = one.parents.iter().map(|id| id.map_or(zeros.clone(), |id| id.to_string()));
            let path = String::from_utf8(one.path).unwrap();
            (one.commit.to_string(), path, one.blob.to_string(), before.collect())
        })
        .collect();
    assert_eq!(told, introduced(repository));
    let odd = ids.iter().copied().step_by(7);
    let some = brought.introduced(odd.clone(), &commits, &packs, 3, &stop).unwrap();
    let odd: BTreeSet<String> = odd.map(|id| id.to_string()).collect();
    assert_eq!(some.len(), told.iter().filter(|one| odd.contains(&one.2)).count());
    let mut git = BTreeSet::new();
    for commit in repository.git(&["rev-list", "--all"]).lines() {
        for line in repository.git(&["ls-tree", "-r", commit]).lines() {
            let (head, path) = line.split_once('\t').unwrap();
            let mut words = head.split(' ').skip(1);
            if words.next() == Some("blob") {
                git.insert((words.next().unwrap().to_owned(), path.to_owned()));
            }
        }
    }
    [ours, git]
}

#[test]
fn blobs_stood_where_git_says() {
    let repository = Repository::new(&[]);
    let at = |path: &str| repository.temp.path().join(path);
    let commit = |what: &str| {
        repository.git(&["add", "--all"]);
        repository.git(&["commit", "--quiet", "--message", what]);
    };
    // Folders alike, so that trees of one path are made of trees of another.
    for round in 0..12 {
        for folder in ["a", "a/deep", "b", "b/deep", "c"] {
            fs::create_dir_all(at(folder)).unwrap();
            for file in 0..20 {
                let text =
                    if file % 12 == round { format!("{folder} {round}\n") } else { "x\n".into() };
                fs::write(at(&format!("{folder}/file-of-some-name-{file}")), text).unwrap();
            }
        }
        match round {
            3 => fs::rename(at("c"), at("d")).unwrap(),
            5 => fs::remove_dir_all(at("b/deep")).unwrap(),
            7 => {
                repository.git(&["checkout", "--quiet", "--force", "-b", "side", "t2"]);
                fs::write(at("a/side"), "side\n").unwrap();
            }
            9 => {
                commit("before the merge");
                repository.git(&["merge", "--quiet", "--strategy=ours", "-m", "m", "t6"]);
                fs::write(at("merged"), "m\n").unwrap();
            }
            _ => {}
        }
        commit(&format!("round {round}"));
        repository.git(&["tag", &format!("t{round}")]);
    }
    let [ours, git] = both_ways(&repository);
    assert_eq!(ours, git, "nothing is packed");
    repository.git(&["repack", "-a", "-d", "-f", "--quiet", "--window=50", "--depth=50"]);
    repository.git(&["prune-packed"]);
    let [ours, git] = both_ways(&repository);
    assert!(git.len() > 100);
    assert_eq!(ours, git, "all is packed");
    fs::write(at("a/late"), "late\n").unwrap();
    commit("late");
    let [ours, git] = both_ways(&repository);
    assert_eq!(ours, git, "the newest commit is not");
    repository.git(&["repack", "-d", "--quiet"]);
    let [ours, git] = both_ways(&repository);
    assert_eq!(ours, git, "two packs");
}
