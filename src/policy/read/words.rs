//! Words by which PowerShell answers, in the languages in which they are known; any other word is unknown.

use super::super::{Access, AccessRight, Truth};

/// Granted in English, French, German, Danish, Norwegian, Swedish, Dutch, Spanish, Portuguese, Italian and Icelandic.
const GRANTED: &[&str] = &[
    "granted",
    "accordé",
    "accordée",
    "gewährt",
    "erteilt",
    "givet",
    "tildelt",
    "innvilget",
    "beviljad",
    "beviljat",
    "toegekend",
    "verleend",
    "concedido",
    "concedida",
    "concesso",
    "concessa",
    "veitt",
];

/// Denied in the same languages.
const DENIED: &[&str] = &[
    "denied",
    "refusé",
    "refusée",
    "verweigert",
    "abgelehnt",
    "nægtet",
    "afvist",
    "nektet",
    "avslått",
    "nekad",
    "nekat",
    "geweigerd",
    "denegado",
    "denegada",
    "negado",
    "negada",
    "recusado",
    "negato",
    "negata",
    "hafnað",
    "neitað",
];

/// The answer of `Test-ApplicationAccessPolicy`. Part of a word is no word.
pub(super) fn access(text: &str) -> Access {
    let word = composed(&text.trim().to_lowercase());
    if GRANTED.contains(&word.as_str()) {
        Access::Granted
    } else if DENIED.contains(&word.as_str()) {
        Access::Denied
    } else {
        Access::Unknown
    }
}

/// A yes or no as PowerShell prints it, the same in every language. `Not Run` and anything else is unknown.
pub(super) fn truth(text: &str) -> Truth {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Truth::Yes,
        "false" => Truth::No,
        _ => Truth::Unknown,
    }
}

/// What a policy does; never translated.
pub(super) fn access_right(text: &str) -> AccessRight {
    match text.trim().to_ascii_lowercase().as_str() {
        "restrictaccess" => AccessRight::Restrict,
        "denyaccess" => AccessRight::Deny,
        _ => AccessRight::Unknown,
    }
}

/// Accents written as a letter and a mark put together, as far as the words above need it.
fn composed(text: &str) -> String {
    text.replace("e\u{301}", "é").replace("a\u{308}", "ä").replace("a\u{30a}", "å")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_count_and_others_do_not() {
        for word in ["Granted", "Accordé", "Accorde\u{301}", "GEWÄHRT", " Givet "] {
            assert_eq!(access(word), Access::Granted, "{word}");
        }
        for word in ["Denied", "Refusé", "Verweigert", "Nægtet"] {
            assert_eq!(access(word), Access::Denied, "{word}");
        }
        for word in ["", "Grant", "Granted\u{2026}", "Gran...", "Not granted", "Accord?", "Accord\u{fffd}", "0", "1"] {
            assert_eq!(access(word), Access::Unknown, "{word}");
        }
        assert!(GRANTED.iter().all(|word| !DENIED.contains(word)));
    }

    #[test]
    fn yes_and_no_are_the_same_everywhere() {
        assert_eq!(truth("True"), Truth::Yes);
        assert_eq!(truth("False"), Truth::No);
        assert_eq!(truth("Not Run"), Truth::Unknown);
        assert_eq!(truth("Non exécuté"), Truth::Unknown);
    }
}
