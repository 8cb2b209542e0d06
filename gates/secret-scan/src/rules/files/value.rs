//! Values that are no secrets: references to one, and words everybody knows.

/// Whether `value` says where the secret is, or that one belongs there.
pub fn is_reference(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let starts = |texts: &[&str]| texts.iter().any(|text| lower.starts_with(text.as_bytes()));
    let holds = |texts: &[&str]| {
        texts.iter().any(|text| memchr::memmem::find(&lower, text.as_bytes()).is_some())
    };
    starts(&["$", "{{", "<", "%", "@", "!", "[", "enc[", "enc(", "vault:", "op://", "ref+", "env:"])
        || starts(&["file:", "process.env", "os.environ", "os.getenv", "getenv", "env(", "env["])
        || holds(&["${", "{{", "$(", "<%", "%(", "%{", "xxxx", "****", "....", "your", "_here"])
        || holds(&["changeme", "change_me", "change-me", "change this", "placeholder", "redacted"])
        || holds(&["replace", "put your", "insert", "-here", " here"])
        || NO_VALUES.contains(&lower.as_slice())
        || value.iter().all(|byte| value.first() == Some(byte))
        || value.iter().all(|byte| !byte.is_ascii_alphanumeric())
}

const NO_VALUES: &[&[u8]] =
    &[b"null", b"none", b"true", b"false", b"undefined", b"empty", b"prompt", b"todo", b"unset"];

/// Whether `value` is a default that everybody tries first, or repeats `name`.
pub fn is_weak(value: &[u8], name: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    WEAK.iter().any(|word| lower == word.as_bytes())
        || (lower.len() >= 4 && memchr::memmem::find(&name, &lower).is_some())
        || lower.iter().all(u8::is_ascii_digit)
        || lower.starts_with(b"/")
        || memchr::memmem::find(&lower, b"://").is_some()
}

#[rustfmt::skip]
const WEAK: &[&str] = &[
    "abc123", "admin", "bar", "baz", "changeit", "default", "demo", "dev", "development", "docker", "dummy",
    "empty", "example", "foo", "foobar", "guest", "hunter2", "letmein", "local", "minio",
    "minioadmin", "mypass", "mypassword", "mysecret", "mysql", "pass", "passwd", "password",
    "password1", "password123", "passw0rd", "postgres", "postgresql", "pw", "pwd", "qwerty",
    "rabbitmq", "redis", "root", "sa", "sample", "secret", "secretpassword", "somepass",
    "supersecret", "test", "testing", "token", "user", "username", "userpass", "x-oauth-basic",
    "x-access-token",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_weak_words() {
        for value in ["${A}", "ENC[AES256]", "xxxxxxxx", "aaaa", "----", "null", "your-password"] {
            assert!(is_reference(value.as_bytes()), "{value}");
        }
        for value in ["swordfish", "Pass!12345", "p%40ss"] {
            assert!(!is_reference(value.as_bytes()), "{value}");
        }
        assert!(is_weak(b"grafana", b"GRAFANA_PASSWORD"));
        assert!(is_weak(b"Secret", b"X"));
        assert!(!is_weak(b"swordfish", b"GRAFANA_PASSWORD"));
    }
}
