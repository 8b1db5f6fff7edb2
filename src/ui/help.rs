//! F1: what the panel in view is for, what to do on it step by step, its words and its keys.

use eframe::egui::{Grid, ScrollArea, Ui};

use super::{
    command::{Command, Commands},
    glossary,
    state::Tab,
    text,
    tokens::{size, space},
    widgets::{action_button_ui, body_ui, heading_ui, helper_ui, label_ui, mono_ui, strong_ui},
    window::drawn_by,
};

/// The help of one panel.
pub(super) struct Help {
    /// What it is for.
    pub(super) about: &'static str,
    /// What to do, in this order.
    pub(super) steps: &'static [&'static str],
    /// Words to explain.
    pub(super) words: &'static [&'static str],
    /// Keys that work here alone.
    pub(super) keys: &'static [(&'static str, &'static str)],
}

/// Keys that work on every panel.
const KEYS: [(&str, &str); 7] = [
    ("Ctrl+1 … 4", "Another panel"),
    ("Tab, Shift+Tab", "The next box or button, the one before"),
    ("Escape", "Closes what stands in front; cancels what is under way"),
    ("Ctrl+C", "Copies marked text, or the row that has the keyboard, for a spreadsheet"),
    ("Arrows, Home, End", "Move through a list of rows; Enter opens a row"),
    ("Ctrl+Z, Ctrl+Y", "Undo and redo in a box"),
    ("Ctrl and +, −, 0", "Larger, smaller, as usual"),
];

const CREDENTIALS: Help = Help {
    about: "Shows whether the app registration can sign in, and what its token allows. No mail is sent.",
    steps: &[
        "Enter Tenant ID, Client ID and Client Secret. All three can be filled in at once: paste the GraphOptions \
         block, open appsettings.json, or drop that file on the window.",
        "Press Test without Totalview. Seven lines show how far signing in comes.",
        "If a line fails, it says why, what to do and who can do it. The lines below it were not tried.",
        "If all is well, look at the permissions in the token, then go on to Send E-Mail: signing in says nothing \
         about the fence.",
    ],
    words: &["Tenant ID", "Client ID", "Client Secret", "Object ID", "Permissions", "Mail.Send", "Token", "AADSTS"],
    keys: &[("Enter", "Test without Totalview")],
};

const POLICY_SETUP: Help = Help {
    about: "Leads from nothing to a fence around the app, in six steps. Scripts are made here and run by an \
            administrator of Exchange; this program asks for no administrator's password.",
    steps: &[
        "Choose a method: an Application Access Policy as the guide does it, or RBAC for Applications as Microsoft \
         recommends it.",
        "Go through the steps on the left. Each has its script: copy it, save it, or run it in PowerShell.",
        "Give the result back: it is taken from the PowerShell window, or paste what the commands printed.",
        "Read what Exchange says of each mailbox. What was not understood counts as unknown, never as proven.",
        "Changes take up to two hours to come into force. Send E-Mail proves them with real mails.",
    ],
    words: &[
        "mail-enabled security group",
        "Application Access Policy",
        "RBAC for Applications",
        "Enterprise application object ID",
        "Admin principal name",
        "Mail.Send",
    ],
    keys: &[],
};

const SEND_MAIL: Help = Help {
    about: "Proves the fence: sends a harmless mail as each permitted sender, who must get through, and as each \
            forbidden one, who must be refused for the right reason.",
    steps: &[
        "Enter at least one permitted and one forbidden sender, one address per line. Forbidden senders need a \
         mailbox with a licence, or a refusal proves nothing.",
        "Enter a recipient, best yourself.",
        "Press Run the test. If the fence is open, mails of forbidden senders are really delivered; the program \
         says so before the first one.",
        "Read the verdict. UNPROVEN is not a pass: the reason and the next step stand beside it.",
        "Tick the mails that arrived. Accepted by Exchange is not yet delivered.",
    ],
    words: &[
        "Permitted senders",
        "Forbidden senders",
        "mechanism",
        "PASS",
        "FAIL",
        "UNPROVEN",
        "Test ID",
        "Request ID",
    ],
    keys: &[("Enter", "Run the test; in a list Ctrl+Enter"), ("Escape", "Cancels the test")],
};

const REPORT: Help = Help {
    about: "Keeps every test that was run on this computer, shows whether its record is untouched, compares two of \
            them, and writes reports.",
    steps: &[
        "Choose a test on the left, the newest stands on top.",
        "Read its verdict, its senders and, below, whether the record is still as it was written.",
        "Save it as a page, a table or a file for other programs. No report holds the secret.",
        "Compare it with another test to see what changed between the two.",
    ],
    words: &["Expected", "Observed", "Test ID", "Request ID", "Tenant ID", "Client ID"],
    keys: &[],
};

/// The help of a panel.
pub(super) fn of(tab: Tab) -> &'static Help {
    match tab {
        Tab::Credentials => &CREDENTIALS,
        Tab::PolicySetup => &POLICY_SETUP,
        Tab::SendMail => &SEND_MAIL,
        Tab::Report => &REPORT,
    }
}

/// The help's title.
pub(super) fn title(tab: Tab) -> String {
    format!("{}: {}", text::HELP, text::tab(tab))
}

/// Draws the help of a panel, as the contents of a dialog.
pub(super) fn help_ui(ui: &mut Ui, tab: Tab, first: bool, out: &mut Commands) {
    let help = of(tab);
    heading_ui(ui, &title(tab));
    ui.add_space(space::S);
    let height = (ui.ctx().content_rect().height() - size::HELP_AROUND).max(size::ACTION);
    ScrollArea::vertical().id_salt("help").max_height(height).show(ui, |ui| {
        body_ui(ui, help.about);
        part_ui(ui, text::HELP_STEPS);
        for (number, step) in (1..).zip(help.steps) {
            ui.horizontal_top(|ui| {
                label_ui(ui, &format!("{number}."));
                ui.vertical(|ui| body_ui(ui, step));
            });
        }
        part_ui(ui, text::HELP_WORDS);
        for word in help.words {
            strong_ui(ui, word);
            body_ui(ui, glossary::meaning(word).unwrap_or_default());
            ui.add_space(space::XS);
        }
        part_ui(ui, text::HELP_KEYS);
        Grid::new("keys").num_columns(2).spacing([space::L, space::XS]).show(ui, |ui| {
            for (key, does) in help.keys.iter().chain(&KEYS) {
                mono_ui(ui, key);
                body_ui(ui, does);
                ui.end_row();
            }
        });
    });
    ui.add_space(space::S);
    helper_ui(ui, &text::version(drawn_by(ui.ctx())));
    ui.add_space(space::S);
    let close = action_button_ui(ui, text::HELP_CLOSE, true);
    if first {
        close.request_focus();
    }
    if close.clicked() {
        out.push(Command::CloseDialog);
    }
}

fn part_ui(ui: &mut Ui, title: &str) {
    ui.add_space(space::M);
    heading_ui(ui, title);
    ui.add_space(space::XS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_panel_has_its_help_and_every_word_in_it_is_explained() {
        for tab in Tab::ALL {
            let help = of(tab);
            assert!(help.steps.len() >= 3 && help.about.len() > 60, "{}", tab.name());
            for word in help.words {
                assert!(glossary::meaning(word).is_some(), "{word}");
            }
            assert!(Tab::ALL.into_iter().all(|other| other == tab || of(other).about != help.about));
        }
    }
}
