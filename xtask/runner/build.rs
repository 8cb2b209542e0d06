//! Names the sources this program is built from, so that a receipt can say
//! what judged: a digest over every source file of the workspace and one over
//! Cargo.lock.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    let own = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let workspace = own.join("../..");
    let mut files = Vec::new();
    for folder in ["gates", "xtask"] {
        let folder = workspace.join(folder);
        println!("cargo:rerun-if-changed={}", folder.display());
        collect(&folder, &mut files)?;
    }
    files.sort();
    let mut sources = Sha256::new();
    for file in &files {
        let name = file.strip_prefix(&workspace).unwrap_or(file);
        // The same digest on every system.
        sources.update(name.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/").as_bytes());
        sources.update([0]);
        sources.update(Sha256::digest(fs::read(file)?));
    }
    let lock = workspace.join("Cargo.lock");
    println!("cargo:rerun-if-changed={}", lock.display());
    // A crate that depends on this one has its lock elsewhere; then the digest
    // is of nothing, and says so by being that of an empty file.
    let lock = fs::read(lock).unwrap_or_default();
    println!("cargo:rustc-env=GATE_RUNNER_SOURCES={}", hex(&sources.finalize()));
    println!("cargo:rustc-env=GATE_RUNNER_LOCK={}", hex(&Sha256::digest(lock)));
    println!("cargo:rustc-env=GATE_RUNNER_TARGET={}", std::env::var("TARGET").unwrap_or_default());
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(&path, files)?;
        } else if matches!(path.extension().and_then(|e| e.to_str()), Some("rs" | "toml")) {
            files.push(path);
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
