//! `gem install`.

use super::call::Call;
use super::{Finds, Known, version};

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
        let hold = version::of_package(name, version);
        let why = version::why(version);
        let expected = format!("name the release: gem install {name} -v 1.2.3");
        finds.add(hold, gem.word, "gem install", &gem.text, why, expected);
    }
}
