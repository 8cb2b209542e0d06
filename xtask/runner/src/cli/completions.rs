//! `completions`: for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Done};

/// Completions for a shell
#[derive(Debug, Args)]
pub struct Completions {
    /// bash, zsh, fish, elvish or powershell
    shell: Shell,
}

/// Runs it.
pub fn run(args: &Completions) -> Done {
    let mut command = Cli::command();
    clap_complete::generate(args.shell, &mut command, "xtask", &mut std::io::stdout());
    Ok(0)
}
