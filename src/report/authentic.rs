//! Is a report what this program writes from its record? A report can be edited; its record cannot, unnoticed. So the
//! report is written again, and both are compared.

use std::collections::BTreeSet;

use crate::verify::record::Record;

use super::{Format, RecordCheck, Standing, check::checked, files::render, trail::report_of_record};

/// `run-20261123T080000Z-1a2b3c4d.jsonl`
const NAME_LENGTHS: [(&str, usize); 2] = [("run-", 35), ("watch-", 37)];
/// A report names its record once or a few times; hostile texts in it may name more.
const MOST_NAMES: usize = 16;

/// The file names of records that stand in a report. They hold no path.
pub fn record_names(report: &str) -> Vec<String> {
    let mut names = BTreeSet::new();
    for (begin, length) in NAME_LENGTHS {
        for (at, _) in report.match_indices(begin) {
            let name = at.checked_add(length).and_then(|end| report.get(at..end)).unwrap_or_default();
            let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
            if plain && name.strip_suffix(".jsonl").is_some() && names.len() < MOST_NAMES {
                names.insert(name.to_owned());
            }
        }
    }
    names.into_iter().collect()
}

/// Checks a report against its record, whose file has this name.
pub fn check_report(report: &str, format: Format, record: &Record, name: &str) -> RecordCheck {
    let check = checked(record, None);
    let Ok((result, trail)) = report_of_record(record, name) else { return check };
    let again = render(&result, &trail, format);
    // Mail programs and editors change line ends; nothing else.
    let is_same = characters(report).eq(characters(&again));
    let standing = if is_same || check.standing.is_changed() { check.standing } else { Standing::OtherReport };
    // The report shows the head, so the same report shows the same head.
    RecordCheck { standing, head_fits: is_same, last_line_covered: is_same || check.last_line_covered, ..check }
}

fn characters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| *character != '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_wherever_they_stand_and_never_lead_elsewhere() {
        let run = "run-20261123T080000Z-1a2b3c4d.jsonl";
        let watch = "watch-20261123T080000Z-1a2b3c4d.jsonl";
        assert_eq!((run.len(), watch.len()), (NAME_LENGTHS[0].1, NAME_LENGTHS[1].1));
        let text = format!("<code>{watch}</code> and \"{run}\", {run}; run-../../../../../etc/passwd.jsonl æ run-é");
        assert_eq!(record_names(&text), [run, watch]);
        assert!(record_names("run-").is_empty());
        let many: Vec<String> = (10..99).map(|number| format!("run-20261123T080000Z-000000{number}.jsonl")).collect();
        assert_eq!(record_names(&many.join(" ")).len(), MOST_NAMES);
    }
}
