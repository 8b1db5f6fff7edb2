//! What the person asked for. Drawing functions return these; only the app acts on them.

use std::path::PathBuf;

use eframe::egui::ThemePreference;

use super::state::{Dialog, Tab};

/// One wish of the person at the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Go to a tab.
    Show(Tab),
    /// Light, dark, or as the system says.
    SetTheme(ThemePreference),
    /// Open or close the log.
    ToggleLog,
    /// Empty the log.
    ClearLog,
    /// Put a text on the clipboard and say so.
    Copy {
        /// The text.
        text: String,
        /// What it is, as the notice names it.
        what: &'static str,
    },
    /// Sign in and say what the token allows.
    Check,
    /// Stop signing in.
    CancelCheck,
    /// Send as everybody on the lists.
    RunTest,
    /// Send as one sender.
    SendOne,
    /// The warning was read: do it.
    SendAfterWarning,
    /// Stop sending.
    CancelRun,
    /// Open a dialog.
    Open(Dialog),
    /// Close the dialog.
    CloseDialog,
    /// Read what was pasted into the dialog.
    ImportPasted,
    /// Ask for a file.
    ChooseFile,
    /// Read a file.
    ImportFile(PathBuf),
    /// Start the chosen scenario of the demo tenant.
    StartDemo,
    /// Leave the demo tenant.
    LeaveDemo,
    /// The mail with this test id has arrived, or has not.
    SetArrived(String, bool),
    /// Open or close the explanation of a row.
    ToggleRow(usize),
    /// Close the window although something is running.
    Quit,
}

/// Where drawing functions put what was asked for.
pub(super) type Commands = Vec<Command>;
