//! Calls that open a connection with an address, a user and a password, one after the other,
//! and addresses that drivers have of their own.

use std::ops::Range;

use super::value;

const LEN_MAX: usize = 256;
const PASSWORD_LEN_MIN: usize = 6;

/// The third word of `getConnection("jdbc:...", "user", "password")`, where the call's
/// bracket is at the end of `hit`.
pub fn call(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let address = literal(text, hit.end)?;
    let user = literal(text, after_comma(text, address.end + 1)?)?;
    let password = literal(text, after_comma(text, user.end + 1)?)?;
    let names_it = memchr::memchr(b':', text.get(address)?).is_some();
    let (user, found) = (text.get(user)?, text.get(password.clone())?);
    let is_secret = found.len() >= PASSWORD_LEN_MIN
        && !value::is_reference(found)
        && !value::is_weak(found, user)
        && !found.iter().any(u8::is_ascii_whitespace);
    (names_it && is_secret).then_some(password)
}

/// The password before the `@tcp(` at `hit`: `user:password@tcp(host:port)/database`, as
/// Go's driver for MySQL has it.
pub fn go_mysql(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let before = text.get(hit.start.saturating_sub(LEN_MAX)..hit.start)?;
    let is_part = |byte: &&u8| byte.is_ascii_graphic() && !b"\"'`<>(){}$ ".contains(byte);
    let len = before.iter().rev().take_while(is_part).count();
    let login = &before[before.len() - len..];
    let colon = memchr::memchr(b':', login)?;
    let (user, found) = (&login[..colon], &login[colon + 1..]);
    let host = text.get(hit.end..)?;
    let is_local = [&b"localhost"[..], b"127.", b"0.0.0.0", b")", b"%"]
        .iter()
        .any(|start| host.starts_with(start));
    let is_secret = found.len() >= PASSWORD_LEN_MIN
        && found.iter().any(u8::is_ascii_digit)
        && !user.is_empty()
        && !value::is_reference(found)
        && !value::is_weak(found, user)
        // `%s:%s` is filled in.
        && !found.contains(&b'%');
    (is_secret && !is_local).then(|| hit.start - found.len()..hit.start)
}

/// The seed in the `otpauth://` at `hit`: whoever has it makes the codes.
pub fn otp_seed(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    const SEED_LEN_MIN: usize = 16;
    const NAME: &[u8] = b"secret=";
    let rest = text.get(hit.end..)?.iter().take(LEN_MAX);
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`<>".contains(byte);
    let address = text.get(hit.end..hit.end + rest.take_while(|byte| !is_end(byte)).count())?;
    let at = memchr::memmem::find(address, NAME)? + NAME.len();
    let is_base32 = |byte: &&u8| byte.is_ascii_alphabetic() || matches!(byte, b'2'..=b'7');
    let len = address.get(at..)?.iter().take_while(is_base32).count();
    let seed = address.get(at..at + len)?;
    let has_digit = seed.iter().any(u8::is_ascii_digit);
    // The one that every manual shows.
    let is_known = seed.to_ascii_uppercase().starts_with(b"JBSWY3DP");
    let is_seed = len >= SEED_LEN_MIN && has_digit && !is_known;
    is_seed.then(|| hit.end + at..hit.end + at + len)
}

/// Where the next word is, after a comma at `from`.
fn after_comma(text: &[u8], from: usize) -> Option<usize> {
    let blanks = blanks(text, from)?;
    (text.get(from + blanks) == Some(&b',')).then_some(from + blanks + 1)
}

/// What stands in quotes at `from`, on the same line.
fn literal(text: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + blanks(text, from)?;
    let quote = text.get(start).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let inner = text.get(start + 1..)?;
    let len = inner.iter().take(LEN_MAX).position(|byte| byte == quote || *byte == b'\n')?;
    (inner.get(len) == Some(quote)).then_some(start + 1..start + 1 + len)
}

fn blanks(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?.iter().take(16);
    Some(rest.take_while(|byte| matches!(byte, b' ' | b'\t')).count())
}

#[cfg(test)]
mod tests {
    use super::super::read_at as find;
    use super::*;

    #[test]
    fn three_words_of_a_call() {
        let told = |rest| find(call, ["x.", "getConnection(", rest]);
        assert_eq!(told("\"a:b://h/x\", \"me\", \"k9T-w2x\")").as_deref(), Some("k9T-w2x"));
        for no in [
            "\"a:b://h/x\", \"me\", password)",
            "\"a:b://h/x\", \"me\", \"password\")",
            "\"a\", \"me\", \"k9T-w2x\")",
            "url, \"me\", \"k9T-w2x\")",
        ] {
            assert_eq!(told(no), None, "{no}");
        }
    }

    #[test]
    fn logins_before_an_address() {
        let told = |head, rest| find(go_mysql, [head, "@tcp(", rest]);
        assert_eq!(told("\"me:k9T-w2x", "db.acme.io:3306)/x").as_deref(), Some("k9T-w2x"));
        assert_eq!(told("\"me:k9T-w2x", "127.0.0.1:3306)/x"), None);
        assert_eq!(told("\"%s:%s", "db.acme.io:3306)/x"), None);
        assert_eq!(told("\"me:password", "db.acme.io:3306)/x"), None);
    }

    #[test]
    fn seeds_of_codes() {
        let told = |rest| find(otp_seed, ["u = ", "otpauth://", rest]);
        let seed = crate::rules::sample::Numbers::of("otp").text("2-7A-Z", 32);
        let uri = format!("totp/Acme:me?secret={seed}&issuer=Acme");
        assert_eq!(told(&uri).as_deref(), Some(seed.as_str()));
        assert_eq!(told("totp/Acme:me?secret=JBSWY3DPEHPK3PXP&issuer=Acme"), None);
        assert_eq!(told("totp/Acme:me?secret=SECRET"), None);
    }
}
