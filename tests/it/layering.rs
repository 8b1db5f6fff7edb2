//! Holds the direction of the layers: the table of the design as data, checked against the sources.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Each module with the modules it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("m365", &["base"]),
    ("settings", &["base"]),
    ("demo", &["base"]),
    ("policy", &["base", "m365"]),
    ("verify", &["base", "m365", "policy"]),
    ("explain", &["base", "m365", "policy", "verify"]),
    ("report", &["base", "m365", "policy", "verify", "explain"]),
    ("engine", &["base", "m365", "settings", "demo", "policy", "verify", "explain", "report"]),
    ("cli", &["base", "engine"]),
    ("ui", &["base", "engine"]),
];

/// Outside crates that one module, or one file, alone may name.
const RESERVED: &[(&str, &str)] = &[
    ("reqwest", "m365/transport.rs"),
    ("rustls", "m365/transport.rs"),
    ("lettre", "m365/"),
    ("keyring", "settings/"),
    ("axum", "demo/"),
    ("clap", "cli/"),
    ("eframe", "ui/"),
    ("egui", "ui/"),
    ("rfd", "ui/"),
    ("egui_winit", "ui/window/"),
    ("softbuffer", "ui/window/"),
    ("winit", "ui/window/"),
    ("winsafe", "ui/window/"),
];

#[test]
fn modules_use_only_what_stands_above_them() {
    let faults: Vec<String> = sources().iter().flat_map(|(path, text)| faults(path, text)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_has_no_circle_and_knows_every_module() {
    let order: BTreeMap<&str, usize> = ALLOWED.iter().enumerate().map(|(index, (name, _))| (*name, index)).collect();
    for (name, uses) in ALLOWED {
        for used in *uses {
            assert!(order[used] < order[name], "{name} may use {used}, which stands below it");
        }
    }
    for (path, _) in sources() {
        let module = module_of(&path);
        assert!(
            matches!(module.as_str(), "lib.rs" | "bin") || order.contains_key(module.as_str()),
            "{module} is not in the table"
        );
    }
}

#[test]
fn a_wrong_use_is_seen() {
    for (path, text) in [
        ("engine/x.rs", "use crate::{base::Clock, ui::App};"),
        ("m365/x.rs", "fn f() { crate::verify::judge(&[]); }"),
        ("verify/x.rs", "use reqwest::Client;"),
        ("m365/auth/x.rs", "fn f() -> reqwest::Error {}"),
        ("engine/x.rs", "use egui::Context;"),
        ("cli/x.rs", "use crate::engine::{Handle}; use crate::m365::Kind;"),
        ("demo/x.rs", "use crate::m365::Outcome;"),
    ] {
        assert!(!faults(path, text).is_empty(), "{path}: {text}");
    }
    for (path, text) in [
        ("engine/x.rs", "use crate::{\n    base::Clock,\n    m365::{Error, auth::{Claims}},\n};"),
        ("m365/transport.rs", "use reqwest::Client; use crate::base::Secret;"),
        ("verify/x.rs", "// crate::ui is not named here\nuse crate::m365::Outcome;"),
    ] {
        assert_eq!(faults(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

fn faults(path: &str, text: &str) -> Vec<String> {
    let code = without_comments(text);
    let module = module_of(path);
    let mut faults = Vec::new();
    if let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) {
        for used in used_modules(&code) {
            if used != module && ALLOWED.iter().any(|(name, _)| *name == used) && !allowed.contains(&used.as_str()) {
                faults.push(format!("{path} uses {used}"));
            }
        }
    }
    for (krate, owner) in RESERVED {
        let names = code.match_indices(&format!("{krate}::")).any(|(at, _)| !is_word_before(&code, at));
        if names && !path.starts_with(owner) && !path.starts_with("bin") {
            faults.push(format!("{path} names {krate}, which belongs to {owner}"));
        }
    }
    faults
}

/// Every `x` in `crate::x` and `crate::{x…, y…}`.
fn used_modules(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut word = String::new();
            let mut at_start = true;
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                let is_word = character.is_alphanumeric() || character == '_';
                if depth == 1 && at_start && is_word {
                    word.push(character);
                } else if depth == 1 && character == ',' {
                    used.push(std::mem::take(&mut word));
                    at_start = true;
                } else if !character.is_whitespace() {
                    at_start = false;
                }
                if depth == 0 {
                    break;
                }
            }
            used.push(word);
        } else {
            used.push(rest.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect());
        }
    }
    used.retain(|word| !word.is_empty());
    used
}

fn is_word_before(code: &str, at: usize) -> bool {
    code[..at]
        .chars()
        .next_back()
        .is_some_and(|character| character.is_alphanumeric() || matches!(character, '_' | ':' | '.'))
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect::<Vec<_>>().join("\n")
}

fn module_of(path: &str) -> String {
    path.split('/').next().unwrap_or_default().to_owned()
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 10, "no sources found");
    files
        .into_iter()
        .map(|path| {
            let relative = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            (relative, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}
