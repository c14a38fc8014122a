//! `plimsoll man`: manual pages, made from what `--help` says.

use anyhow::bail;
use clap::{Args, CommandFactory};

use super::{CLEAN, Cli};
use crate::package::manifest::hint;

/// Print a manual page: of plimsoll, or of one of its commands
#[derive(Args)]
pub(super) struct Arguments {
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let mut cli = Cli::command();
    cli.build();
    let command = match &arguments.command {
        None => cli,
        Some(name) => match cli.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                bail!("there is no command `{name}`{}", hint(name, cli.get_subcommands().map(|one| one.get_name())))
            }
        },
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    std::io::Write::write_all(&mut std::io::stdout().lock(), &page)?;
    Ok(CLEAN)
}
