//! The hash that a line carries over itself. The chain covers a line by the next one, and so never the last.

use super::hash;

/// Stands behind everything else in a line; the hash, a quotation mark and a brace follow.
const FIELD: &str = ",\"sha256\":\"";

/// The line of a JSON object, with the hash over the line as it is given here.
pub(super) fn sealed(object: &str) -> String {
    let own = hash(object.as_bytes());
    format!("{}{FIELD}{own}\"}}", object.strip_suffix('}').unwrap_or(object))
}

/// Whether `own`, the hash found in a line, is that of the rest of the line.
pub(super) fn fits(line: &[u8], own: &str) -> bool {
    let end = format!("{FIELD}{own}\"}}");
    line.strip_suffix(end.as_bytes()).is_some_and(|open| hash(&[open, b"}"].concat()) == own)
}
