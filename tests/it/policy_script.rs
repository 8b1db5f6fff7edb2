//! Every script for every method, with ordinary and hostile values, is the PowerShell it should be and nothing more.
#![expect(clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use exchange365::{
    base::{ClientId, Field, MailAddress, ObjectId, TenantId},
    policy::{
        Desired, ExchangeCloud, GroupWanted, Method, RESULT_BEGIN, RESULT_END, Script, ScriptKind, powershell_literal,
        to_ps1_bytes,
    },
};

use crate::{
    powershell::{Command, commands, functions, literals, skeleton},
    support::{fixture_lines, shared_data},
};

/// Cmdlets that come with PowerShell, with the parameters the scripts use.
const BUILT_IN: &[(&str, &[&str])] = &[
    ("Write-Host", &[]),
    ("Write-Output", &[]),
    ("Where-Object", &[]),
    ("ForEach-Object", &[]),
    ("Sort-Object", &["Property", "Descending", "Unique"]),
    ("Format-List", &[]),
    ("Select-Object", &["Property"]),
    ("Set-StrictMode", &["Off"]),
    ("Start-Sleep", &["Seconds"]),
    ("Get-Command", &["Name", "ErrorAction"]),
    ("New-Object", &["TypeName"]),
    ("Get-Date", &[]),
    ("ConvertTo-Json", &["InputObject", "Depth"]),
    ("Set-Content", &["LiteralPath", "Value", "Encoding", "WhatIf", "Confirm"]),
    ("Get-Module", &["ListAvailable", "Name"]),
    ("Import-Module", &["Name"]),
    ("Get-ExecutionPolicy", &["List"]),
    ("Set-ExecutionPolicy", &["ExecutionPolicy", "Scope", "Force"]),
    ("Get-InstalledModule", &["Name"]),
    ("Install-Module", &["Name", "RequiredVersion", "Repository", "Scope", "Force", "AllowClobber", "ErrorAction"]),
    ("Update-Module", &["Name"]),
    ("Get-PackageProvider", &["Name", "ListAvailable", "ErrorAction"]),
    ("Install-PackageProvider", &["Name", "MinimumVersion", "Scope", "Force", "ErrorAction"]),
    ("Get-PSRepository", &["Name", "ErrorAction"]),
    ("Register-PSRepository", &["Default", "ErrorAction"]),
];

/// Where the collected documentation calls a parameter mandatory that the cmdlet itself does not ask for: without an
/// identity the policies are listed, the service id is the old name of the object id, and without an id every
/// connection is meant.
const NOT_MANDATORY: &[(&str, &str)] = &[
    ("Get-ApplicationAccessPolicy", "Identity"),
    ("New-ServicePrincipal", "ServiceId"),
    ("Get-ConnectionInformation", "ConnectionId"),
    ("Get-ConnectionInformation", "ModulePrefix"),
    ("Disconnect-ExchangeOnline", "ConnectionId"),
    ("Disconnect-ExchangeOnline", "ModulePrefix"),
];

fn address(text: &str) -> MailAddress {
    MailAddress::parse(Field::Recipient, text).unwrap().value
}

fn desired(method: Method) -> Desired {
    Desired {
        tenant: TenantId::parse("33333333-2222-3333-4444-555555555555").unwrap().value,
        client_id: ClientId::parse("11111111-2222-3333-4444-555555555555").unwrap().value,
        app_display_name: "Totalview".into(),
        enterprise_object_id: ObjectId::parse("99999999-2222-3333-4444-555555555555"),
        admin: address("admin@contoso.com"),
        group: GroupWanted {
            name: "Totalview senders".into(),
            alias: "totalviewtimesendemail".into(),
            address: address("totalviewtimesendemail@contoso.com"),
        },
        members: vec![address("noreply@contoso.com"), address("time@contoso.com")],
        forbidden: vec![address("ceo@contoso.com")],
        method,
        cloud: ExchangeCloud::Global,
        description: "Restricted".into(),
    }
}

fn hostile_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "O'Brien",
        "it\u{2019}s; Remove-Mailbox x #",
        "\u{2018}\u{2019}\u{201a}\u{201b}''",
        "\"quoted\" \u{201c}curved\u{201d} \u{201e}low",
        "$(Remove-Mailbox x) $env:PATH ${x}",
        "a`'b`n``",
        "a; Remove-Mailbox x | b & c",
        "line\nRemove-Mailbox x\r\n# end",
        "@'\nx\n'@",
        "'@\nRemove-Mailbox x\n@'",
        "<# #> #>",
        "\u{202e}txet lrt\u{200f}",
        "-WhatIf:$false --% %PATH%",
        "Føroyar æðø ÅÄÖ ß 東京 😀",
        "",
        "{0} {1} \\",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x'\u{2019}".repeat(3_334));
    texts
}

/// The values that nobody could type because they are refused, and which must do no harm all the same.
fn hostile(method: Method, text: &str) -> Desired {
    let mut desired = desired(method);
    desired.app_display_name = text.into();
    desired.group.name = text.into();
    desired.group.alias = text.into();
    desired.description = text.into();
    desired.admin = address("o'neill$x@contoso.com");
    desired.group.address = address("a`b'{|}@contoso.com");
    desired.members[0] = address("j\u{f3}n'&#%@f\u{f8}royar.fo");
    desired.forbidden[0] = address("x'$y`@contoso.com");
    desired
}

fn scripts(desired: &Desired) -> Vec<Script> {
    ScriptKind::ALL.iter().map(|kind| Script::new(*kind, desired).unwrap()).collect()
}

#[test]
fn literals_are_exactly_those_that_microsofts_parser_reads_back() {
    let cases = fixture_lines(include_str!("../fixtures/ps-quoting-golden.jsonl"));
    assert!(cases.len() >= 639, "{}", cases.len());
    for case in cases {
        let value = case["value"].as_str().unwrap();
        assert_eq!(powershell_literal(value), case["literal"].as_str().unwrap());
        assert_eq!(literals(&powershell_literal(value)).unwrap(), [value]);
    }
}

#[test]
fn every_script_is_powershell() {
    for method in Method::ALL {
        for script in scripts(&desired(method)) {
            for text in [script.to_ps1(), script.to_paste()] {
                commands(&text).unwrap_or_else(|err| panic!("{method:?} {:?}: {err}", script.kind));
                literals(&text).unwrap();
            }
            for command in script.commands() {
                commands(command).unwrap_or_else(|err| panic!("{command}: {err}"));
                assert!(!command.contains('\n'), "{command}");
            }
        }
    }
}

#[test]
fn hostile_values_change_nothing_but_values() {
    for method in Method::ALL {
        let ordinary = scripts(&desired(method));
        for text in hostile_texts() {
            let hostile = hostile(method, &text);
            for (plain, script) in ordinary.iter().zip(scripts(&hostile)) {
                let made = script.to_ps1();
                assert_eq!(skeleton(&made).unwrap(), skeleton(&plain.to_ps1()).unwrap(), "{:?} {text}", script.kind);
                // The rest has the same skeleton; one kind is enough for the grammar, which is slow.
                if script.kind == ScriptKind::Fence {
                    commands(&made).unwrap_or_else(|err| panic!("{:?} {text}: {err}", script.kind));
                }
                let values = literals(&made).unwrap();
                assert!(values.contains(&text) && values.contains(&hostile.members[0].to_string()));
                let pasted = skeleton(&script.to_paste()).unwrap();
                assert_eq!(pasted, skeleton(&plain.to_paste()).unwrap(), "{:?} {text}", script.kind);
                let (made, plain) = (script.commands().join("\n"), plain.commands().join("\n"));
                assert_eq!(skeleton(&made).unwrap(), skeleton(&plain).unwrap(), "{made}");
                commands(&made).unwrap_or_else(|err| panic!("{made}: {err}"));
            }
        }
    }
}

#[test]
fn only_documented_cmdlets_and_parameters_are_used() {
    let Some(path) = shared_data("cmdlets-project.json") else { return };
    let documented: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let built_in: BTreeMap<&str, &[&str]> = BUILT_IN.iter().copied().collect();
    for method in Method::ALL {
        for script in scripts(&desired(method)) {
            let text = script.to_ps1();
            let own = functions(&text);
            let mut used = commands(&text).unwrap();
            used.extend(script.commands().into_iter().flat_map(|command| commands(command).unwrap()));
            for command in used {
                if own.contains(&command.name) || matches!(command.name.as_str(), "$Body" | "$Look") {
                    continue;
                }
                if let Some(parameters) = built_in.get(command.name.as_str()) {
                    let unknown: Vec<_> =
                        command.parameters.iter().filter(|name| !parameters.contains(&name.as_str())).collect();
                    assert!(unknown.is_empty(), "{}: {unknown:?}", command.name);
                    continue;
                }
                let parameters = documented.get(&command.name).unwrap_or_else(|| panic!("unknown {}", command.name));
                check_documented(&command, parameters);
            }
        }
    }
}

/// Every parameter exists, and those of some parameter set that are mandatory are all given.
fn check_documented(command: &Command, documented: &serde_json::Value) {
    let documented = documented.as_object().unwrap();
    let mut mandatory: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (name, facts) in documented {
        for set in facts["sets"].as_array().unwrap() {
            for set_name in set[0].as_str().unwrap().split(", ") {
                let needed = mandatory.entry(set_name.to_owned()).or_default();
                let exempt = NOT_MANDATORY.contains(&(command.name.as_str(), name.as_str()));
                if set[1].as_bool().unwrap() && !exempt {
                    needed.insert(name);
                }
            }
        }
    }
    let given: BTreeSet<String> = command.parameters.iter().map(|name| name.to_lowercase()).collect();
    let given: BTreeSet<String> = given.into_iter().filter(|name| name != "erroraction").collect();
    for name in &given {
        assert!(documented.keys().any(|known| known.to_lowercase() == *name), "{} -{name}", command.name);
    }
    let everywhere = mandatory.remove("(All)").unwrap_or_default();
    let has = |needed: &BTreeSet<&str>| needed.iter().all(|name| given.contains(&name.to_lowercase()));
    assert!(has(&everywhere), "{}: {everywhere:?} not all in {given:?}", command.name);
    assert!(mandatory.is_empty() || mandatory.values().any(has), "{}: {given:?}", command.name);
}

/// Commands of a module do not see the script's `$ErrorActionPreference`; without the parameter an error would be passed
/// over and what follows would take the world for empty.
#[test]
fn every_command_of_a_module_stops_at_an_error() {
    for method in Method::ALL {
        for script in scripts(&desired(method)) {
            let text = script.to_ps1();
            let own = functions(&text);
            for command in commands(&text).unwrap() {
                let built_in = BUILT_IN
                    .iter()
                    .any(|(name, parameters)| *name == command.name && !parameters.contains(&"ErrorAction"));
                if !built_in && !own.contains(&command.name) && !command.name.starts_with('$') {
                    assert!(command.parameters.contains("ErrorAction"), "{} in {:?}", command.name, script.kind);
                }
            }
        }
    }
}

#[test]
fn changes_are_announced_and_removals_are_asked_for() {
    for method in Method::ALL {
        for script in scripts(&desired(method)) {
            let text = script.to_ps1();
            assert!(text.contains("SupportsShouldProcess"));
            assert!(text.contains(RESULT_BEGIN) && text.contains(RESULT_END));
            let removes = text.lines().any(|line| line.trim_start().starts_with("Remove-"));
            let asks = text.contains("(Confirm-Removal ");
            assert!(!removes || asks, "{:?}", script.kind);
            assert_eq!(removes, script.steps.iter().any(|step| step.needs_confirmation), "{:?}", script.kind);
            let changes = ["New-Dist", "New-Man", "New-App", "New-Serv", "Add-Dist", "Enable-Org", "Remove-"];
            let changing = text.lines().any(|line| {
                let line = line.trim_start().trim_start_matches("$null = ");
                changes.iter().any(|start| line.starts_with(start))
            });
            assert_eq!(script.kind.reads_only() || script.kind == ScriptKind::Module, !changing, "{:?}", script.kind);
        }
    }
}

#[test]
fn the_way_to_rbac_never_removes_the_policy_before_rbac_is_verified() {
    let order = |kind| {
        let script = Script::new(kind, &desired(Method::ApplicationAccessPolicy)).unwrap();
        script.steps.iter().map(|step| step.id.name()).collect::<Vec<_>>()
    };
    let add = order(ScriptKind::MigrateAdd);
    assert!(!add.iter().any(|step| step.starts_with("remove") || *step == "cut_over"), "{add:?}");
    assert_eq!(add.last(), Some(&"verification"));
    assert_eq!(order(ScriptKind::MigrateFinish), ["connect", "facts", "verification", "cut_over", "facts_after"]);
}

#[test]
fn no_secret_and_no_password_sign_in_stand_in_a_script() {
    for method in Method::ALL {
        for script in scripts(&desired(method)) {
            let text = script.to_ps1().to_lowercase();
            for word in ["secret ", "-credential", "password", "-accesstoken", "convertto-securestring"] {
                let allowed = word == "secret " && text.contains("it holds no secret ");
                assert!(allowed || !text.contains(word), "{word} in {:?}", script.kind);
            }
        }
    }
}

#[test]
fn rbac_scripts_are_not_made_without_the_enterprise_application() {
    let mut desired = desired(Method::RbacForApplications);
    desired.enterprise_object_id = None;
    assert!(Script::new(ScriptKind::Fence, &desired).is_err());
    assert!(Script::new(ScriptKind::MigrateAdd, &desired).is_err());
    assert!(Script::new(ScriptKind::Verify, &desired).is_err());
    assert!(Script::new(ScriptKind::Group, &desired).is_ok());
    desired.method = Method::ApplicationAccessPolicy;
    assert!(Script::new(ScriptKind::Fence, &desired).is_ok());
}

#[test]
fn files_are_utf8_with_mark_and_crlf() {
    let text = Script::new(ScriptKind::Fence, &desired(Method::ApplicationAccessPolicy)).unwrap().to_ps1();
    let bytes = to_ps1_bytes(&text);
    assert_eq!(bytes[..3], [0xEF, 0xBB, 0xBF]);
    let back = String::from_utf8(bytes[3..].to_vec()).unwrap();
    assert_eq!(back.replace("\r\n", "\n"), text);
    assert_eq!(back.matches('\n').count(), back.matches("\r\n").count());
    assert!(text.is_ascii() && !text.contains('\t'));
}

#[test]
fn what_is_pasted_has_no_empty_line_and_closes_no_window() {
    for script in scripts(&desired(Method::RbacForApplications)) {
        let text = script.to_paste();
        assert!(text.lines().all(|line| !line.trim().is_empty()), "{:?}", script.kind);
        assert!(!text.lines().any(|line| line.trim_start().starts_with("exit")), "{:?}", script.kind);
        assert!(text.starts_with("& {\n[CmdletBinding") && text.ends_with("\n}\n"));
    }
}
