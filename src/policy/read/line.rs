//! What kind of line stands in a paste, where it is none of an output: prompts, errors, warnings, marks of what is cut.

/// How warnings and the like begin, in the languages in which that is known.
const ASIDE: [&str; 12] = [
    "warning",
    "warnung",
    "avertissement",
    "advarsel",
    "varning",
    "waarschuwing",
    "advertencia",
    "aviso",
    "avviso",
    "viðvörun",
    "verbose",
    "debug",
];

/// How PowerShell 7 calls errors that no command is to blame for.
const ERRORS: [&str; 4] = ["error", "exception", "operation", "stopped"];

/// What stands behind a prompt; `None` for a line without one.
pub(super) fn behind_prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix(['\u{276f}', '\u{279c}', '\u{3bb}']) {
        return Some(rest.trim());
    }
    // A host, an environment or a debugger may stand before it: [server]: PS C:\>
    let mut name = line;
    while let Some(inside) = name.strip_prefix(['[', '(']) {
        if inside.starts_with("PS]") {
            break;
        }
        name = inside.split_once([']', ')'])?.1.trim_start_matches([':', ' ']);
    }
    let (place, rest) = name.split_once('>')?;
    let drive = |place: &str| {
        let mut letters = place.chars();
        letters.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && letters.as_str().starts_with(":\\")
    };
    let is_prompt =
        place.is_empty() || place == "PS" || place.starts_with("PS ") || place.starts_with("[PS]") || drive(place);
    is_prompt.then(|| rest.trim_start_matches('>').trim())
}

/// What stands behind the mark that a command goes on.
pub(super) fn behind_continuation(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix(">>").map(str::trim_start)
}

/// True for a line of an error message, in either PowerShell's way to show one.
pub(super) fn is_error(line: &str) -> bool {
    let trimmed = line.trim_start();
    let quoted = trimmed.trim_start_matches(|character: char| character.is_ascii_digit()).trim_start();
    if trimmed.starts_with("+ ") || quoted.starts_with('|') || trimmed.trim_end() == "Line |" {
        return true;
    }
    if trimmed.contains("|Microsoft.Exchange.") {
        return true;
    }
    let Some((name, _)) = trimmed.split_once(':') else { return false };
    let closed = !name.ends_with(' ');
    let name = name.trim_end().to_ascii_lowercase();
    match name.split_once('-') {
        Some((verb, noun)) => [verb, noun]
            .iter()
            .all(|part| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')),
        None => {
            closed
                && name.chars().all(|letter| letter.is_ascii_alphabetic())
                && ERRORS.iter().any(|ending| name.ends_with(ending))
        }
    }
}

/// True for the first line of a warning or of another aside, such as that the module connects.
pub(super) fn is_aside(line: &str) -> bool {
    line.contains("implicit remoting")
        || line.split_once(':').is_some_and(|(name, _)| ASIDE.contains(&name.trim().to_lowercase().as_str()))
}

/// True for a warning that not everything was shown.
pub(super) fn tells_of_more(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["more results", "only the first", "resultsize"].iter().any(|words| line.contains(words))
}

/// True for what people and pagers put where they leave something out.
pub(super) fn is_gap(line: &str) -> bool {
    let inner = line.trim().trim_matches(['[', ']', '(', ')', '<', '>', '-', ' ']);
    let dots = !inner.is_empty() && inner.chars().all(|character| matches!(character, '.' | '\u{2026}' | ' '));
    let word = inner.to_ascii_lowercase();
    dots || ["snip", "snipped", "cut", "more", "truncated"].contains(&word.as_str())
        || word.starts_with("space> next page")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_known_whatever_stands_around_them() {
        for (line, rest) in [
            ("PS C:\\> a -b", Some("a -b")),
            ("PS> a", Some("a")),
            ("PS /home/x> ", Some("")),
            ("  PS C:\\Users\\a b>a | b", Some("a | b")),
            ("[PS] C:\\>a", Some("a")),
            ("[host]: PS C:\\> a", Some("a")),
            ("(base) [DBG]: PS C:\\>> a", Some("a")),
            ("C:\\scripts>a", Some("a")),
            ("> a", Some("a")),
            ("\u{276f} a", Some("a")),
            ("PSComputerName : x", None),
            ("AppId : a>b", None),
            ("C: > x", None),
            ("(unclosed PS> a", None),
            ("{\"A\": \"x>y\"}", None),
            ("", None),
        ] {
            assert_eq!(behind_prompt(line), rest, "{line}");
        }
        assert_eq!(behind_continuation(">>  a"), Some("a"));
        assert_eq!(behind_continuation("> a"), None);
    }

    #[test]
    fn errors_are_known_in_both_shapes() {
        for line in [
            "Test-ApplicationAccessPolicy : The operation failed",
            "Test-ApplicationAccessPolicy: |Microsoft.Exchange|The server is busy.",
            "Write-ErrorMessage : |Microsoft.Exchange.X|y",
            "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.X|The operation",
            "ParserError: x",
            "OperationStopped: x",
            "InvalidOperation: x",
            "+ Test-ApplicationAccessPolicy -Identity a",
            "    + CategoryInfo          : NotSpecified: (:) [], X",
            "Line |",
            "   1 |  Test-ApplicationAccessPolicy -Identity a",
            "     |  ~~~~",
        ] {
            assert!(is_error(line), "{line}");
        }
        for line in
            ["AppId : 1", "LastError : none", "Mailbox : Anne-Marie: x", "a b-c : x", "Name", "-: x", "a-b c: x"]
        {
            assert!(!is_error(line), "{line}");
        }
    }

    #[test]
    fn asides_and_gaps_are_told_from_values() {
        for line in ["WARNING: x", "AVERTISSEMENT : x", "VERBOSE: x"] {
            assert!(is_aside(line), "{line}");
        }
        assert!(!is_aside("AppId : 1") && !is_aside("WARNING"));
        assert!(tells_of_more("There are more results available than are currently displayed."));
        assert!(tells_of_more("WARNING: By default, only the first 1000 items are returned."));
        assert!(!tells_of_more("WARNING: this cmdlet is going away"));
        for line in
            ["...", "\u{2026}", "[...]", "<snip>", "-- More --", ". . .", "<SPACE> next page; <CR> next line; Q quit"]
        {
            assert!(is_gap(line), "{line}");
        }
        for line in ["", "---", "a...", "Name : ...", "()"] {
            assert!(!is_gap(line), "{line}");
        }
    }
}
