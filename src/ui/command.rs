//! What the person asked for. Drawing functions return these; only the app acts on them.

use std::path::PathBuf;

use eframe::egui::ThemePreference;

use crate::engine::{GuideStep, Method, ScriptKind};

use super::state::{Dialog, Runner, SendView, SweepColumn, SweepFilter, Tab};

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
    /// Something on the Policy setup tab.
    Policy(PolicyCommand),
    /// Something about the sweep.
    Sweep(SweepCommand),
    /// Something about records of earlier tests, or a watch.
    Report(ReportCommand),
    /// Something about customers.
    Profile(ProfileCommand),
    /// Let an hour pass in the demo tenant.
    LetTimePass,
    /// Close the window although something is running.
    Quit,
}

/// One wish on the Policy setup tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyCommand {
    /// Bring a step into view.
    Select(GuideStep),
    /// Bring another script into view, or the step's own again.
    Other(Option<ScriptKind>),
    /// Choose the method.
    Choose(Method),
    /// Run a script; one that changes something is asked for first.
    Run(ScriptKind, Runner),
    /// It was asked for: run it.
    RunNow(ScriptKind, Runner),
    /// Stop what is under way.
    Cancel,
    /// Ask where to save a script.
    Save(ScriptKind),
    /// Save a script there.
    SaveTo(ScriptKind, PathBuf),
    /// Read what was pasted into the dialog.
    ReadPasted,
    /// Ask for a file with a result.
    ChooseResult,
    /// Read such a file.
    ReadFile(PathBuf),
    /// Read the directory with the app's own token.
    ReadDirectory,
    /// Take `Mail.Send` from the app in the demo's Entra.
    RemoveDemoGrant,
    /// A step was done by hand, or is to be done again.
    Mark(GuideStep, bool),
    /// Forget what was read.
    Forget,
    /// Put PowerShell on the clipboard; with what it is, as the notice names it.
    Copy(String, &'static str),
    /// Open a page in the browser.
    OpenPage(String),
}

/// One wish about the sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SweepCommand {
    /// Show the samples, or the sweep.
    View(SendView),
    /// Ask for a list of mailboxes.
    AskList,
    /// Take this list.
    AddList(PathBuf),
    /// Leave this list out.
    RemoveList(PathBuf),
    /// Start.
    Start,
    /// Hold it, or let it go on.
    Hold(bool),
    /// Stop it.
    Cancel,
    /// Go on with an earlier one.
    GoOn(PathBuf),
    /// Never go on with an earlier one.
    Forget(PathBuf),
    /// Show these lines alone.
    Filter(SweepFilter),
    /// Sort by a column.
    Sort(SweepColumn),
    /// Show the details of the line in this row.
    Select(usize),
    /// Ask where to save the result.
    AskSave,
    /// Save the result there.
    SaveTo(PathBuf),
    /// Prepare a real mail as this mailbox.
    TryForReal(String),
}

/// One wish about customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileCommand {
    /// Fill the boxes with what is kept of this customer; `None` empties them.
    Choose(Option<String>),
    /// Ask for a name.
    AskSave,
    /// It was asked for: keep what is typed.
    Save,
    /// It was asked for: forget the chosen customer.
    Delete,
}

/// Where drawing functions put what was asked for.
pub(super) type Commands = Vec<Command>;

/// One wish about records of earlier tests, or a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportCommand {
    /// Read the list again.
    Refresh,
    /// Bring a record into view, or compare it with the one in view.
    Choose(PathBuf),
    /// Show the record in this file on the Report tab.
    Show(String),
    /// Whether the next record chosen is compared with the one in view.
    SetComparing(bool),
    /// Ask where to save the report.
    AskSave,
    /// Save the report there.
    SaveTo(PathBuf),
    /// It was asked for: delete the record in view.
    DeleteNow,
    /// Go on with a watch.
    GoOn(PathBuf),
    /// Do not go on with these.
    Leave(Vec<PathBuf>),
    /// Go on with a watch later; single tests cannot be gone on with.
    LeaveTests,
    /// Ask how to watch.
    AskWatch,
    /// It was asked for: watch.
    StartWatch,
}
