//! Lists of customers, TOML and CSV.
#![no_main]

use exchange365::engine::{FleetFormat, parse_fleet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    for format in [FleetFormat::Toml, FleetFormat::Csv] {
        let Ok(entries) = parse_fleet(&text, format) else { continue };
        assert!(!entries.is_empty());
        for entry in entries {
            assert!(!entry.name.is_empty());
            if let Ok(profile) = entry.profile {
                assert!(profile.setup.client_secret.expose().is_empty());
            }
        }
    }
});
