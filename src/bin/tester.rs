//! The window: reads its few arguments and opens it.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::{env, panic, process::ExitCode};

use exchange365::{
    base,
    ui::{self, Arguments},
};

/// What messages are headed with.
const TITLE: &str = "exchange365-tester";

fn main() -> ExitCode {
    // What this can do it has done; a system that cannot is no reason to stop.
    let _without = base::without_core_dumps();
    // A panic's own text may hold anything; the place is enough to find the bug.
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        ui::window::note_bug(TITLE, &format!("a bug, please report it: {place}"));
    }));
    match Arguments::parse(env::args_os().skip(1)) {
        Ok(Arguments::Open(options)) => open(options),
        Ok(Arguments::Help) => print(ui::HELP),
        Ok(Arguments::Version) => print(ui::VERSION),
        Err(err) => fail(&err.to_string(), 2),
    }
}

fn open(options: ui::Options) -> ExitCode {
    match ui::run(options) {
        Ok(()) => ExitCode::SUCCESS,
        // `run` has said why.
        Err(_) => ExitCode::from(1),
    }
}

fn print(text: &str) -> ExitCode {
    ui::window::say(TITLE, text, false);
    ExitCode::SUCCESS
}

fn fail(message: &str, code: u8) -> ExitCode {
    ui::window::say(TITLE, message, true);
    ExitCode::from(code)
}
