//! A file that is searched and not lexed hides nothing: over every example, and over
//! repositories put together by chance from pieces that hide a name.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod twice;

use editions_gate::REGISTER;
use kernel::Tree;
use proptest::collection::vec;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngSeed, TestRunner};

#[test]
fn every_example_is_found_either_way() {
    let gate = testkit::configure(&REGISTER, "", &Tree::literal::<&str, &str>([]));
    let mut count = 0;
    for rule in gate.rules().iter() {
        for example in rule.bad.iter().chain(rule.good.iter()) {
            let scene = example.scene().unwrap();
            let options = scene.options.clone().map(|options| options.canonical().unwrap());
            count += twice::findings(&options.unwrap_or_default(), &scene.evidence()).len();
        }
    }
    assert!(count > 20, "{count} findings");
}

/// Names that may lead into what is restricted, and some that only look so.
const NAMES: [&str; 40] = [
    "../../ee/web/plan",
    "../../ee",
    "../../../ee/index",
    "./pro",
    "./plan/plan.ee",
    "../../web/src/pro/index.ts",
    "@m/paid/web/plan",
    "@m/paid",
    "@ee/plan",
    "@/index",
    "~/plan",
    "web/plan",
    "plan/web/plan",
    "app/index",
    "core/plan",
    "core/ee/plan",
    "#x",
    "#x/plan",
    "ee.plan",
    "..ee.plan",
    "..plan",
    "plan",
    "plan.x",
    "src.plan",
    "ee/plan.py",
    "../../ee/plan.py",
    "m/ee/plan",
    "org/paid/plan",
    "plan/plan",
    "../ee/plan/plan.go",
    "plan::plan",
    "my_ee::plan",
    "crate::ee::plan",
    "ee",
    "../ee/mod.rs",
    "../../ee/src/lib.rs",
    "org.m.ee.Plan",
    "org.m.ee.*",
    "../../feed/eel",
    "my-ee/x.fee",
];

/// Writes the letter at `at` of `name` in some other way, or puts something beside it.
fn hidden(name: &str, at: usize, how: usize) -> String {
    let at = at % name.len();
    let (before, rest) = name.split_at(at);
    let (letter, after) = rest.split_at(1);
    let code = u32::from(rest.as_bytes()[0]);
    let written = match how % 16 {
        0 => format!("\\x{code:02x}"),
        1 => format!("\\u{code:04x}"),
        2 => format!("\\u{{{code:x}}}"),
        3 => format!("\\{code:03o}"),
        4 => format!("\\U{code:08x}"),
        5 => format!("\\{letter}"),
        6 => format!("\\\n{letter}"),
        7 => format!("{letter}\\\r\n"),
        8 => format!("' + '{letter}"),
        9 => format!("\" +\"{letter}"),
        10 => format!("' '{letter}"),
        11 => format!("`/**/+ '{letter}"),
        12 => format!("\r{letter}"),
        13 => format!("{letter}/**/"),
        14 => "*".to_owned(),
        _ => format!("{letter}é"),
    };
    format!("{before}{written}{after}")
}

/// Ways to write a name into a file, `§` for it.
const SOURCES: [(&str, &[&str]); 9] = [
    (
        ".github/workflows/a.yml",
        &[
            "jobs:\n  a:\n    steps:\n      - run: cat §\n",
            "jobs:\n  a:\n    steps:\n      - run: \"cat §\"\n",
            "jobs:\n  a:\n    steps:\n      - working-directory: §\n        run: |\n          cat ./§\n",
        ],
    ),
    (
        "web/src/a.ts",
        &[
            "import '§'\n",
            "import { a } from '§'\n",
            "export * from '§'\n",
            "const a = require('§')\n",
            "await import('§')\n",
            "await import(`§${a}`)\n",
            "import.meta.glob('§')\n",
            "vi.mock('§')\n",
            "/** @type {import('§').A} */\n",
            "/// <reference path=\"§\" />\n",
            "const a = '§'\n",
            "// '§'\n",
            "const a = `\n",
        ],
    ),
    ("web/src/a.vue", &["<script src='§'></script>", "<script>import '§'</script>"]),
    ("web/src/a.scss", &["@import '§';\n", "@use \"§\";\n", "/* § */\n"]),
    (
        "app/src/a.py",
        &[
            "import §\n",
            "from § import plan\n",
            "from . import §\n",
            "import_module('§')\n",
            "import_module('.§', '§')\n",
            "import_string('§.X')\n",
            "sys.path.append('§')\n",
            "x = '§'\n",
            "if TYPE_CHECKING:\n    import §\n",
            "x = '''\n",
        ],
    ),
    ("app/setup.py", &["setup(entry_points=['x = §:main'])\n"]),
    (
        "app/a.go",
        &[
            "package a\nimport \"§\"\n",
            "package a\nimport (\n\t_ `§`\n)\n",
            "package a\n//go:embed §\nvar x string\n",
            "package a\n//go:linkname f §.f\nfunc f()\n",
            "package a\n// #cgo CFLAGS: -I§\nimport \"C\"\n",
            "package a\nfunc f() { plugin.Open(\"§\") }\n",
        ],
    ),
    (
        "core/src/a.rs",
        &[
            "use §;\n",
            "use crate::§;\n",
            "mod §;\n",
            "mod § { mod plan; }\n",
            "fn f() { §::f() }\n",
            "#[path = \"§\"] mod x;\n",
            "include!(\"§\");\n",
            "include_str!(concat!(\"§\", \"§\"));\n",
            "extern crate § as x;\n",
        ],
    ),
    (
        "app/org/m/A.java",
        &[
            "package org.m;\nimport §;\n",
            "package org.m.§;\nclass A { Plan p; }\n",
            "class A { § p; }\n",
            "class A { Object o = Class.forName(\"§\"); }\n",
        ],
    ),
];

/// What may stand beside, each alone or with others.
const MANIFESTS: [(&str, &str); 14] = [
    (
        "web/tsconfig.json",
        "{\"compilerOptions\": {\"paths\": {\"@/*\": [\"./src/*\", \"../ee/*\"]}}}",
    ),
    (
        "tsconfig.json",
        "{\"compilerOptions\": {\"baseUrl\": \".\", \"paths\": {\"~/*\": [\"./*/ee\"]}}}",
    ),
    ("web/src/tsconfig.json", "{\"compilerOptions\": {\"paths\": {\"web/*\": [\"../../e*\"]}}}"),
    (
        "web/vite.config.ts",
        "export default { resolve: { alias: { '@ee': '../ee/web', src: './src' } } }",
    ),
    ("ee/package.json", "{\"name\": \"@m/paid\"}"),
    (
        "web/package.json",
        "{\"name\": \"web\", \"dependencies\": {\"plan\": \"file:../ee\", \"app\": \"npm:@m/paid@1\"}, \"imports\": {\"#x\": \"@m/paid\", \"#x/*\": \"./src/*\"}}",
    ),
    (
        "core/package.json",
        "{\"name\": \"core\", \"exports\": {\"./plan\": \"./dist/ee/plan.js\", \"./*\": \"./dist/*.js\"}}",
    ),
    ("go.mod", "module m\nreplace plan => ./ee\n"),
    ("ee/go.mod", "module org/paid\n"),
    (
        "core/Cargo.toml",
        "[package]\nname = 'core'\n[dependencies]\nplan = { package = 'my-ee', path = '../ee' }\n",
    ),
    ("ee/Cargo.toml", "[package]\nname = 'my-ee'\n"),
    ("ee/pyproject.toml", ""),
    ("app/pyproject.toml", ""),
    ("core/src/lib.rs", "mod a;"),
];

const RESTRICTED: [&str; 6] = [
    "'ee/**', 'core/**/ee/**'",
    "'**/ee/**'",
    "'ee/**', 'web/src/pro/', 'core/src/a/**', '!ee/open/**'",
    "'ee/**', '*/src/plan/**/*'",
    "'ee/**', '**/*.ee.*'",
    "'ee/**', 'app/src/**', '!app/src/a.py'",
];

const THERE: [&str; 13] = [
    "ee/web/plan.ts",
    "ee/index.ts",
    "ee/plan.py",
    "ee/plan/plan.go",
    "ee/src/lib.rs",
    "ee/src/plan.rs",
    "ee/open/a.ts",
    "web/src/pro/index.ts",
    "web/src/plan/plan.ee.ts",
    "core/src/ee/mod.rs",
    "core/src/ee/plan.ts",
    "app/src/plan/__init__.py",
    "ee/org/m/Plan.java",
];

/// A name, a boundary, manifests beside it, and the ways in which it is written.
type Case = (
    &'static str,
    Vec<(usize, usize)>,
    &'static str,
    Vec<(&'static str, &'static str)>,
    (usize, usize),
);

fn judged((name, hiding, restricted, manifests, (source, form)): &Case) -> usize {
    let name = hiding.iter().fold((*name).to_owned(), |name, (at, how)| match name.is_ascii() {
        true => hidden(&name, *at, *how),
        false => name,
    });
    let (path, forms) = SOURCES[source % SOURCES.len()];
    let text = forms[form % forms.len()].replace('§', &name);
    let options =
        format!("[[boundary]]\nname = 'core'\nci = 'deny'\nrestricted = [{restricted}]\n");
    let java = "package org.m.ee;\npublic class Plan {}\n";
    let there = THERE.iter().map(|path| (*path, if path.ends_with("java") { java } else { "" }));
    // What is restricted by a pattern of this case may import what it likes.
    let open = [("ee/open/b.ts", "import '../web/plan'\nimport './a'\n")];
    let files = there.chain(manifests.iter().copied()).chain(open);
    let files: Vec<(&str, &str)> = files.chain([(path, text.as_str())]).collect();
    let found = twice::judge(&options, &files);
    found.iter().filter(|line| line.starts_with(&format!("{path}:"))).count()
}

const CASES: u32 = match option_env!("SEARCH_CASES") {
    Some(_) => 100_000,
    None => 4_000,
};

#[test]
fn nothing_is_hidden_from_the_search() {
    let hiding = vec((0..64_usize, 0..64_usize), 0..3);
    let manifests = subsequence(MANIFESTS.to_vec(), 0..=MANIFESTS.len());
    let form = (0..64_usize, 0..64_usize);
    let cases = (select(&NAMES[..]), hiding, select(&RESTRICTED[..]), manifests, form);
    let found = std::cell::Cell::new(0);
    let config = Config {
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..Config::with_cases(CASES)
    };
    let run = TestRunner::new(config).run(&cases, |case| {
        found.set(found.get() + judged(&case));
        Ok(())
    });
    run.unwrap();
    // Otherwise nothing was put to the test.
    assert!(found.get() > 300, "{} findings", found.get());
}

/// One text for each way to keep a name out of sight.
#[test]
fn what_could_hide_a_name_is_lexed() {
    let there = [
        ("go.mod", "module m.org/x\n"),
        ("core/Cargo.toml", "[package]\nname = 'core'\n"),
        ("ee/__init__.py", ""),
        ("ee/web/plan.ts", ""),
        ("ee/plan/plan.go", "package plan\n"),
        ("ee/src/lib.rs", ""),
        ("ee/org/m/Plan.java", "package org.m.ee;\npublic class Plan {}\n"),
    ];
    for (path, text) in [
        ("web/a.ts", "import '../e\\x65/web/plan'"),
        ("web/a.ts", "import '../e\\e/web/plan'"),
        ("web/a.ts", "import '../e\\\ne/web/plan'"),
        ("web/a.ts", "import '../\\u{65}e/web/plan'"),
        ("web/a.ts", "require('../e' + 'e/web/plan')"),
        ("web/a.ts", "import /* c */ (`../e` + /* c */ \"e/web/plan\")"),
        ("web/a.ts", "import.meta.glob('../*/web/*.ts')"),
        ("app/a.py", "import_module('e' 'e')"),
        ("app/a.py", "import_module('e' # c\n  'e.web')"),
        ("app/a.py", "import_module('\\145e')"),
        ("app/a.py", "import_module('e\\\ne')"),
        ("app/a.py", "exec('x = 1\\nimport\\x20ee')"),
        ("app/a.py", "exec('from x import y;\\timport ee')"),
        ("a.go", "package a\nimport \"m.org/x\\x2fee\"\n"),
        ("a.go", "package a\nimport `m.org/x/e\re`\n"),
        ("a.go", "package a\n// #cgo CFLAGS: -Iee/plan\nimport \"C\"\n"),
        ("core/src/lib.rs", "include!(\"../../e\\\n    e/src/lib.rs\");"),
        ("core/src/lib.rs", "include!(concat!(\"../../e\", \"e/src/lib.rs\"));"),
        ("org/m/A.java", "package org.m;\nimport org.m.\\uu0065e.Plan;\n"),
        (".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: \"cat ./e\\x65/web\"\n"),
    ] {
        let files: Vec<(&str, &str)> = there.iter().copied().chain([(path, text)]).collect();
        let options = "[[boundary]]\nname = 'core'\nci = 'deny'\nrestricted = ['ee/**']\n";
        let found = twice::judge(options, &files);
        assert!(found.iter().any(|line| line.starts_with(path)), "{text}: {found:?}");
    }
}
