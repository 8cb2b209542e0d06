use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use kernel::{Entry, ReadError, Source, Tree};
use xshell::{Shell, cmd};

use super::*;
use crate::builtin;

/// Counts what is read of it.
struct Counted {
    inner: Arc<dyn Source>,
    reads: Mutex<BTreeMap<Utf8PathBuf, u64>>,
}

impl Source for Counted {
    fn entries(&self) -> &[Entry] {
        self.inner.entries()
    }

    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        *self.reads.lock().unwrap().entry(entry.path.clone()).or_default() += 1;
        self.inner.read(entry)
    }
}

const CONFIG: &str = r#"schema = 1
[gate.action-pins]
[gate.secret-scan]
history = "none"
[[gate.openapi-gate.api]]
name = "pets"
spec = "openapi.json"
routes.static = [{ framework = "net-http", files = ["**/*.go"] }]
[[gate.editions-gate.boundary]]
name = "core"
restricted = ["ee/**"]
[[gate.migration-gate.source]]
dir = "migrations"
framework = "plain"
pg_version = 15
[gate.late]
kind = "action-pins"
needs = ["secret-scan"]
"#;

/// Something to find for each of the gates.
const FILES: [(&str, &str); 7] = [
    (".github/workflows/ci.yml", "jobs:\n  a:\n    steps:\n      - uses: a/b@v1\n"),
    ("Dockerfile", "FROM alpine:3\n"),
    ("go.mod", "module example.test/m\ngo 1.22\n"),
    (
        "core.go",
        "package m\nimport _ \"example.test/m/ee\"\nimport \"net/http\"\nfunc r(m *http.ServeMux) { m.HandleFunc(\"GET /pets\", nil) }\n",
    ),
    ("ee/ee.go", "package ee\n"),
    (
        "openapi.json",
        "{\"openapi\":\"3.0.0\",\"info\":{\"title\":\"t\",\"version\":\"1\"},\"paths\":{\"/cats\":{\"get\":{}}}}",
    ),
    ("migrations/1.sql", "ALTER TABLE pets DROP COLUMN name;\n"),
];

#[test]
fn each_file_is_read_at_most_once_whatever_number_of_gates_look_at_it() {
    let folder = tempfile::tempdir().unwrap();
    let sh = Shell::new().unwrap();
    sh.change_dir(folder.path());
    cmd!(sh, "git init --quiet").run().unwrap();
    for (path, text) in FILES.iter().chain(&[("ci.toml", CONFIG)]) {
        sh.write_file(path, text).unwrap();
    }
    let dir = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let place = Place { dir: Some(dir), config: None };
    let mut view = View::open(&place, At::WorkTree).unwrap();
    let inner = Arc::clone(&view.watched) as Arc<dyn Source>;
    let counted = Arc::new(Counted { inner, reads: Mutex::default() });
    view.tree = Tree::holding(Arc::clone(&counted) as Arc<dyn Source>);

    let order = Order {
        ask: Ask::default(),
        changed: false,
        base: None,
        jobs: None,
        fail_fast: false,
        introduced: false,
        prove: false,
        reuse: false,
        timeout: None,
        offline: true,
        whole: false,
        shard: None,
    };
    let (events, _heard) = channel();
    let verified = verify(&builtin(), &place, &view, &order, &Cancel::new(), &events);
    let Ok(verified) = verified else { panic!("nothing was judged") };

    let found: Vec<(&str, usize)> = verified
        .receipt
        .predicate
        .gates
        .iter()
        .map(|row| (row.id.as_str(), row.findings.len()))
        .collect();
    let blind: Vec<_> =
        found.iter().filter(|(id, count)| *id != "secret-scan" && *count == 0).collect();
    assert!(blind.is_empty(), "{found:?}");
    let reads = counted.reads.lock().unwrap();
    for (path, _) in FILES {
        assert_eq!(reads.get(Utf8Path::new(path)), Some(&1), "{path}: {reads:?}");
    }
    assert!(reads.values().all(|count| *count == 1), "{reads:?}");
}
