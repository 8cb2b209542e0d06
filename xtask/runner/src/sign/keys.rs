//! Ed25519 keys in the files that `openssl genpkey -algorithm ed25519` and
//! `openssl pkey -pubout` write: PKCS #8 and SubjectPublicKeyInfo, as PEM.

use std::fmt;

use ed25519_compact as ed25519;

use crate::receipt;

/// Larger files hold something else.
const PEM_BYTES_MAX: usize = 16 * 1024;

/// A key that signs. Printed, it shows nothing of itself.
pub struct SecretKey(ed25519::KeyPair);

/// A key by which a signature is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    key: ed25519::PublicKey,
    id: String,
}

/// A file that holds no such key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFault(pub String);

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl SecretKey {
    /// Reads a PKCS #8 file.
    ///
    /// # Errors
    /// What it holds instead.
    pub fn from_pem(pem: &[u8]) -> Result<SecretKey, KeyFault> {
        let expected = "expected what 'openssl genpkey -algorithm ed25519' writes";
        let pem = text(pem, "PRIVATE KEY", expected)?;
        let key = ed25519::KeyPair::from_pem(pem);
        key.map(SecretKey).map_err(|_| KeyFault(format!("no Ed25519 private key: {expected}")))
    }

    /// The key that its signatures are judged by.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::of(self.0.pk)
    }

    /// 64 bytes. The same message gives the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sk.sign(message, None).to_vec()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.public().id)
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo file.
    ///
    /// # Errors
    /// What it holds instead, or why the key proves nothing.
    pub fn from_pem(pem: &[u8]) -> Result<PublicKey, KeyFault> {
        let expected = "expected what 'openssl pkey -in KEY.pem -pubout' writes";
        let pem = text(pem, "PUBLIC KEY", expected)?;
        let key = ed25519::PublicKey::from_pem(pem)
            .map_err(|_| KeyFault(format!("no Ed25519 public key: {expected}")))?;
        // A key of small order takes one signature for every message.
        key.validate().map_err(|_| KeyFault("the public key is weak: anyone can sign".into()))?;
        Ok(PublicKey::of(key))
    }

    fn of(key: ed25519::PublicKey) -> PublicKey {
        PublicKey { id: receipt::sha256(&key.to_der()), key }
    }

    /// SHA-256 of its SubjectPublicKeyInfo, lower-case hex.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether `signature` is this key's over `message`.
    #[must_use]
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        ed25519::Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify(message, &signature).is_ok())
    }
}

/// One PEM block of this label and nothing else.
fn text<'p>(pem: &'p [u8], label: &str, expected: &str) -> Result<&'p str, KeyFault> {
    let fault = |what: String| KeyFault(format!("{what}: {expected}"));
    if pem.len() > PEM_BYTES_MAX {
        return Err(fault("no key is that large".into()));
    }
    let text = std::str::from_utf8(pem).map_err(|_| fault("no PEM text".into()))?.trim();
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let inner = text.strip_prefix(&begin).and_then(|rest| rest.strip_suffix(&end));
    match inner {
        Some(inner) if !inner.contains("-----") => Ok(text),
        _ => {
            let first = text.lines().next().filter(|line| line.starts_with("-----BEGIN "));
            let found = first.unwrap_or("no PEM block").trim_matches('-');
            Err(fault(format!("found '{found}', not one '{}'", begin.trim_matches('-'))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made here: no private key is kept in the repository.
    fn pair() -> ed25519::KeyPair {
        ed25519::KeyPair::from_seed(ed25519::Seed::new([7; 32]))
    }

    #[test]
    fn a_pair_read_from_its_files_signs_and_judges() {
        let secret = SecretKey::from_pem(pair().sk.to_pem().as_bytes()).unwrap();
        let public = PublicKey::from_pem(pair().pk.to_pem().as_bytes()).unwrap();
        assert_eq!(secret.public(), public);
        assert_eq!(public.id().len(), 64);
        let signature = secret.sign(b"text");
        assert!(public.has_signed(b"text", &signature));
        assert!(!public.has_signed(b"Text", &signature));
        assert!(!public.has_signed(b"text", &signature[..63]));
        assert!(!format!("{secret:?}").contains('['), "{secret:?}");
    }

    #[test]
    fn other_files_are_refused_with_what_is_expected() {
        let fault = |pem: &str| PublicKey::from_pem(pem.as_bytes()).unwrap_err().0;
        let (secret, public) = (pair().sk.to_pem(), pair().pk.to_pem());
        assert!(fault(&secret).starts_with("found 'BEGIN PRIVATE KEY', not one"));
        assert!(fault(&format!("{public}{public}")).contains("not one 'BEGIN PUBLIC KEY'"));
        assert!(fault("ssh-ed25519 AAAA").starts_with("found 'no PEM block'"));
        assert!(fault(&public.replacen('M', "N", 1)).starts_with("no Ed25519 public key"));
        assert!(fault(&" ".repeat(PEM_BYTES_MAX + 1)).starts_with("no key is that large"));
        let fault = SecretKey::from_pem(public.as_bytes()).unwrap_err().0;
        assert!(fault.contains("openssl genpkey"), "{fault}");
    }

    #[test]
    fn a_weak_key_is_refused() {
        let weak = ed25519::PublicKey::new([0; 32]);
        let fault = PublicKey::from_pem(weak.to_pem().as_bytes()).unwrap_err();
        assert!(fault.0.contains("weak"), "{fault}");
    }
}
