//! DSSE version 1: an envelope around the receipt, signed with Ed25519.
//!
//! Source: the DSSE protocol and envelope, github.com/secure-systems-lab/dsse.
//! Narrower than it in what is read: an envelope has one text (canonical JSON,
//! canonical base64) and names each key by its digest, so that no byte of it
//! can change and still be believed.

use ct_codecs::{Base64, Decoder, Encoder};
use serde::{Deserialize, Serialize};

use super::{PublicKey, SecretKey, Signed, distrust};
use crate::receipt;
use crate::trust::Distrust;

/// What is in the envelope: an in-toto Statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// More were never asked for; each costs a verification.
const SIGNATURES_MAX: usize = 16;
/// Base64 of the largest receipt, and the rest of an envelope.
const SIZE_BYTES_MAX: usize = receipt::SIZE_BYTES_MAX / 3 * 4 + 16 * 1024;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: String,
    sig: String,
}

/// An envelope that has the form; nobody is believed to have signed it.
#[derive(Debug)]
pub struct Opened {
    /// The receipt's bytes.
    pub payload: Vec<u8>,
    /// Key ids and what they are said to have signed.
    signatures: Vec<(String, Vec<u8>)>,
}

/// Whether `bytes` mean to be an envelope, a broken one too: a receipt's first
/// key is another.
#[must_use]
pub fn is_envelope(bytes: &[u8]) -> bool {
    let inner = bytes.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    let keys: [&[u8]; 2] = [b"\"payload", b"\"signatures\""];
    inner.is_some_and(|inner| keys.iter().any(|key| inner.starts_with(key)))
}

/// The envelope around `payload`, signed.
///
/// # Errors
/// Never for text of any length that fits in memory; the libraries' signatures
/// carry it.
pub fn seal(payload: &[u8], key: &SecretKey) -> Result<String, std::io::Error> {
    let base64 = |bytes: &[u8]| Base64::encode_to_string(bytes).map_err(std::io::Error::other);
    let signature = Signature {
        keyid: key.public().id().to_owned(),
        sig: base64(&key.sign(&signed_text(PAYLOAD_TYPE, payload)))?,
    };
    let envelope = Envelope {
        payload: base64(payload)?,
        payload_type: PAYLOAD_TYPE.to_owned(),
        signatures: vec![signature],
    };
    envelope.canonical().map_err(std::io::Error::other)
}

/// Whether one of `keys` has signed. A signature that names one of them and is
/// not its own is refused, whatever stands beside it.
pub fn verify(bytes: &[u8], keys: &[PublicKey]) -> Result<Signed, Distrust> {
    let opened = open(bytes)?;
    let text = signed_text(PAYLOAD_TYPE, &opened.payload);
    let mut by = None;
    for (id, signature) in &opened.signatures {
        let Some(key) = keys.iter().find(|key| key.id() == id) else { continue };
        if !key.has_signed(&text, signature) {
            let text = format!("key '{id}' has not signed this content");
            return Err(distrust("signature", text));
        }
        by.get_or_insert(id);
    }
    match by.cloned() {
        Some(by) => Ok(Signed { payload: opened.payload, by }),
        None if keys.is_empty() => {
            Err(distrust("signer", "it is an envelope, and no key was given to judge it by"))
        }
        None => {
            let ids: Vec<&str> = opened.signatures.iter().map(|(id, _)| id.as_str()).collect();
            Err(distrust("signer", format!("signed by no known key, only by {}", ids.join(", "))))
        }
    }
}

/// What is in an envelope that has the form.
pub fn open(bytes: &[u8]) -> Result<Opened, Distrust> {
    let bad = |text: String| distrust("signature", format!("no envelope: {text}"));
    if bytes.len() > SIZE_BYTES_MAX {
        return Err(bad(format!("{} bytes, it has at most {SIZE_BYTES_MAX}", bytes.len())));
    }
    let envelope: Envelope =
        serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))?;
    if envelope.payload_type != PAYLOAD_TYPE {
        let found = &envelope.payload_type;
        return Err(bad(format!("payloadType is '{found}', expected '{PAYLOAD_TYPE}'")));
    }
    if envelope.canonical().map_or(true, |text| text.as_bytes() != bytes) {
        return Err(bad("it is not the text that 'receipt sign' writes".to_owned()));
    }
    let count = envelope.signatures.len();
    if count == 0 || count > SIGNATURES_MAX {
        return Err(bad(format!("{count} signatures, expected 1 to {SIGNATURES_MAX}")));
    }
    let mut signatures: Vec<(String, Vec<u8>)> = Vec::new();
    for Signature { keyid, sig } in envelope.signatures {
        if signatures.iter().any(|(known, _)| *known == keyid) {
            return Err(bad(format!("key '{keyid}' is there twice")));
        }
        let sig = decoded(&sig).ok_or_else(|| bad("'sig' is no canonical base64".to_owned()))?;
        signatures.push((keyid, sig));
    }
    let payload = decoded(&envelope.payload)
        .ok_or_else(|| bad("'payload' is no canonical base64".to_owned()))?;
    Ok(Opened { payload, signatures })
}

impl Envelope {
    fn canonical(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

/// Only what would be encoded to the same text: no blanks, padded, no bits
/// left over.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let bytes = Base64::decode_to_vec(text, None).ok()?;
    Base64::encode_to_string(&bytes).is_ok_and(|again| again == text).then_some(bytes)
}

/// The specification's PAE: what is really signed. With the lengths in it no
/// part can be read as another.
fn signed_text(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use ed25519_compact as ed25519;
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    /// Made here: no private key is kept in the repository.
    fn key(seed: u8) -> SecretKey {
        let pair = ed25519::KeyPair::from_seed(ed25519::Seed::new([seed; 32]));
        SecretKey::from_pem(pair.sk.to_pem().as_bytes()).unwrap()
    }

    fn code(envelope: &str, keys: &[PublicKey]) -> &'static str {
        verify(envelope.as_bytes(), keys).map_or_else(|reason| reason.code, |_| "believed")
    }

    fn edited(change: impl FnOnce(&mut Envelope)) -> String {
        let mut envelope: Envelope =
            serde_json::from_str(&seal(b"{\"a\": 1}\n", &key(1)).unwrap()).unwrap();
        change(&mut envelope);
        envelope.canonical().unwrap()
    }

    /// The specification's own example.
    #[test]
    fn what_is_signed_is_the_specifications_pae() {
        let text = signed_text("http://example.com/HelloWorld", b"hello world");
        assert_eq!(text, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn what_was_sealed_is_believed_by_its_key_alone() {
        let sealed = seal(b"{}", &key(1)).unwrap();
        let (own, other) = (key(1).public(), key(2).public());
        let signed = verify(sealed.as_bytes(), &[other.clone(), own.clone()]).unwrap();
        assert_eq!((signed.payload.as_slice(), signed.by.as_str()), (&b"{}"[..], own.id()));
        assert_eq!(code(&sealed, &[other]), "signer");
        assert_eq!(code(&sealed, &[]), "signer");
    }

    #[test]
    fn what_was_changed_is_refused() {
        let own = [key(1).public()];
        assert_eq!(code(&edited(|_| {}), &own), "believed");
        let elsewhere = |envelope: &mut Envelope| {
            let text = signed_text("text/plain", &decoded(&envelope.payload).unwrap());
            envelope.payload_type = "text/plain".into();
            envelope.signatures[0].sig = Base64::encode_to_string(key(1).sign(&text)).unwrap();
        };
        type Change = Box<dyn Fn(&mut Envelope)>;
        let changes: [(&str, Change); 10] = [
            ("signature", Box::new(|it| it.payload = "e30=".into())),
            ("signature", Box::new(|it| it.payload_type = "application/json".into())),
            ("signature", Box::new(elsewhere)),
            ("signature", Box::new(|it| it.signatures.clear())),
            ("signature", Box::new(|it| it.signatures[0].sig.replace_range(..1, "!"))),
            ("signature", Box::new(|it| it.signatures[0].sig.truncate(84))),
            ("signature", Box::new(|it| it.payload.push('='))),
            ("signer", Box::new(|it| it.signatures[0].keyid = key(2).public().id().into())),
            (
                "signature",
                Box::new(|it| {
                    let sig = it.signatures[0].sig.clone();
                    it.signatures.push(Signature { keyid: it.signatures[0].keyid.clone(), sig });
                }),
            ),
            (
                "signature",
                Box::new(|it| {
                    let sig = it.signatures[0].sig.clone();
                    it.signatures = (0..17)
                        .map(|n| Signature { keyid: n.to_string(), sig: sig.clone() })
                        .collect();
                }),
            ),
        ];
        for (at, (expected, change)) in changes.iter().enumerate() {
            assert_eq!(code(&edited(change), &own), *expected, "change {at}");
        }
    }

    #[test]
    fn signatures_of_strangers_neither_help_nor_hurt() {
        let stranger = |it: &Envelope| {
            let text = signed_text(PAYLOAD_TYPE, &decoded(&it.payload).unwrap());
            let sig = Base64::encode_to_string(key(2).sign(&text)).unwrap();
            Signature { keyid: key(2).public().id().to_owned(), sig }
        };
        let both = edited(|it| it.signatures.insert(0, stranger(it)));
        assert_eq!(code(&both, &[key(1).public()]), "believed");
        assert_eq!(code(&both, &[key(3).public()]), "signer");
        let alone = edited(|it| it.signatures = vec![stranger(it)]);
        assert_eq!(code(&alone, &[key(1).public()]), "signer");
        // A known key that did not sign, beside one that did.
        let claimed = edited(|it| {
            let sig = it.signatures[0].sig.clone();
            it.signatures.push(Signature { keyid: key(2).public().id().to_owned(), sig });
        });
        assert_eq!(code(&claimed, &[key(1).public(), key(2).public()]), "signature");
    }

    #[test]
    fn another_text_of_the_same_envelope_is_refused() {
        let own = [key(1).public()];
        let text = edited(|_| {});
        let twice = text.replacen("{\n", "{\n  \"payloadType\": \"x\",\n", 1);
        let first = text.replacen("{\n", "{\n  \"payload\": \"e30=\",\n", 1);
        for other in [
            twice,
            first,
            format!("{text}{text}"),
            format!("{text} "),
            text.replace('\n', ""),
            text.replacen("{\n", "{\n  \"payloadx\": 1,\n", 1),
            text[..text.len() / 2].to_owned(),
            format!("{{\"payload\": \"{}\"}}", "A".repeat(SIZE_BYTES_MAX)),
        ] {
            assert!(is_envelope(other.as_bytes()));
            assert_eq!(code(&other, &own), "signature");
        }
    }

    /// Every bit of the whole text, one at a time.
    #[test]
    fn a_flipped_bit_anywhere_is_refused() {
        let (text, own) = (edited(|_| {}), [key(1).public()]);
        for at in 0..text.len() * 8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at / 8] ^= 1 << (at % 8);
            let reason = verify(&bytes, &own).unwrap_err();
            assert!(["signature", "signer"].contains(&reason.code), "bit {at}: {reason:?}");
        }
    }

    #[test]
    fn a_receipt_is_no_envelope() {
        let receipt = sample::receipt().canonical().unwrap();
        assert!(!is_envelope(receipt.as_bytes()));
        let sealed = seal(receipt.as_bytes(), &key(1)).unwrap();
        assert!(is_envelope(sealed.as_bytes()));
        assert_eq!(open(sealed.as_bytes()).unwrap().payload, receipt.as_bytes());
    }

    proptest! {
        #![proptest_config(sample::cases())]

        #[test]
        fn no_text_panics_the_reader(
            text in ".{0,60}",
            payload in "[A-Za-z0-9+/=]{0,30}",
            sig in "[A-Za-z0-9+/=]{0,90}",
            id in "[0-9a-f]{0,64}",
        ) {
            let keys = [key(1).public()];
            prop_assert!(verify(text.as_bytes(), &keys).is_err());
            let broken = format!("{{\"payload{text}");
            prop_assert!(verify(broken.as_bytes(), &keys).is_err());
            let mut ids = vec![id, key(1).public().id().to_owned()];
            for keyid in ids.drain(..) {
                let envelope = Envelope {
                    payload: payload.clone(),
                    payload_type: PAYLOAD_TYPE.to_owned(),
                    signatures: vec![Signature { keyid, sig: sig.clone() }],
                };
                prop_assert!(verify(envelope.canonical().unwrap().as_bytes(), &keys).is_err());
            }
        }
    }
}
