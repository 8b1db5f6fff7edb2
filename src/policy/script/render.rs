//! A script's text: fixed PowerShell, in front of it the values, each a literal and nothing else.

use super::{
    super::{
        Desired,
        quote::{literal_list, powershell_literal as quoted},
    },
    step::{Script, ScriptKind},
};
use crate::base::MailAddress;

const PRELUDE: &str = include_str!("parts/prelude.ps1");
const RESULT: &str = include_str!("parts/result.ps1");
const PARAMETERS: &str = "[CmdletBinding(SupportsShouldProcess = $true)]\nparam([string] $ResultPath = '')\n";
const EXIT: &str = "if ($State.Failed) { exit 1 }\nexit 0\n";

/// The file's bytes: UTF-8 with byte order mark, without which Windows PowerShell 5.1 misreads letters, and CRLF.
pub fn to_ps1_bytes(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xEF, 0xBB, 0xBF];
    let lines = text.replace("\r\n", "\n").replace('\n', "\r\n");
    bytes.extend_from_slice(lines.as_bytes());
    bytes
}

impl Script {
    /// The text to save as `.ps1`. Takes `-WhatIf`, `-Confirm` and `-ResultPath FILE`; ends with 0, or 1 when a step
    /// failed.
    pub fn to_ps1(&self) -> String {
        let mut text = header(self.kind);
        text.push_str("#Requires -Version 5.1\n");
        text.push_str(PARAMETERS);
        self.push_body(&mut text, Blank::Kept);
        text.push_str(EXIT);
        text
    }

    /// The same to paste into an open PowerShell window, which it neither closes nor leaves functions in.
    pub fn to_paste(&self) -> String {
        let mut text = String::from("& {\n");
        text.push_str(PARAMETERS);
        self.push_body(&mut text, Blank::Dropped);
        text.push_str("}\n");
        text
    }

    /// A name to save it under.
    pub fn file_name(&self) -> String {
        let kind = self.kind.name();
        match self.kind {
            ScriptKind::Fence | ScriptKind::Verify => {
                format!("exchange365-{kind}-{}.ps1", self.kind.method(&self.desired).name().replace('_', "-"))
            }
            ScriptKind::Module
            | ScriptKind::Connect
            | ScriptKind::Group
            | ScriptKind::MigrateAdd
            | ScriptKind::MigrateFinish
            | ScriptKind::RemovePolicy
            | ScriptKind::RemoveRbac => format!("exchange365-{kind}.ps1"),
        }
    }

    fn push_body(&self, text: &mut String, blank: Blank) {
        push_values(text, self.kind, &self.desired);
        push_part(text, PRELUDE, blank);
        for step in &self.steps {
            let (id, title) = (quoted(step.id.name()), quoted(step.title));
            push_all(text, &["Invoke-Step -Id ", &id, " -Title ", &title, " -Body {\n"]);
            push_part(text, step.id.body(), blank);
            text.push_str("}\n");
        }
        push_part(text, RESULT, blank);
    }
}

/// A window without line editing takes an empty line for the end of what is pasted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blank {
    Kept,
    Dropped,
}

fn push_all(text: &mut String, pieces: &[&str]) {
    text.extend(pieces.iter().copied());
}

fn push_part(text: &mut String, part: &str, blank: Blank) {
    for line in part.lines().filter(|line| blank == Blank::Kept || !line.trim().is_empty()) {
        text.push_str(line);
        text.push('\n');
    }
}

fn header(kind: ScriptKind) -> String {
    let reads =
        if kind.reads_only() { "It changes nothing." } else { "Run it with -WhatIf to see what it would change." };
    format!(
        "# {}\n# Made by Exchange365 Tester. It holds no secret and may be run again: what is there already is left alone.\n# {reads}\n# It ends with a result block. Copy the block, or everything, back into the program.\n",
        kind.title()
    )
}

fn push_values(text: &mut String, kind: ScriptKind, desired: &Desired) {
    let object = desired.enterprise_object_id.map(|object| object.to_string()).unwrap_or_default();
    let tenant = desired.tenant.guid().map(|guid| guid.to_string()).unwrap_or_default();
    let domain = if tenant.is_empty() { desired.tenant.to_string() } else { String::new() };
    let values = [
        ("ScriptName", kind.name()),
        ("Method", kind.method(desired).name()),
        ("TenantGuid", &tenant),
        ("TenantDomain", &domain),
        ("ExchangeEnvironmentName", desired.cloud.environment_name()),
        ("AdminUpn", desired.admin.as_str()),
        ("AppId", &desired.client_id.to_string()),
        ("AppDisplayName", &desired.app_display_name),
        ("EnterpriseObjectId", &object),
        ("GroupName", &desired.group.name),
        ("GroupAlias", &desired.group.alias),
        ("GroupAddress", desired.group.address.as_str()),
        ("PolicyDescription", &desired.description),
        ("ScopeName", &desired.scope_name()),
        ("AssignmentName", &desired.assignment_name()),
    ];
    for (name, value) in values {
        push_all(text, &["$", name, " = ", &quoted(value), "\n"]);
    }
    for (name, list) in [("PermittedMailboxes", &desired.members), ("ForbiddenMailboxes", &desired.forbidden)] {
        push_all(text, &["$", name, " = @(", &literal_list(list.iter().map(MailAddress::as_str)), ")\n"]);
    }
}
