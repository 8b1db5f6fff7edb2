//! Records of runs.
#![no_main]

use exchange365::{
    report::report_of_record,
    verify::{Verdict, record::Record},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(record) = Record::parse(input) else { return };
    drop(record.completeness());
    if record.replay().is_err() {
        assert!(!record.integrity.holds());
    }
    let holds = record.integrity.holds();
    if let Ok((report, _)) = report_of_record(&record, "file") {
        assert!(holds || report.verdict != Verdict::Pass, "a pass from a record that was changed");
    }
});
