//! Throws damaged input at a function: seeds, random damage to them, and what is left of an input that broke something.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use exchange365::base::Clock;

use super::{dice::Dice, setting, shared_data};

/// Inputs per target in a short run; `EXCHANGE365_FUZZ_SECONDS` gives each target so many seconds instead.
const INPUTS: u64 = 4_000;

/// Pieces that parsers care about.
const PIECES: &[&str] = &[
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "1e999",
    "-1",
    "\\u0000",
    "\\ud800",
    "\r\n",
    "\n",
    "\0",
    "\u{feff}",
    "\u{200b}",
    "\u{202e}",
    "\u{a0}",
    "@",
    ".",
    "..",
    "/",
    "%",
    "%2f",
    "#",
    "?",
    "<",
    ">",
    "<html>",
    "'",
    "`",
    "$",
    "$(",
    ";",
    "//",
    "/*",
    "*/",
    "=",
    "&",
    "error",
    "error_description",
    "error_codes",
    "AADSTS7000215",
    "ErrorAccessDenied",
    "[RAOP]",
    "Access to OData is disabled",
    "access_token",
    "Bearer",
    "expires_in",
    "😀",
    "\u{130}",
    "99999999999999999999",
    "é",
    "GraphOptions",
    "TenantId",
    "ClientSecret",
    "xn--",
    "-",
];

/// Runs `check` on every seed and on damaged copies of them. It panics with the smallest input that makes `check` panic.
pub(crate) fn fuzz(name: &str, seeds: &[Vec<u8>], check: impl Fn(&[u8])) {
    fuzz_with(INPUTS, name, seeds, check);
}

/// The same with fewer inputs, for what takes long.
pub(crate) fn fuzz_slowly(name: &str, seeds: &[Vec<u8>], check: impl Fn(&[u8])) {
    fuzz_with(INPUTS / 10, name, seeds, check);
}

fn fuzz_with(inputs: u64, name: &str, seeds: &[Vec<u8>], check: impl Fn(&[u8])) {
    let seconds = setting("EXCHANGE365_FUZZ_SECONDS");
    let mut dice = Dice::new(setting("EXCHANGE365_SEED").unwrap_or(1));
    let clock = Clock::system();
    let end = clock.monotonic() + Duration::from_secs(seconds.unwrap_or(0));
    let mut tried = 0u64;
    export(name, seeds);
    for seed in seeds {
        try_one(name, seed, &check);
        tried += 1;
    }
    loop {
        let enough = if seconds.is_some() { clock.monotonic() >= end } else { tried >= inputs };
        if enough {
            break;
        }
        let mut input = dice.of(seeds).clone();
        for _ in 0..=dice.below(6) {
            damage(&mut input, seeds, &mut dice);
        }
        try_one(name, &input, &check);
        tried += 1;
    }
    println!("fuzz {name}: {tried} inputs from {} seeds", seeds.len());
}

/// Where `EXCHANGE365_FUZZ_SEEDS` names a folder, the seeds are left there for another fuzzer (`.ci/fuzz`).
fn export(name: &str, seeds: &[Vec<u8>]) {
    let Some(folder) = std::env::var_os("EXCHANGE365_FUZZ_SEEDS") else { return };
    let folder = std::path::Path::new(&folder).join(name.replace(' ', "_"));
    std::fs::create_dir_all(&folder).unwrap();
    for (number, seed) in seeds.iter().enumerate() {
        std::fs::write(folder.join(number.to_string()), seed).unwrap();
    }
}

fn try_one(name: &str, input: &[u8], check: &impl Fn(&[u8])) {
    let breaks = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| check(input))).is_err();
    if !breaks(input) {
        return;
    }
    let mut small = input.to_vec();
    let mut step = small.len() / 2;
    while step > 0 {
        let mut at = 0;
        while at < small.len() {
            let shorter = [&small[..at], &small[(at + step).min(small.len())..]].concat();
            if breaks(&shorter) {
                small = shorter;
            } else {
                at += step;
            }
        }
        step /= 2;
    }
    panic!("{name} breaks with {:?}", String::from_utf8_lossy(&small));
}

fn damage(input: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(input.len() + 1);
    let length = dice.below(input.len() - at + 1).min(1 + dice.below(64));
    match dice.below(10) {
        0 if at < input.len() => input[at] ^= 1 << dice.below(8),
        1 if at < input.len() => input[at] = dice.byte(),
        2 => drop(input.drain(at..at + length)),
        3 => {
            let copy = input[at..at + length].to_vec();
            input.splice(at..at, copy);
        }
        4 => input.truncate(at),
        5 => {
            let other = dice.of(seeds).clone();
            let from = dice.below(other.len() + 1);
            input.splice(at.., other[from..].iter().copied());
        }
        6 => {
            let bytes: Vec<u8> = (0..dice.below(9)).map(|_| dice.byte()).collect();
            input.splice(at..at, bytes);
        }
        7 => {
            let times = 1 + dice.below(200);
            let byte = [dice.byte()];
            input.splice(at..at, byte.repeat(times));
        }
        _ => {
            let piece = *dice.of(PIECES);
            input.splice(at..at, piece.bytes());
        }
    }
    input.truncate(64 * 1024);
}

/// Error bodies of the shared corpus whose area is one of these, and some of our own.
pub(crate) fn bodies(areas: &[&str], own: &[&str]) -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = own.iter().map(|text| text.as_bytes().to_vec()).collect();
    let Some(path) = shared_data("error-corpus.jsonl") else { return seeds };
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let wanted = entry["area"].as_str().is_some_and(|area| areas.contains(&area));
        if let (true, Some(body)) = (wanted, entry["body"].as_str()) {
            seeds.push(body.as_bytes().to_vec());
        }
    }
    seeds
}

/// Texts as seeds.
pub(crate) fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}
