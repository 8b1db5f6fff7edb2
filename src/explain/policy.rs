//! What can go wrong while a fence is set up: scripts that cannot run, output that cannot be read.

use crate::policy::{DesiredError, KnownError, ReadError, ScriptKind};

use super::{Evidence, Problem, Stage, Who};

/// A value of the policy setup that cannot be used.
pub fn policy_input(err: &DesiredError) -> Problem {
    Problem::new("policy_value", Stage::Input, Who::You, err.to_string())
        .because("A script is made only from values that are known to be good.")
        .advise(format!("Correct the value of {}", err.field.label()))
}

/// Output of a cmdlet that cannot be read.
pub fn policy_output(err: &ReadError) -> Problem {
    Problem::new("policy_output_unreadable", Stage::Policy, Who::You, sentence(&err.to_string()))
        .because("Only the output of the commands shown here, or the result of a script made here, says something about the fence.")
        .advise(err.next())
}

/// A file with such output that cannot be opened.
pub fn policy_file(path: &str, reason: &str) -> Problem {
    Problem::new("file_unreadable", Stage::Input, Who::You, format!("The file {path} could not be read"))
        .advise("Check that it exists and that you may read it")
        .with(Evidence { detail: Some(reason.to_owned()), ..Evidence::default() })
}

/// A script that could not be saved.
pub fn script_not_saved(path: &str, reason: &str) -> Problem {
    Problem::new("script_not_saved", Stage::Input, Who::You, format!("The script could not be saved as {path}"))
        .advise("Choose a folder you may write to, such as Documents")
        .with(Evidence { detail: Some(reason.to_owned()), ..Evidence::default() })
}

/// There is no PowerShell to run a script with.
pub fn no_powershell() -> Problem {
    Problem::new("no_powershell", Stage::Policy, Who::You, "There is no PowerShell on this computer")
        .because("Exchange Online is administered by Microsoft's PowerShell module, which runs on Windows, and elsewhere where PowerShell 7 is installed.")
        .advise("Save the script and run it on a Windows computer, then open its result here")
        .advise("Copy the commands and run them where PowerShell is, then paste what they print")
}

/// PowerShell is there but did not start.
pub fn powershell_not_started(reason: &str) -> Problem {
    Problem::new("powershell_not_started", Stage::Policy, Who::You, "PowerShell could not be started")
        .because("The organisation may forbid PowerShell on this computer, or a protection program stopped it.")
        .advise("Open a PowerShell window yourself, run the saved script there, and paste its result")
        .with(Evidence { detail: Some(reason.to_owned()), ..Evidence::default() })
}

/// A script that ended without its result.
pub fn script_without_result(
    kind: ScriptKind,
    exit_code: Option<i32>,
    printed: &str,
    known: &[&KnownError],
) -> Problem {
    let how = exit_code.map_or_else(|| "was stopped".to_owned(), |code| format!("ended with code {code}"));
    let cures: Vec<&str> = known.iter().map(|known| known.cure).collect();
    let printed: String = printed.trim().chars().rev().take(600).collect::<Vec<_>>().into_iter().rev().collect();
    Problem::new(
        "script_without_result",
        Stage::Policy,
        Who::CustomerAdmin,
        format!("The script '{kind}' {how} and left no result", kind = kind.name()),
    )
    .because("It was stopped before its end, its window was closed, or PowerShell refused to run it.")
    .advise_all(&cures)
    .advise("Nothing is known of how far it came: run the script Verify, which only reads")
    .advise("If PowerShell refuses scripts, copy the script and paste it into an open window")
    .with(Evidence { message: (!printed.is_empty()).then_some(printed), ..Evidence::default() })
}

/// A result about another organisation.
pub fn policy_other_tenant(found: &str, wanted: &str) -> Problem {
    Problem::new(
        "policy_other_tenant",
        Stage::Policy,
        Who::CustomerAdmin,
        "The result is about another organisation, so it says nothing about this one",
    )
    .because(format!("The script was connected to the organisation {found}, the Tenant ID is {wanted}."))
    .advise("Run the script again and sign in as an administrator of the right organisation")
}

/// The demo tenant can do this only while it runs, for its own app.
pub fn not_in_demo() -> Problem {
    Problem::new("not_in_demo", Stage::Policy, Who::You, "The demo tenant does not run, or this is another app")
        .advise("Start the demo tenant on the Credentials tab, and leave its Tenant ID and Client ID as they are")
}

/// The demo tenant refused a change.
pub fn demo_refused(reason: &str) -> Problem {
    Problem::new("demo_refused", Stage::Policy, Who::You, sentence(reason))
        .advise("Look at what is set up in the demo already")
}

fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
