//! `gem install`.

use super::call::Call;
use super::version::{Hold, of_number};
use super::{Finds, Known};

const VALUED: &[&str] = &[
    "-v",
    "--version",
    "-i",
    "--install-dir",
    "-n",
    "--bindir",
    "-s",
    "--source",
    "-P",
    "--platform",
    "-g",
];

pub(super) fn judge(call: &Call, _known: &Known, finds: &mut Finds) {
    if call.verb() != "install" && call.verb() != "i"
        || call.has(&["-l", "--local", "-g", "--file"])
    {
        return;
    }
    let shared = call.value(&["-v", "--version"]);
    for gem in call.words_after(1, VALUED) {
        if gem.text.ends_with(".gem") {
            continue;
        }
        let (name, version) = match gem.text.split_once(':') {
            Some((name, version)) => (name, Some(version)),
            None => (&*gem.text, shared),
        };
        let hold = match version {
            Some(version) => of_number(version),
            None if name == "$" => Hold::Open,
            None => Hold::Moving,
        };
        let why = match version {
            Some(version) => format!("takes '{version}', which is more than one release"),
            None => "names no version".to_owned(),
        };
        let expected = format!("name the release: gem install {name} -v 1.2.3");
        finds.add(hold, gem.word, "gem install", &gem.text, why, expected);
    }
}
