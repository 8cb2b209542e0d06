//! An artifact's archive → the receipt in it.

use std::io::{Cursor, Read};

use crate::receipt::SIZE_BYTES_MAX;

/// Files that an archive may hold.
const FILES_MAX: usize = 16;
/// An envelope is its receipt in base64 and a little more.
const FILE_BYTES_MAX: u64 = 2 * SIZE_BYTES_MAX as u64;

/// A receipt and what was uploaded beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipts {
    /// Its bytes, or those of the envelope around it.
    pub receipt: Vec<u8>,
    /// The signature in a file of its own.
    pub signature: Option<Vec<u8>>,
}

/// Takes the receipt out of an artifact: an archive with one `.json`, and its
/// `.sig`. An artifact that was uploaded without an archive is the file itself.
///
/// # Errors
/// What is wrong with it, in words.
pub fn unpack(bytes: &[u8]) -> Result<Receipts, String> {
    if bytes.first() == Some(&b'{') {
        return Ok(Receipts { receipt: bytes.to_owned(), signature: None });
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| format!("it is no archive: {error}"))?;
    if archive.len() > FILES_MAX {
        return Err(format!("it holds {} files", archive.len()));
    }
    if told_files(bytes).is_some_and(|told| told != archive.len()) {
        return Err("it holds two files of one name, of which readers take either".to_owned());
    }
    let mut found = Receipts::default();
    let (mut receipts, mut signatures) = (0, 0);
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| format!("it cannot be read: {error}"))?;
        let name = file.name().map_err(|error| format!("it cannot be read: {error}"))?.into_owned();
        let lower = name.to_ascii_lowercase();
        let is_signature = lower.ends_with(".sig");
        if !is_signature && !lower.ends_with(".json") {
            continue;
        }
        let mut content = Vec::new();
        // The sizes that an archive tells are its maker's.
        let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut content);
        read.map_err(|error| format!("'{name}' in it cannot be read: {error}"))?;
        if content.len() as u64 > FILE_BYTES_MAX {
            return Err(format!("'{name}' in it is larger than a receipt can be"));
        }
        if is_signature {
            signatures += 1;
            found.signature = Some(content);
        } else {
            receipts += 1;
            found.receipt = content;
        }
    }
    if receipts != 1 || signatures > 1 {
        return Err(format!(
            "it holds {receipts} .json and {signatures} .sig, expected one receipt and at most one signature"
        ));
    }
    Ok(found)
}

/// How many files an archive says that it holds, at its end: of two with one
/// name the library keeps the last without a word.
fn told_files(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let told = bytes.get(at + 10..at + 12)?;
    told.try_into().ok().map(u16::from_le_bytes).map(usize::from)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn the_receipt_is_the_one_json() {
        let found =
            unpack(&archive(&[("a/r.json", b"{}"), ("r.json.sig", b"s"), ("log.txt", b"")]));
        assert_eq!(found, Ok(Receipts { receipt: b"{}".to_vec(), signature: Some(b"s".to_vec()) }));
        assert_eq!(unpack(b"{}").unwrap().receipt, b"{}");
        for files in [&[][..], &[("a.json", &b"{}"[..]), ("b.json", b"{}")], &[("a.txt", b"{}")]] {
            assert!(unpack(&archive(files)).unwrap_err().contains("expected one receipt"));
        }
        assert!(unpack(b"PK").unwrap_err().contains("no archive"));
    }

    #[test]
    fn two_receipts_are_none_whatever_they_are_called() {
        let two = archive(&[("a.json", b"{}"), ("B.JSON", b"{}")]);
        assert!(unpack(&two).unwrap_err().contains("2 .json"));
        let text = archive(&[("a.json", b"{}"), ("b.json", b"{ }")]);
        let text: Vec<u8> =
            text.iter().map(|byte| if *byte == b'b' { b'a' } else { *byte }).collect();
        assert!(unpack(&text).unwrap_err().contains("two files of one name"));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let zeros = vec![b' '; 2 * SIZE_BYTES_MAX + 1];
        let bomb = archive(&[("r.json", &zeros)]);
        assert!(bomb.len() < 100_000);
        assert!(unpack(&bomb).unwrap_err().contains("larger than a receipt"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_told_from_an_archive(bytes: Vec<u8>, at: usize, flip: u8) {
            let _end = unpack(&bytes);
            let mut archive = archive(&[("r.json", b"{}")]);
            let at = at % archive.len();
            archive[at] ^= flip;
            let _end = unpack(&archive);
        }
    }
}
