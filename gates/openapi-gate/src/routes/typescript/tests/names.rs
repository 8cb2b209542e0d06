//! What an import names, as configurations say it and where none does.

use super::told;
use crate::routes::typescript::Framework;

/// An app in `apps/api` that mounts a router which it imports as `name`.
fn mounted_as(name: &str, others: &[(&str, &str)]) -> Vec<String> {
    let app = format!(
        "import express from 'express';\nimport users from '{name}';\n\
         const app = express();\napp.use('/v1', users);\n"
    );
    let router = |path: &str| {
        format!(
            "import {{ Router }} from 'express';\nexport const router = Router();\n\
             router.get('/{path}', f);\nexport default router;\n"
        )
    };
    let places = ["apps/api/src/routes/users", "apps/api/routes/users", "libs/users/src/index"];
    let routers: Vec<(String, String)> = places
        .iter()
        .map(|place| (format!("{place}.ts"), router(&place.replace('/', "-"))))
        .collect();
    let mut files = vec![("apps/api/src/app.ts", app.as_str())];
    files.extend(routers.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    files.extend(others);
    let all = told(Framework::Express, &files);
    // What nothing mounts is told besides, at its own place.
    all.into_iter().filter(|it| it.contains("/v1/") || it.contains("app.ts")).collect()
}

const IN_SRC: &str = "GET /v1/apps-api-src-routes-users apps/api/src/routes/users.ts:3";
const BESIDE: &str = "GET /v1/apps-api-routes-users apps/api/routes/users.ts:3";
const OF_LIBRARY: &str = "GET /v1/libs-users-src-index libs/users/src/index.ts:3";
const LOST: &str = "? '/v1' apps/api/src/app.ts:4";

#[test]
fn names_of_files_are_what_the_nearest_tsconfig_says() {
    let paths = |paths: &str| format!("{{\"compilerOptions\": {{\"paths\": {{{paths}}}}}}}");
    let root = paths("\"@/*\": [\"apps/api/src/*\"], \"lib\": [\"libs/users/src\"]");
    let own =
        "{ // nearer\n \"compilerOptions\": {\"paths\": {\"@/*\": [\"./gone/*\", \"./*\",]}, },}";
    let nearer = [("tsconfig.json", root.as_str()), ("apps/api/tsconfig.json", own)];
    assert_eq!(mounted_as("@/routes/users", &nearer[..1]), [IN_SRC]);
    assert_eq!(mounted_as("@/routes/users", &nearer), [BESIDE]);
    assert_eq!(mounted_as("@/routes/users.js", &nearer), [BESIDE]);
    assert_eq!(mounted_as("lib", &nearer[..1]), [OF_LIBRARY]);
    // A nearer one is the only one: it does not say what `lib` is.
    assert_eq!(mounted_as("lib", &nearer), [""; 0]);

    // Through `extends`, relative to where it is said; a later one before an earlier.
    let base = "{\"extends\": \"./ring\", \"compilerOptions\": {\"baseUrl\": \"apps/api\"}}";
    let ring = "{\"extends\": [\"./base\", \"@not/installed\"]}";
    let mine = "{\"extends\": [\"../../base.json\", \"./other\"]}";
    let other = paths("\"~*\": [\"src/*\"], \"~routes/*\": [\"${configDir}/routes/*\"]");
    let config = [
        ("base.json", base),
        ("ring.json", ring),
        ("apps/api/other.json", other.as_str()),
        ("apps/api/tsconfig.json", mine),
    ];
    assert_eq!(mounted_as("routes/users", &config), [BESIDE]);
    assert_eq!(mounted_as("src/routes/users", &config), [IN_SRC]);
    assert_eq!(mounted_as("~/routes/users", &config), [IN_SRC]);
    // The longest beginning decides, alone.
    assert_eq!(mounted_as("~routes/users", &config), [BESIDE]);
    assert_eq!(mounted_as("~routes/gone", &config), [LOST]);

    // One that only refers to those that say it; a jsconfig.json where there is no other.
    let parts = "{\"files\": [], \"references\": [{\"path\": \"./tsconfig.app.json\"}]}";
    let part = paths("\"@/*\": [\"./src/*\"]");
    let split = [("apps/api/tsconfig.json", parts), ("apps/api/tsconfig.app.json", part.as_str())];
    assert_eq!(mounted_as("@/routes/users", &split), [IN_SRC]);
    assert_eq!(mounted_as("@/routes/users", &[("apps/api/jsconfig.json", own)]), [BESIDE]);
}

#[test]
fn a_name_that_nothing_says_is_not_guessed() {
    let star = "{\"compilerOptions\": {\"baseUrl\": \".\", \"paths\": {\"*\": [\"types/*\"]}}}";
    let config = [("apps/api/tsconfig.json", star)];
    // A package that is installed.
    assert_eq!(mounted_as("users-router", &config), [""; 0]);
    assert_eq!(mounted_as("@org/users", &config), [""; 0]);
    // The compiler would not find it, though the folder is there.
    assert_eq!(mounted_as("@/routes/users", &config), [LOST]);
    assert_eq!(mounted_as("@/routes/gone", &[]), [LOST]);
    assert_eq!(mounted_as("@/routes/users", &[]), [IN_SRC]);
    // What cannot be read says nothing.
    let deep = "[".repeat(100_000);
    for broken in ["{", "", "[]", "{\"extends\": 1}", "{\"compilerOptions\": []}", deep.as_str()] {
        assert_eq!(mounted_as("@/routes/users", &[("apps/api/tsconfig.json", broken)]), [IN_SRC]);
    }
}

#[test]
fn packages_are_known_by_their_names() {
    let package = [("libs/users/package.json", "{\"name\": \"@org/users\"}")];
    assert_eq!(mounted_as("@org/users", &package), [OF_LIBRARY]);
    assert_eq!(mounted_as("@org/users/index", &package), [OF_LIBRARY]);
    assert_eq!(mounted_as("@org/users-admin", &package), [""; 0]);
    // A package of another's, and not the file that is called like its second half.
    assert_eq!(mounted_as("@other/app", &[]), [""; 0]);
    let koa = [(
        "src/router.ts",
        "import Koa from 'koa';\nimport Router from '@koa/router';\nconst app = new Koa();\n\
         const router = new Router();\nrouter.get('/a', f);\napp.use(router.routes());\n",
    )];
    assert_eq!(told(Framework::Koa, &koa), ["GET /a src/router.ts:5"]);

    let imports = "{\"imports\": {\"#routes/*\": {\"types\": \"./types/*\", \"default\": \"./routes/*.js\"}}}";
    let own = [("apps/api/package.json", imports)];
    assert_eq!(mounted_as("#routes/users", &own), [BESIDE]);
    assert_eq!(mounted_as("#routes/gone", &own), [LOST]);
}
