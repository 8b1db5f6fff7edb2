//! `exchange365-cli`: the same checks from a terminal or a script.

use std::{panic, process::ExitCode};

use exchange365::{
    base,
    cli::{self, ExitStatus},
};

fn main() -> ExitCode {
    // What this can do it has done; a system that cannot is no reason to stop.
    let _done = (base::without_core_dumps(), base::hidden_from_others(), base::room_for_connections());
    // A panic's own text may hold anything; the place is enough to find the bug.
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        cli::report_bug(&place);
    }));
    let status = panic::catch_unwind(|| cli::main(std::env::args_os()));
    status.unwrap_or(ExitStatus::Bug).into()
}
