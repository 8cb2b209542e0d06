//! Words by which the rule for secrets without a format knows what is none.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Whether one of [`HARMLESS`] stands in `name`.
pub fn is_harmless(name: &[u8]) -> bool {
    static ALL: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(HARMLESS).ok());
    ALL.as_ref().is_some_and(|all| all.is_match(name))
}

/// Whether one of [`STOPWORDS`] stands in `value`.
pub fn holds_word(value: &[u8]) -> bool {
    static ALL: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(STOPWORDS).ok());
    ALL.as_ref().is_some_and(|all| all.is_match(value))
}

/// Parts of names that hold a keyword and yet name no secret.
#[rustfmt::skip]
const HARMLESS: &[&str] = &[
    "access-id", "access_id", "accessibility", "accessid", "accessor", "algorithm", "api-group", "api-name",
    "api-url", "api-version", "api_group", "api_name", "api_url", "api_version", "apigroup",
    "apiname", "apiurl", "apiversion", "authentication-results", "author", "authsource",
    "bucket-key", "bucket_key", "bucketkey", "cache-key", "cache_key", "cachekey",
    "credential-id", "credential_id", "credentialid", "credentials-id", "credentials.url",
    "credentials_id", "credentialsid", "csrf", "donkey", "fingerprint", "foreign-key", "foreign_key",
    "foreignkey", "hockey", "hotkey", "idempotency", "idxkey", "index-key", "index_key", "indexkey", "key-alias",
    "key-file", "key-hash", "key-id", "key-length", "key-name", "key-pair", "key-path",
    "key-size", "key-type", "key-vault", "key_alias", "key_down", "key_file", "key_hash",
    "key_id", "key_length", "key_name", "key_pair", "key_path", "key_size", "key_type", "key_up",
    "key_vault", "keyalias", "keyboard", "keychars", "keycode", "keydown", "keyfile", "keyframe",
    "keyhash", "keyid", "keying", "keylength", "keymesh", "keyname", "keypair", "keypath",
    "keypress", "keyring", "keyselector", "keysignatures", "keysize", "keystore", "keystr",
    "keytab", "keytype", "keyup", "keyusage", "keyvault", "keyword", "minisat", "monkey", "object-key",
    "object_key", "partition-key", "partition_key", "primary-key", "primary_key", "primarykey",
    "public", "pubkey", "randomaccess", "random_access", "schema-key", "schema_key", "schemakey",
    "secret-name", "secret_name", "secretid", "secretlength", "secretname", "secretref",
    "secrets-id", "secretsid", "secretsize", "secret_length", "secret_size", "sequence-key",
    "sequence_key", "sequencekey", "sort-key", "sort_key", "sortkey", "token-file", "token-url",
    "token_file", "token_type", "token_uri", "token_url", "tokenfile", "tokentype", "tokenizer",
    "turkey", "whiskey", "xsrf",
];

/// Words that people write and generators do not: a value that holds one was
/// made up or is a reference. Four letters and more, as three turn up by chance.
#[rustfmt::skip]
const STOPWORDS: &[&str] = &[
    "abcdef", "account", "active", "admin", "agent", "alert", "allow", "android", "anonym",
    "apache", "array", "asset", "async", "author", "aware", "azure", "backend", "background",
    "basic", "batch", "block", "board", "boolean", "branch", "browser", "bucket", "buffer",
    "build", "bundle", "button", "bytes", "cache", "callback", "camel", "cancel", "catalog",
    "change", "channel", "check", "child", "class", "clear", "click", "client", "clone", "close",
    "cloud", "cluster", "column", "command", "commit", "common", "compile", "component", "config",
    "confirm", "connect", "console", "const", "contain", "content", "context", "control",
    "cookie", "count", "create", "current", "custom", "daemon", "dashboard", "database",
    "dataset", "debug", "default", "delete", "deploy", "deprecat", "descri", "design", "detail",
    "develop", "device", "dialog", "digest", "direct", "disable", "display", "docker", "document",
    "domain", "download", "driver", "dummy", "dynamic", "editor", "element", "email", "enable",
    "encode", "encrypt", "endpoint", "engine", "entity", "entry", "environ", "error", "event",
    "example", "execut", "export", "extend", "external", "factory", "failed", "feature", "fetch",
    "field", "filter", "finish", "firebase", "folder", "format", "forward", "framework", "front",
    "function", "gateway", "general", "generat", "github", "global", "google", "graph", "group",
    "handle", "header", "hidden", "history", "hook", "html", "http", "image", "import", "index",
    "info", "init", "input", "insert", "install", "instance", "integ", "interface", "internal",
    "invalid", "issue", "item", "java", "jenkins", "json", "kernel", "keyword", "label",
    "language", "latest", "layer", "layout", "length", "level", "library", "license", "link",
    "linux", "list", "listen", "local", "location", "login", "logger", "manage", "manifest",
    "mapping", "markdown", "match", "member", "memory", "menu", "merge", "message", "meta",
    "method", "metric", "middle", "mobile", "model", "modul", "monitor", "mount", "name",
    "native", "network", "node", "normal", "notif", "null", "number", "object", "offset",
    "online", "open", "operat", "option", "oracle", "order", "origin", "output", "package",
    "page", "panel", "param", "parent", "parse", "partition", "patch", "path", "pattern",
    "permission", "person", "photo", "picture", "placeholder", "platform", "player", "plugin",
    "point", "policy", "popup", "portal", "post", "prefix", "preview", "primary", "print",
    "private", "process", "product", "profile", "program", "project", "prompt", "propert",
    "protocol", "provider", "proxy", "public", "publish", "query", "queue", "random", "range",
    "react", "read", "record", "redirect", "refer", "region", "register", "release", "remote",
    "remove", "render", "replace", "report", "repos", "request", "require", "reset", "resolve",
    "resource", "response", "result", "return", "role", "root", "route", "sample", "sandbox",
    "scale", "schedul", "schema", "scope", "screen", "script", "scroll", "search", "section",
    "security", "select", "sender", "sequence", "serial", "server", "service", "session",
    "setting", "setup", "shadow", "share", "shell", "simple", "single", "snapshot", "socket",
    "source", "spark", "spring", "stack", "stage", "standard", "start", "state", "static",
    "status", "storage", "store", "stream", "string", "style", "submit", "support", "switch",
    "symbol", "sync", "syntax", "system", "table", "target", "task", "template", "terminal",
    "test", "text", "thread", "timeout", "title", "toggle", "tool", "total", "trace", "track",
    "transaction", "transform", "trigger", "tutorial", "type", "ubuntu", "undefined", "unique",
    "update", "upload", "user", "util", "valid", "value", "variable", "vector", "vendor",
    "version", "video", "view", "virtual", "visual", "volume", "warning", "watch", "webpack",
    "website", "widget", "window", "wizard", "word", "worker", "workflow", "workspace", "wrapper",
    "write", "xxxx", "your",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_in_the_middle_of_others() {
        let within = |word: &str| format!("q{word}q").into_bytes();
        assert!(HARMLESS.iter().all(|word| is_harmless(&within(word))));
        assert!(STOPWORDS.iter().all(|word| holds_word(&within(word))));
        assert!(!is_harmless(b"service_secret") && !holds_word(b"q7wp2zk9"));
    }
}
