//! Packs that no git wrote: any entries, on any bases, made by any deltas, in an
//! envelope that is sound, so that what is damaged is met behind every check.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::sync::Mutex;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use git_bulk::{Kind, Object, Packs, Piece, Walk};
use proptest::prelude::*;

const ID_LEN: usize = 20;

/// On what an entry is built.
#[derive(Clone, Copy, Debug)]
enum On {
    /// Of kind 1 to 4.
    Nothing(u8),
    /// An entry before it, counted back in bytes.
    Before(prop::sample::Index),
    /// Any entry, itself too, by name.
    Named(prop::sample::Index),
    /// A name that is not in the pack.
    Stranger,
    /// As many bytes before it, wherever that is.
    Bytes(u64),
}

#[derive(Clone, Debug)]
struct Entry {
    on: On,
    body: Vec<u8>,
    /// Added to the size that its head says.
    lie: u8,
    /// A byte that is turned over in what is packed.
    damage: Option<prop::sample::Index>,
}

/// Instructions: copies and inserts, most of them possible.
fn instruction() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (0..60_u8, 1..60_u8).prop_map(|(from, len)| vec![0b1001_0001, from, len]),
        3 => prop::collection::vec(any::<u8>(), 1..20)
            .prop_map(|bytes| [&[bytes.len() as u8][..], &bytes].concat()),
        1 => prop::collection::vec(any::<u8>(), 1..9),
    ]
}

/// A number as deltas and heads have it: seven bits a byte, the low ones first.
fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 127) as u8;
        number >>= 7;
        bytes.push(if number > 0 { low | 128 } else { low });
        if number == 0 {
            return bytes;
        }
    }
}

fn entry() -> impl Strategy<Value = Entry> {
    let whole = (3..=4_u8, prop::collection::vec(any::<u8>(), 0..120))
        .prop_map(|(kind, body)| (On::Nothing(kind), body));
    let on = prop_oneof![
        6 => any::<prop::sample::Index>().prop_map(On::Before),
        3 => any::<prop::sample::Index>().prop_map(On::Named),
        1 => Just(On::Stranger),
        1 => any::<u64>().prop_map(On::Bytes),
    ];
    let sizes = prop_oneof![6 => (0..120_u64, 0..200_u64), 1 => any::<(u64, u64)>()];
    let delta = (on, sizes, prop::collection::vec(instruction(), 0..6)).prop_map(
        |(on, (base, target), instructions)| {
            (on, [number(base), number(target), instructions.concat()].concat())
        },
    );
    let lie = prop_oneof![9 => Just(0_u8), 1 => any::<u8>()];
    let damage = prop::option::weighted(0.05, any::<prop::sample::Index>());
    (prop_oneof![whole, delta], lie, damage).prop_map(|((on, body), lie, damage)| Entry {
        on,
        body,
        lie,
        damage,
    })
}

fn name(at: usize) -> [u8; ID_LEN] {
    let mut id = [at as u8; ID_LEN];
    // Names are in another order than entries.
    id[0] = (at as u8).wrapping_mul(151);
    id
}

/// Where deltas have a base before them whose size is known, it is written
/// right: otherwise hardly one would be applied.
fn sized(entries: &mut [Entry], bases: &[Option<usize>]) {
    let mut sizes: Vec<u64> = Vec::new();
    for at in 0..entries.len() {
        let Some(base) = bases[at] else {
            sizes.push(entries[at].body.len() as u64);
            continue;
        };
        let body = &mut entries[at].body;
        let skip = |body: &[u8]| body.iter().take_while(|byte| **byte & 128 != 0).count() + 1;
        let rest = body[skip(body).min(body.len())..].to_vec();
        let instructions = rest[skip(&rest).min(rest.len())..].to_vec();
        // What the instructions make, as far as they are read without a fault.
        let (mut made, mut left) = (0, &instructions[..]);
        while let [first, more @ ..] = left {
            let len = match first & 128 {
                0 => usize::from(*first),
                _ => (first & 127).count_ones() as usize,
            };
            made += match first & 128 {
                0 => u64::from(*first),
                _ => more.get(1).map_or(0, |len| u64::from(*len)),
            };
            left = more.get(len..).unwrap_or_default();
        }
        *body = [number(sizes[base]), number(made), instructions].concat();
        sizes.push(made);
    }
}

/// The pack and its index.
fn pack(mut entries: Vec<Entry>) -> (Vec<u8>, Vec<u8>) {
    let bases: Vec<Option<usize>> = (0..entries.len())
        .map(|at| match entries[at].on {
            On::Before(index) if at > 0 => Some(index.index(at)),
            _ => None,
        })
        .collect();
    sized(&mut entries, &bases);
    let count = entries.len() as u32;
    let mut pack = [b"PACK\0\0\0\x02", &count.to_be_bytes()[..]].concat();
    let mut offsets = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let begin = pack.len() as u64;
        let behind = |mut distance: u64| {
            let mut bytes = vec![(distance & 127) as u8];
            while distance > 127 {
                distance = (distance >> 7) - 1;
                bytes.insert(0, (distance & 127) as u8 | 128);
            }
            bytes
        };
        let (kind, base) = match (entry.on, bases[at]) {
            (On::Nothing(kind), _) => (kind, Vec::new()),
            (On::Before(_), Some(base)) => (6, behind(begin - offsets[base])),
            (On::Before(_), None) => (3, Vec::new()),
            (On::Named(index), _) => (7, name(index.index(entries.len())).to_vec()),
            (On::Stranger, _) => (7, vec![254; ID_LEN]),
            (On::Bytes(distance), _) => (6, behind(distance)),
        };
        offsets.push(begin);
        let size = entry.body.len() as u64 + u64::from(entry.lie);
        let first = (size & 15) as u8 | kind << 4;
        match size >> 4 {
            0 => pack.push(first),
            more => pack.extend([&[first | 128][..], &number(more)].concat()),
        }
        pack.extend(base);
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&entry.body).unwrap();
        let mut packed = encoder.finish().unwrap();
        if let Some(damage) = entry.damage {
            let place = damage.index(packed.len());
            packed[place] ^= 64;
        }
        pack.extend(packed);
    }
    let checksum = [7; ID_LEN];
    pack.extend(checksum);

    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| name(*at));
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for slot in 0..=255 {
        let below = order.iter().filter(|at| name(**at)[0] <= slot).count() as u32;
        index.extend(below.to_be_bytes());
    }
    order.iter().for_each(|at| index.extend(name(*at)));
    order.iter().for_each(|_| index.extend([0; 4]));
    order.iter().for_each(|at| index.extend((offsets[*at] as u32).to_be_bytes()));
    index.extend(checksum);
    index.extend([0; ID_LEN]);
    (pack, index)
}

/// What a walk hands out holds together, and two walks hand out the same.
fn check(entries: Vec<Entry>) -> Result<bool, TestCaseError> {
    let temp = tempfile::tempdir().unwrap();
    let (pack, index) = pack(entries);
    fs::write(temp.path().join("pack-x.pack"), pack).unwrap();
    fs::write(temp.path().join("pack-x.idx"), index).unwrap();
    let Ok(packs) = Packs::open(&[temp.path().to_owned()], ID_LEN) else { return Ok(false) };
    let walked = |threads| {
        let walk = Walk::over(&packs, Kind::Blob);
        let seen = Mutex::new(BTreeMap::new());
        let result = walk.run(threads, &|| false, &|object: Object<'_>| {
            if let Some(base) = object.base {
                assert_eq!(base.note, 9, "a base is seen first");
                let made = base.pieces.iter().map(Piece::len).sum::<usize>();
                assert_eq!(made, object.bytes.len());
            }
            seen.lock().unwrap().insert(object.id.to_string(), object.bytes.to_vec());
            9
        });
        (result.is_ok(), seen.into_inner().unwrap())
    };
    let (one, other) = (walked(1), walked(2));
    prop_assert_eq!(one.0, other.0);
    if one.0 {
        prop_assert_eq!(&one.1, &other.1);
        for (id, bytes) in &one.1 {
            let place = packs.find(&git_bulk::id(id.as_bytes()).unwrap());
            prop_assert!(place.is_some(), "{} of {} bytes is found", id, bytes.len());
        }
    }
    Ok(one.0 && one.1.len() > 2)
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    prop::collection::vec(entry(), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_pack_of_any_entries_makes_it_panic(entries in entries()) {
        check(entries)?;
    }

    #[test]
    #[ignore = "scripts/fuzz-secret-scan runs it"]
    fn fuzz_packs(entries in entries()) {
        check(entries)?;
    }
}

#[test]
fn some_of_them_are_sound() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let sound = (0..200)
        .filter(|_| check(entries().new_tree(&mut runner).unwrap().current()).unwrap())
        .count();
    assert!(sound > 10, "{sound} of 200 are read to their end");
}
