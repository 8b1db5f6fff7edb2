//! The filter of a management scope, as far as this program understands filters.

use super::super::ScopeFilter;

/// What `text` selects. Anything but one plain comparison is kept as text and not evaluated.
pub(super) fn parse(text: &str) -> ScopeFilter {
    let tokens = tokens(text);
    let words: Vec<&str> = tokens.iter().map(String::as_str).collect();
    plain(bare(&words)).unwrap_or_else(|| ScopeFilter::Other(text.to_owned()))
}

fn plain(words: &[&str]) -> Option<ScopeFilter> {
    if let [not, rest @ ..] = words
        && (not.eq_ignore_ascii_case("-not") || *not == "!")
    {
        return match plain(bare(rest))? {
            ScopeFilter::MemberOf(group) => Some(ScopeFilter::NotMemberOf(group)),
            ScopeFilter::NotMemberOf(group) => Some(ScopeFilter::MemberOf(group)),
            ScopeFilter::AddressIs(address) => Some(ScopeFilter::AddressIsNot(address)),
            ScopeFilter::AddressIsNot(address) => Some(ScopeFilter::AddressIs(address)),
            ScopeFilter::Other(_) | ScopeFilter::Unknown => None,
        };
    }
    let [property, operator, value] = words else { return None };
    // A quoted value was marked by the reader; a bare one may be a variable.
    let value = value.strip_prefix('\'')?.to_owned();
    let equal = match operator.to_ascii_lowercase().as_str() {
        "-eq" => true,
        "-ne" => false,
        _ => return None,
    };
    match (property.to_ascii_lowercase().as_str(), equal) {
        ("memberofgroup", true) => Some(ScopeFilter::MemberOf(value)),
        ("memberofgroup", false) => Some(ScopeFilter::NotMemberOf(value)),
        // An asterisk makes it a pattern.
        ("primarysmtpaddress", _) if value.contains('*') => None,
        ("primarysmtpaddress", true) => Some(ScopeFilter::AddressIs(value)),
        ("primarysmtpaddress", false) => Some(ScopeFilter::AddressIsNot(value)),
        _ => None,
    }
}

/// Takes off brackets that enclose everything.
fn bare<'a, 'b>(words: &'a [&'b str]) -> &'a [&'b str] {
    // Where the two do not belong together, as in "(…) -or (…)", brackets are left inside, and no comparison has any.
    if let ["(", inner @ .., ")"] = words { bare(inner) } else { words }
}

/// Words, brackets, and quoted values, which begin with a quote as their mark.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut characters = text.chars().peekable();
    let end_word = |word: &mut String, tokens: &mut Vec<String>| {
        if !word.is_empty() {
            tokens.push(std::mem::take(word));
        }
    };
    while let Some(character) = characters.next() {
        match character {
            '\'' | '"' => {
                end_word(&mut word, &mut tokens);
                let mut value = String::from('\'');
                while let Some(inner) = characters.next() {
                    // Two quotes in a row are one; one alone ends the value.
                    if inner == character && characters.next_if_eq(&character).is_none() {
                        break;
                    }
                    value.push(inner);
                }
                tokens.push(value);
            }
            '(' | ')' => {
                end_word(&mut word, &mut tokens);
                tokens.push(character.to_string());
            }
            _ if character.is_whitespace() => end_word(&mut word, &mut tokens),
            _ => word.push(character),
        }
    }
    end_word(&mut word, &mut tokens);
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_filters_are_understood_and_others_kept() {
        let member = |dn: &str| ScopeFilter::MemberOf(dn.to_owned());
        assert_eq!(parse("MemberOfGroup -eq 'CN=a,DC=b'"), member("CN=a,DC=b"));
        assert_eq!(parse("((memberofgroup -EQ 'CN=O''Brien'))"), member("CN=O'Brien"));
        assert_eq!(parse("-not (MemberOfGroup -eq 'x')"), ScopeFilter::NotMemberOf("x".into()));
        assert_eq!(parse("-not(-not(MemberOfGroup -eq 'x'))"), member("x"));
        assert_eq!(parse("MemberOfGroup -ne 'x'"), ScopeFilter::NotMemberOf("x".into()));
        assert_eq!(parse("PrimarySmtpAddress -eq 'a@b.c'"), ScopeFilter::AddressIs("a@b.c".into()));
        assert_eq!(parse("PrimarySmtpAddress -ne 'a@b.c'"), ScopeFilter::AddressIsNot("a@b.c".into()));
        for other in [
            "",
            "MemberOfGroup -eq $x",
            "MemberOfGroup -eq 'x' -or Alias -eq 'y'",
            "(MemberOfGroup -eq 'x') -or (MemberOfGroup -eq 'y')",
            "(MemberOfGroup) -eq ('x')",
            "-not (MemberOfGroup -eq 'x') -or (MemberOfGroup -eq 'y')",
            "(MemberOfGroup -eq 'x'",
            "MemberOfGroup -eq 'x')",
            "PrimarySmtpAddress -eq '*@b.c'",
            "Alias -like 'x*'",
        ] {
            assert_eq!(parse(other), ScopeFilter::Other(other.to_owned()));
        }
    }
}
