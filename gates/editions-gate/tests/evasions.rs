//! Ways over the boundary that nobody writes by accident, and texts that only look
//! like one: each a small repository, by what of it is named.

mod twice;

const BOUNDARY: &str = "[[boundary]]\nname = 'core'\nrestricted = ['ee/**', 'pkg/ee/**', 'core/ee/**', 'app/ee/**', 'src/main/java/org/m/ee/**']\n";

/// The paths with a finding other than `incomplete-coverage`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    found_by(BOUNDARY, files)
}

fn found_by(options: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut found = twice::judge(options, files);
    found.retain(|line| !line.contains("incomplete-coverage") && !line.contains("empty-boundary"));
    let paths = found.iter().filter_map(|line| line.split(':').next().map(str::to_owned));
    let mut paths: Vec<String> = paths.collect();
    paths.dedup();
    paths
}

fn judge(base: &[(&str, &str)], cases: &[&[(&str, &str)]], is_bad: bool) {
    let mut wrong = Vec::new();
    for case in cases {
        let mut files: Vec<(&str, &str)> = base
            .iter()
            .filter(|(path, _)| case.iter().all(|(own, _)| own != path))
            .copied()
            .collect();
        files.extend_from_slice(case);
        if found(&files).is_empty() == is_bad {
            wrong.push(format!("{case:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

const SCRIPT: &[(&str, &str)] = &[
    ("ee/web/plan.ts", "export const a = 1"),
    ("ee/package.json", "{\"name\": \"@m/ee\"}"),
    ("feed/a.ts", ""),
    ("employee/index.ts", ""),
    ("web/src/b.ts", ""),
    ("web/package.json", "{\"name\": \"@m/web\"}"),
];

#[test]
fn javascript_by_other_roads() {
    judge(
        SCRIPT,
        &[
            &[("web/src/a.ts", "export * from '../../ee/web/plan'")],
            &[("web/src/a.ts", "export { a as default } from '../../ee/web'")],
            &[("web/src/a.ts", "export type { A } from '../../ee/web/plan'")],
            &[("web/src/a.ts", "\u{feff}import '../../ee/web/plan'")],
            &[("web/src/a.ts", "import\u{a0}'../../ee/web/plan'")],
            &[("web/src/a.ts", "import/**/a/**/from/**/'../../ee/web/plan'")],
            &[("web/src/a.ts", "import a from '../../\\u0065e/web/plan'")],
            &[("web/src/a.ts", "import a from '../../\\\ne\\\r\ne/web/plan'")],
            &[("web/src/a.ts", "import {'a-b' as c} from '../../ee/web/plan'")],
            &[("web/src/a.ts", "import defer * as a from '../../ee/web/plan'")],
            &[("web/src/a.ts", "import source a from '../../ee/web/plan'")],
            &[("web/src/a.ts", "import a, * as b from '../../ee/web/plan'")],
            &[("web/src/a.ts", "import a from '../../ee/web/plan.json' with {type: 'json'}")],
            &[("web/src/a.ts", "const p = import.meta.resolve('../../ee/web/plan')")],
            &[("web/src/a.ts", "new URL('../../ee/web/plan.ts', import.meta.url)")],
            &[("web/src/a.ts", "new Worker(new URL('../../ee/web/plan', import.meta.url))")],
            &[("web/src/a.ts", "require.resolve('../../ee/web/plan')")],
            &[("web/src/a.ts", "require?.('../../ee/web/plan')")],
            &[("web/src/a.ts", "(0, require)('../../ee/web/plan')")],
            &[("web/src/a.ts", "module.require('../../ee/web/plan')")],
            &[("web/src/a.ts", "createRequire(import.meta.url)('../../ee/web/plan')")],
            &[("web/src/a.ts", "const a = require(`../../ee/web/plan`)")],
            &[("web/src/a.ts", "const a = require('../../' + 'ee/web/plan')")],
            &[("web/src/a.ts", "await import('../../ee' + '/web/plan')")],
            &[("web/src/a.ts", "await import(`../../ee/web/${name}`)")],
            &[("web/src/a.ts", "await import(`../../ee/web/${name}.ts`)")],
            &[("web/src/a.ts", "require('../../ee/web/' + name)")],
            &[("web/src/a.ts", "require.context('../../ee/web', true, /\\.ts$/)")],
            &[("web/src/a.ts", "import.meta.glob('../../ee/web/*.ts')")],
            &[("web/src/a.ts", "import.meta.glob(['../../ee/**/*.ts', '!**/x'])")],
            &[("web/src/a.ts", "import.meta.glob('/ee/web/*.ts', {eager: true})")],
            &[("web/src/a.test.ts", "vi.mock(import('../../ee/web/plan'), () => ({}))")],
            &[("web/src/a.test.ts", "vi.mock<() => void>('../../ee/web/plan')")],
            &[("web/src/a.test.ts", "jest.mock('../../ee/web/plan')")],
            &[("web/src/a.test.ts", "jest.unstable_mockModule('../../ee/web/plan', f)")],
            &[(
                "web/src/a.test.ts",
                "const m = await vi.importActual<typeof import('../../ee/web/plan')>('../../ee/web/plan')",
            )],
            &[("web/src/a.test.ts", "mock.module('../../ee/web/plan', () => ({}))")],
            &[("web/src/a.ts", "/// <reference path=\"../../ee/web/plan.d.ts\" />")],
            &[("web/src/a.ts", "declare module '../../ee/web/plan' { interface A {} }")],
            &[(
                "web/src/a.tsx",
                "const A = () => <p>it's <B a={() => import(\"../../ee/web/plan\")} /></p>",
            )],
            &[(
                "web/src/a.vue",
                "<template>`</template><script setup lang=\"ts\">\nimport '../../ee/web/plan'\n</script>",
            )],
            &[("web/src/a.ts", "import '@m/ee/web/plan'")],
            &[("web/src/a.ts", "import x from '@m/ee'")],
            &[
                ("web/src/a.ts", "import '#ee'"),
                (
                    "web/package.json",
                    "{\"imports\": {\"#ee\": {\"node\": {\"import\": \"../ee/web/plan.ts\"}}}}",
                ),
            ],
            &[
                ("web/src/a.ts", "import '~/web/plan'"),
                (
                    "web/tsconfig.json",
                    "{\"compilerOptions\": {\"paths\": {\"~/*\": [\"./src/*\", \"../ee/*\"]}}}",
                ),
            ],
            &[
                ("web/src/a.ts", "import '~/web/plan'"),
                (
                    "web/tsconfig.json",
                    "{\"extends\": [\"../tsconfig.base.json\", \"./tsconfig.other.json\"]}",
                ),
                (
                    "tsconfig.base.json",
                    "{\"compilerOptions\": {\"paths\": {\"~/*\": [\"./ee/*\"]}}}",
                ),
                ("web/tsconfig.other.json", "{}"),
            ],
            &[
                ("web/src/a.ts", "import 'x/web/plan'"),
                ("web/package.json", "{\"dependencies\": {\"x\": \"link:../ee\"}}"),
            ],
            &[("web/src/a.ts", "/** @type {import('../../ee/web/plan').A} */\nlet a")],
            &[("web/src/a.vue", "<script src=\"../../ee/web/plan.ts\"></script>")],
            &[
                ("web/src/a.ts", "import '#x/web/plan'"),
                ("web/package.json", "{\"imports\": {\"#x/*\": \"@m/ee/*\"}}"),
            ],
            &[("web/src/a.css", "@import '../../ee/web/a.css';")],
            &[
                ("web/src/a.ts", "import '~/web/plan'"),
                (
                    "web/tsconfig.json",
                    "{\"files\": [], \"references\": [{\"path\": \"./conf/app.json\"}]}",
                ),
                (
                    "web/conf/app.json",
                    "{\"compilerOptions\": {\"paths\": {\"~/*\": [\"../../ee/*\"]}}}",
                ),
            ],
            &[
                ("web/src/a.ts", "import 'web/plan'"),
                (
                    "web/tsconfig.json",
                    "{\"compilerOptions\": {\"rootDirs\": [\"src\", \"../ee\"]}}",
                ),
                ("web/src/c.ts", "import './web/plan'"),
            ],
            &[("web/tsconfig.json", "{\"references\": [{\"path\": \"../ee\"}]}")],
            &[("web/tsconfig.json", "{\"include\": [\"src\", \"../ee/web\"]}")],
            &[("web/tsconfig.json", "{\"extends\": \"../ee/tsconfig\"} // c")],
            &[("web/jsconfig.json", "{\"files\": [\"../ee/web/plan.ts\",]}")],
            &[
                ("web/src/a.ts", "import '~/web/plan'"),
                ("web/tsconfig.json", "{\"extends\": \"../conf/base\"}"),
                ("conf/base.json", "{\"extends\": \"./deep.json\"}"),
                ("conf/deep.json", "{\"compilerOptions\": {\"paths\": {\"~/*\": [\"../ee/*\"]}}}"),
            ],
        ],
        true,
    );
}

#[test]
fn javascript_that_only_looks_like_it() {
    judge(
        SCRIPT,
        &[
            &[("web/src/a.ts", "import '../../feed/a'\nimport '../../employee'")],
            &[(
                "web/src/a.ts",
                "// import '../../ee/web/plan'\n/* require('../../ee/web/plan') */",
            )],
            &[("web/src/a.ts", "const a = \"import '../../ee/web/plan'\"")],
            &[("web/src/a.ts", "const a = `import '../../ee/web/plan'`")],
            &[("web/src/a.ts", "const a = /import '..\\/..\\/ee\\/web\\/plan'/")],
            &[("web/src/a.ts", "import ee from 'ee-first'\nee.plan()")],
            &[("web/src/a.ts", "import '@m/eel'\nimport 'ee'")],
            &[("web/src/a.ts", "import x from './ee'\n"), ("web/src/ee.ts", "")],
            &[("web/src/a.ts", "await import(`./${name}/ee/web/plan`)")],
            &[("web/src/a.ts", "fetch('/ee/web/plan')")],
            &[("web/src/a.ts", "await import(`../../feed/${name}`)")],
            &[("web/src/a.ts", "import.meta.glob('./**/*.ts')")],
            &[("web/src/a.ts", "new URL('https://m.org/ee/web/plan')")],
            &[(
                "web/tsconfig.json",
                "{\"include\": [\"src\"], \"exclude\": [\"../ee\"], \"references\": [{\"path\": \"../feed\"}]}",
            )],
            &[
                (
                    "web/tsconfig.json",
                    "{\"compilerOptions\": {\"rootDirs\": [\"src\", \"../feed\"]}}",
                ),
                ("web/src/c.ts", "import './a'\nimport './gone'"),
            ],
        ],
        false,
    );
}

const PYTHON: &[(&str, &str)] = &[
    ("ee/__init__.py", ""),
    ("ee/app/plan.py", ""),
    ("app/__init__.py", ""),
    ("app/sub/__init__.py", ""),
    ("feed/a.py", ""),
    ("app/b.py", ""),
];

#[test]
fn python_by_other_roads() {
    judge(
        PYTHON,
        &[
            &[("app/a.py", "\u{feff}import ee.app.plan")],
            &[("app/a.py", "import \\\n  ee.app.plan")],
            &[("app/a.py", "from ee . app import plan")],
            &[("app/a.py", "x = 1; from ee.app import plan")],
            &[("app/a.py", "if True: import ee.app.plan")],
            &[("app/a.py", "async def f():\n    from ee.app import plan")],
            &[("app/a.py", "class A:\n    from ee.app import plan")],
            &[("app/sub/a.py", "from ...ee.app import plan")],
            &[("app/sub/a.py", "from ... import ee")],
            &[("app/a.py", "x = f'{y['a']}'; import ee.app.plan")],
            &[("app/a.py", "x = [\nimport ee.app.plan")],
            &[("app/a.py", "importlib.__import__('ee.app.plan')")],
            &[("app/a.py", "importlib.util.find_spec('ee.app.plan')")],
            &[("app/a.py", "pkgutil.resolve_name('ee.app.plan:x')")],
            &[("app/a.py", "runpy.run_module('ee.app.plan')")],
            &[("app/a.py", "import_module(f'ee.app.{name}')")],
            &[("app/a.py", "import_module('ee.app.' + name)")],
            &[("app/a.py", "import_module('ee.app.%s' % name)")],
            &[("app/a.py", "import_module('ee.{}'.format(name))")],
            &[("app/a.py", "import_string('ee.app.plan.X')")],
            &[("app/a.py", "mock.patch('ee.app.plan.x')")],
            &[("app/a.py", "@patch('ee.app.plan.x')\ndef test(): pass")],
            &[("app/a.py", "monkeypatch.setattr('ee.app.plan.x', 1)")],
            &[("app/a.pyi", "from ee.app import plan")],
            &[("pyproject.toml", "[project.scripts]\nx = 'ee.app.plan:main'\n")],
            &[("pyproject.toml", "[project.entry-points.'a.b']\nx = 'ee.app.plan:main'\n")],
            &[("app/a.py", "pkg_resources.resource_string('ee.app', 'x')")],
            &[("app/a.py", "importlib.resources.files('ee.app')")],
            &[("app/a.py", "sys.modules['ee.app.plan']")],
            &[("app/a.py", "spec_from_file_location('x', 'ee/app/plan.py')")],
            &[("app/a.py", "sys.path.insert(0, 'ee')")],
            &[("setup.py", "setup(entry_points={'console_scripts': ['x = ee.app.plan:main']})")],
            &[("app/a.py", "from importlib import import_module as load\nload('ee.app.plan')")],
            &[("app/a.py", "exec('import ee.app.plan')")],
            &[(
                "app/a.py",
                "import importlib\nload = importlib.import_module\nload('ee.app.plan')",
            )],
            &[("app/a.py", "load = __import__\ndef f():\n    return load('ee.app.plan')")],
            &[("app/a.py", "exec('''\nif x:\n    from ee.app import plan\n''')")],
            &[("app/a.py", "exec(compile('import x\\nimport ee.app', 'x', 'exec'))")],
        ],
        true,
    );
}

#[test]
fn python_that_only_looks_like_it() {
    judge(
        PYTHON,
        &[
            &[("app/a.py", "# import ee\n'''\nimport ee\n'''\nx = 'import ee'")],
            &[("app/a.py", "from . import ee\n"), ("app/ee.py", "")],
            &[("app/a.py", "from feed import a as ee\nee.b()")],
            &[("app/a.py", "import eel, employee.ee")],
            &[("app/a.py", "raise X from ee")],
            &[("app/a.py", "import_module(f'{name}.ee.app')")],
            &[("app/a.py", "log('ee.app.plan is not here')")],
            &[("app/a.py", "x.import_module\n'ee'")],
            &[("app/a.py", "import_string('feed.a.X')")],
            &[("app/a.py", "load('ee.app.plan')\nfrom x import load")],
            &[(
                "app/a.py",
                "cursor.exec('import ee')\nexec('# import ee')\nre.compile('import ee')",
            )],
        ],
        false,
    );
}

const GO: &[(&str, &str)] = &[
    ("go.mod", "module m.org/x\n"),
    ("ee/plan/plan.go", "package plan\n"),
    ("feed/a.go", "package feed\n"),
];

#[test]
fn go_by_other_roads() {
    judge(
        GO,
        &[
            &[("a.go", "package a\nimport . \"m.org/x/ee/plan\"")],
            &[("a.go", "package a\nimport _ \"m.org/x/ee/plan\"")],
            &[("a.go", "package a\nimport (\"fmt\"; plan `m.org/x/ee/plan`)")],
            &[("a.go", "package a\nimport (\n//x\n/*y*/ \"m.org/x/\\u0065e/plan\"\n)")],
            &[("a.go", "//go:build ignore\n\npackage a\nimport \"m.org/x/ee/plan\"")],
            &[("a_windows.go", "package a\nimport \"m.org/x/ee/plan\"")],
            &[("a.go", "package a\nimport \"C\"\nimport \"m.org/x/ee/plan\"")],
            &[("a.go", "package a\nimport \"m.org/x/ee\"")],
            &[("a.go", "package a\nimport \"fmt\"\nimport \"os\"\nimport \"m.org/x/ee/gone\"")],
            &[("a.go", "package a\nimport _ \"embed\"\n//go:embed ee/plan/plan.go\nvar x string")],
            &[(
                "a.go",
                "package a\nimport _ \"embed\"\n//go:embed feed \"ee/plan\" all:x\nvar x embed.FS",
            )],
            &[(
                "a.go",
                "package a\nimport _ \"unsafe\"\n//go:linkname f m.org/x/ee/plan.f\nfunc f()",
            )],
            &[
                ("a.go", "package a\nimport \"other.org/y/plan\""),
                ("go.mod", "module m.org/x\nreplace other.org/y => ./ee\n"),
            ],
            &[("go.work", "go 1.26\nuse ./ee\n"), ("ee/go.mod", "module m.org/ee\n")],
            &[(
                "a.go",
                "package a\n/*\n#cgo CFLAGS: -I${SRCDIR}/ee/plan\n#include \"ee/plan/x.h\"\n*/\nimport \"C\"",
            )],
            &[("go.mod", "module m.org/x\ntool m.org/x/ee/plan\n")],
            &[("a.go", "package a\nfunc f() { plugin.Open(\"ee/plan/plan.so\") }")],
        ],
        true,
    );
}

#[test]
fn go_that_only_looks_like_it() {
    judge(
        GO,
        &[
            &[(
                "a.go",
                "package a\n// import \"m.org/x/ee/plan\"\nvar x = `import \"m.org/x/ee/plan\"`",
            )],
            &[(
                "a.go",
                "package a\nimport \"m.org/x/feed\"\nimport \"m.org/xee/plan\"\nimport \"other.org/ee\"",
            )],
            &[("a.go", "package a\nimport ee \"m.org/x/feed\"\nvar _ = ee.X")],
            &[("a.go", "package a\n// see go:generate go run ./ee/plan\n")],
            &[("a.go", "package a\nvar x = \"//go:embed ee/plan/plan.go\"")],
            &[("a.go", "package a\n//go:embed feed/*\nvar x embed.FS")],
            &[("a.go", "package a\n//go:generate go run ./feed\n")],
        ],
        false,
    );
}

const RUST: &[(&str, &str)] = &[
    ("Cargo.toml", "[workspace]\nmembers = ['core']\n"),
    ("core/Cargo.toml", "[package]\nname = 'core'\n"),
    ("core/src/lib.rs", ""),
    ("ee/Cargo.toml", "[package]\nname = 'my-ee'\n"),
    ("ee/src/lib.rs", ""),
    ("feed/a.rs", ""),
];

#[test]
fn rust_by_other_roads() {
    judge(
        RUST,
        &[
            &[("core/src/lib.rs", "pub use my_ee::*;")],
            &[("core/src/lib.rs", "use ::my_ee as _;")],
            &[("core/src/lib.rs", "use r#my_ee::x;")],
            &[("core/src/lib.rs", "#[cfg(feature = \"ee\")]\nextern crate my_ee;")],
            &[("core/src/lib.rs", "fn f() { let _: Box<dyn my_ee::T> = todo!(); }")],
            &[("core/src/lib.rs", "impl my_ee::T for X {}")],
            &[("core/src/lib.rs", "#[path = r\"../../ee/src/lib.rs\"] mod x;")],
            &[("core/src/lib.rs", "#[path = \"../../\\x65e/src/lib.rs\"] mod x;")],
            &[("core/src/lib.rs", "#[cfg_attr(all(), path = \"../../ee/src/lib.rs\")] mod x;")],
            &[("core/src/lib.rs", "include!(concat!(\"../../e\", \"e/src/lib.rs\"));")],
            &[("core/src/lib.rs", "static A: &[u8] = include_bytes!(\"../../ee/Cargo.toml\");")],
            &[("core/src/lib.rs", "#![doc = include_str!(\"../../ee/Cargo.toml\")]")],
            &[(
                "core/build.rs",
                "fn main() { println!(\"cargo:rerun-if-changed=../ee/src/lib.rs\"); }",
            )],
            &[("core/build.rs", "fn main() { std::fs::copy(\"../ee/src/lib.rs\", \"x\"); }")],
            &[("core/Cargo.toml", "[package]\nname = 'core'\nbuild = '../ee/build.rs'\n")],
            &[(
                "core/Cargo.toml",
                "[package]\nname = 'core'\n[dependencies]\nx = { package = 'my-ee', path = '../ee' }\n",
            )],
            &[(
                "core/Cargo.toml",
                "[package]\nname = 'core'\n[features]\nee = ['dep:my-ee']\n[dependencies]\nmy-ee = { path = '../ee', optional = true }\n",
            )],
            &[("Cargo.toml", "[workspace]\nmembers = ['core', 'ee']\n")],
        ],
        true,
    );
}

#[test]
fn rust_that_only_looks_like_it() {
    judge(
        RUST,
        &[
            &[("core/src/lib.rs", "// my_ee::x\n/* use my_ee; */ const A: &str = \"my_ee::x\";")],
            &[("core/src/lib.rs", "use my_eel::x; fn f(my_ee: u8) -> u8 { my_ee }")],
            &[("core/src/lib.rs", "include!(\"../../feed/a.rs\");")],
            &[("core/src/lib.rs", "fn f<'my_ee>(x: &'my_ee str) { x.my_ee(); }")],
            &[("core/Cargo.toml", "[package]\nname = 'core'\n[dependencies]\nmy-eel = '1'\n")],
        ],
        false,
    );
}

const JAVA: &[(&str, &str)] = &[
    (
        "src/main/java/org/m/ee/Plan.java",
        "package org.m.ee;\npublic class Plan { public static int x; }",
    ),
    ("src/main/java/org/m/feed/A.java", "package org.m.feed;\npublic class A {}"),
];

#[test]
fn java_by_other_roads() {
    judge(
        JAVA,
        &[
            &[(
                "src/main/java/org/m/B.java",
                "package org.m;\nimport org.m.ee.*;\nclass B { Plan p; }",
            )],
            &[("src/main/java/org/m/B.java", "package org.m;\nimport static org.m.ee.Plan.*;")],
            &[("src/main/java/org/m/B.java", "package org.m;\nclass B { org.m.ee.Plan p; }")],
            &[(
                "src/main/java/org/m/B.java",
                "package org.m;\nclass B { Object o = Class.forName(\"org.m.ee.Plan\"); }",
            )],
            &[(
                "src/main/java/org/m/B.java",
                "package org.m;\n@ConditionalOnClass(name = \"org.m.ee.Plan\") class B {}",
            )],
            &[("src/main/kotlin/B.kt", "package org.m\nimport org.m.ee.Plan as P\n")],
            &[("src/main/kotlin/B.kt", "package org.m\nimport org.m.`ee`.Plan\n")],
            &[("src/main/resources/META-INF/services/org.m.X", "org.m.ee.Plan\n")],
            &[("src/main/resources/META-INF/spring.factories", "a.b.C=\\\n  org.m.ee.Plan\n")],
            &[(
                "src/main/resources/META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports",
                "org.m.ee.Plan\n",
            )],
            &[(
                "src/main/java/module-info.java",
                "module m { provides org.m.X with org.m.ee.Plan; }",
            )],
            &[("src/main/java/org/m/B.java", "package org.m;\nimport org.m.\\u0065e.Plan;")],
            &[("src/main/java/org/m/B.java", "package org.m.\\uu0065e;\nclass B { Plan p; }")],
            &[(
                "src/main/java/org/m/B.java",
                "class B { Object o = Class.forName(\"org.m.e\\u0065.Plan\"); }",
            )],
        ],
        true,
    );
}

#[test]
fn java_that_only_looks_like_it() {
    judge(
        JAVA,
        &[
            &[(
                "src/main/java/org/m/B.java",
                "package org.m;\n// import org.m.ee.Plan;\nclass B { String s = \"org.m.eel.Plan\"; }",
            )],
            &[(
                "src/main/java/org/m/B.java",
                "package org.m;\nimport org.m.feed.*;\nclass B { A a; }",
            )],
            &[(
                "src/main/java/org/m/B.java",
                "package org.m;\nclass B { void plan() {} class Plan {} Plan p; }",
            )],
            &[("src/main/java/org/m/B.java", "class B { String s = \"org.m.\\\\u0065e.Plan\"; }")],
        ],
        false,
    );
}

/// What counts only where somebody asks for it: the core builds without, and a
/// boundary that says so has it told.
#[test]
fn what_go_generates_is_told_where_it_is_asked_for() {
    for run in ["./ee/plan", "m.org/x/ee/plan"] {
        let text = format!("package a\n//go:generate go run {run}\n");
        let files: Vec<(&str, &str)> = GO.iter().copied().chain([("a.go", &*text)]).collect();
        assert!(found(&files).is_empty(), "{run}");
        assert_eq!(found_by(&format!("{BOUNDARY}ci = 'deny'\n"), &files), ["a.go"], "{run}");
    }
}
