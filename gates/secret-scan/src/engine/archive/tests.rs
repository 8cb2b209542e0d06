//! Archives as programs write them, and as nobody should.

use std::cell::RefCell;
use std::io::Write as _;

use proptest::prelude::*;

use super::*;

/// Every member, names and contents, and what was noted.
fn opened(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<&'static str>) {
    let noted = RefCell::new(Vec::new());
    let mut members = Vec::new();
    let kind = kind(bytes).unwrap();
    let mut take = |name: Option<&str>, content: &[u8], _: &mut Budget| {
        members.push((name.unwrap_or("-").to_owned(), content.to_vec()));
    };
    open(kind, bytes, &mut Budget::default(), &mut take, &|reason| noted.borrow_mut().push(reason));
    (members, noted.into_inner())
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzipped(content: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

/// A tar entry: header, content, padding.
fn entry(name: &str, flag: u8, content: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; BLOCK_LEN];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    block[156] = flag;
    block[257..263].copy_from_slice(b"ustar\0");
    block[148..156].copy_from_slice(b"        ");
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut out = block.to_vec();
    out.extend_from_slice(content);
    out.resize(out.len().next_multiple_of(BLOCK_LEN), 0);
    out
}

#[test]
fn members_of_each_kind() {
    let told = |bytes: &[u8]| {
        let (members, noted) = opened(bytes);
        assert!(noted.is_empty(), "{noted:?}");
        members
            .into_iter()
            .map(|(name, content)| format!("{name}={}", text(&content)))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&zipped(&[("a/b", b"one"), ("c", b"two")])), ["a/b=one", "c=two"]);
    assert_eq!(told(&gzipped(b"one")), ["-=one"]);
    let long = entry("././@LongLink", b'L', b"long/name\0");
    let pax = entry("p", b'x', b"18 path=told/path\n");
    let tar = [
        entry("a", b'0', b"one"),
        long,
        entry("b", b'0', b"two"),
        pax,
        entry("c", b'0', b"three"),
        vec![0; 1024],
    ]
    .concat();
    assert_eq!(told(&tar), ["a=one", "long/name=two", "told/path=three"]);
}

#[test]
fn a_bomb_is_cut_and_told() {
    let bomb = gzipped(&vec![b'x'; usize::try_from(SIZE_BYTES_MAX).unwrap() + 10]);
    assert!(bomb.len() < 2 << 20);
    let (members, noted) = opened(&bomb);
    assert_eq!(members[0].1.len() as u64, SIZE_BYTES_MAX);
    assert_eq!(noted, [skip::PAST_LIMIT]);
    let names: Vec<String> = (0..=MEMBERS_MAX).map(|number| number.to_string()).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let (members, noted) = opened(&zipped(&many));
    assert_eq!((members.len(), noted), (MEMBERS_MAX, vec![skip::PAST_LIMIT]));
}

#[test]
fn damage_is_told_and_what_came_before_it_is_there() {
    let numbers: String = (0..9999).map(|number| format!("{number} ")).collect();
    let whole = gzipped(numbers.as_bytes());
    let (members, noted) = opened(&whole[..whole.len() / 2]);
    assert!(members[0].1.starts_with(b"0 1 2 3 "));
    assert_eq!(noted, [skip::DAMAGED]);
    assert_eq!(opened(b"PK\x03\x04 nothing").1, [skip::DAMAGED]);
    let tar = entry("a", b'0', &[b'x'; 2000]);
    let (members, noted) = opened(&tar[..1000]);
    assert_eq!((members[0].1.len(), noted), (1000 - BLOCK_LEN, vec![skip::DAMAGED]));
    assert_eq!(opened(&[0x28, 0xB5, 0x2F, 0xFD, 0]).1, [skip::UNREAD]);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        which in 0..3,
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = match which {
            0 => zipped(&[("a", b"one"), ("b", &[b'z'; 3000])]),
            1 => gzipped(&entry("a", b'0', b"one")),
            _ => [entry("a", b'x', b"9 path=b\n"), entry("c", b'0', &[7; 700])].concat(),
        };
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        if kind(&bytes).is_some() {
            let (members, _) = opened(&bytes);
            prop_assert!(members.iter().map(|(_, content)| content.len() as u64).sum::<u64>() <= SIZE_BYTES_MAX);
        }
    }
}
