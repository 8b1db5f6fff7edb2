//! The command above an output: which mailbox and app an answer is about, which the answer does not say, and whether
//! the command shows all there is.

use super::tokens::{Token, Word, tokens};

/// Cmdlets whose output is read.
const CMDLETS: [&str; 9] = [
    "Test-ApplicationAccessPolicy",
    "Get-ApplicationAccessPolicy",
    "Test-ServicePrincipalAuthorization",
    "Get-ManagementRoleAssignment",
    "Get-ManagementScope",
    "Get-ServicePrincipal",
    "Get-DistributionGroupMember",
    "Get-DistributionGroup",
    "Get-Recipient",
];

/// Parameters every cmdlet has that take a value and leave nothing out; the first of a pair of names is the whole one.
const COMMON: [(&str, &str); 8] = [
    ("ErrorVariable", "ev"),
    ("WarningVariable", "wv"),
    ("InformationVariable", "iv"),
    ("InformationAction", "infa"),
    ("ProgressAction", "proga"),
    ("OutVariable", "ov"),
    ("OutBuffer", "ob"),
    ("PipelineVariable", "pv"),
];

/// What stands behind a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Argument {
    /// The parameter was not given.
    #[default]
    Missing,
    /// This text.
    Text(String),
    /// Something that the line does not show: a variable, a list, a command.
    Hidden,
}

impl Argument {
    /// The text, where there is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Missing | Self::Hidden => None,
        }
    }

    /// What it says is not what the output is about.
    fn hide(&mut self) {
        if *self != Self::Missing {
            *self = Self::Hidden;
        }
    }
}

/// A command with the arguments that matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct CommandLine {
    /// The cmdlet, if it is one whose output is read.
    pub(super) cmdlet: Option<&'static str>,
    pub(super) identity: Argument,
    pub(super) app_id: Option<String>,
    pub(super) resource: Argument,
    pub(super) assignee: Argument,
    pub(super) result_size: Argument,
    /// Properties that what is shown has to have, each with its value.
    pub(super) filters: Vec<(String, String)>,
    /// True when a part may be left out of what is shown, other than by what stands above.
    pub(super) partial: bool,
}

/// The command in what was typed behind a prompt, such as `Test-ApplicationAccessPolicy -Identity a@b.c -AppId …`.
pub(super) fn parse(typed: &str) -> CommandLine {
    let tokens = tokens(typed);
    let mut depth = 0_usize;
    let mut seen: Vec<(usize, usize, &'static str)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Word(word) => seen.extend(cmdlet(word).map(|name| (depth, at, name))),
            Token::Pipe | Token::End | Token::Redirect => {}
        }
    }
    let outermost = seen.iter().map(|(depth, ..)| *depth).min();
    let last = seen.iter().rfind(|(depth, ..)| Some(*depth) == outermost);
    let Some((_, at, name)) = last.copied() else { return CommandLine::default() };
    let (before, rest) = tokens.split_at(at);
    let rest = rest.get(1..).unwrap_or_default();
    let mut line = CommandLine { cmdlet: Some(name), ..CommandLine::default() };
    let end = part(rest);
    line.take(name, rest.get(..end).unwrap_or_default());
    let place = place(before);
    let clear = seen.len() == 1 && line.follow(rest.get(end..).unwrap_or_default(), place == Place::Loop);
    if !clear || place == Place::Other {
        // Something else may have printed what is shown, or a part of it.
        line.partial = true;
        line.identity.hide();
        line.resource.hide();
    }
    line
}

/// True for a line in which one of the cmdlets stands as a word.
pub(super) fn is_in(line: &str) -> bool {
    tokens(line).iter().filter_map(Token::word).any(|word| cmdlet(word).is_some())
}

/// True for a line that begins with one of the cmdlets.
pub(super) fn begins(line: &str) -> bool {
    tokens(line).first().and_then(Token::word).is_some_and(|word| cmdlet(word).is_some())
}

fn cmdlet(word: &Word) -> Option<&'static str> {
    let name = word.text.rsplit_once('\\').map_or(word.text.as_str(), |(_, name)| name);
    CMDLETS.into_iter().find(|cmdlet| !word.quoted && cmdlet.eq_ignore_ascii_case(name))
}

/// Where a cmdlet stands in its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Alone,
    Loop,
    Other,
}

/// By what stands before it.
fn place(before: &[Token]) -> Place {
    let mut before = before;
    // In a loop the turn's value may be kept first.
    while let [rest @ .., Token::Word(kept), Token::Word(sign), Token::Word(value), Token::End] = before
        && kept.text.starts_with('$')
        && sign.is("=")
        && value.text.starts_with('$')
    {
        before = rest;
    }
    match before {
        [] => Place::Alone,
        [rest @ .., Token::Open('{')] if begins_loop(rest) => Place::Loop,
        _ => Place::Other,
    }
}

fn begins_loop(before: &[Token]) -> bool {
    let is_loop = |token: &Token| {
        token.word().is_some_and(|word| ["ForEach-Object", "foreach", "%"].iter().any(|name| word.is(name)))
    };
    match before {
        [.., last] if is_loop(last) => true,
        // foreach ($one in $all) {
        [rest @ .., Token::Close] => {
            let open = rest.iter().rposition(|token| matches!(token, Token::Open('(')));
            open.and_then(|open| rest.get(open.checked_sub(1)?)).is_some_and(is_loop)
        }
        _ => false,
    }
}

/// How many tokens belong to the part of a pipeline that begins here.
fn part(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close if depth > 0 => depth -= 1,
            Token::Pipe | Token::End | Token::Close | Token::Redirect if depth == 0 => return at,
            Token::Word(_) | Token::Pipe | Token::End | Token::Close | Token::Redirect => {}
        }
    }
    tokens.len()
}

/// An argument, and how many tokens it takes.
fn argument(tokens: &[Token]) -> (Argument, usize) {
    match tokens {
        [Token::Word(word), ..] if word.open => (Argument::Hidden, 1),
        [Token::Word(word), ..] => (Argument::Text(word.text.clone()), 1),
        [Token::Open(_), rest @ ..] => {
            let inside = part_until_closed(rest);
            // (…).Name and (…)[0] are one value.
            let goes_on = |word: &&Word| word.text.starts_with(['.', '[']);
            let behind = rest.get(inside).and_then(Token::word).filter(goes_on);
            (Argument::Hidden, 1 + inside + usize::from(behind.is_some()))
        }
        _ => (Argument::Hidden, tokens.len().min(1)),
    }
}

fn part_until_closed(tokens: &[Token]) -> usize {
    let mut depth = 1_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close => depth -= 1,
            Token::Word(_) | Token::Pipe | Token::End | Token::Redirect => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// A parameter that is given in a command; `value` where it hangs on to the name.
fn parameter(token: &Token) -> Option<(&str, Option<Argument>)> {
    let word = token.word().filter(|word| word.dash)?;
    let name =
        word.text.strip_prefix('-').filter(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()))?;
    match name.split_once(':') {
        None | Some((_, "")) => Some((name.trim_end_matches(':'), None)),
        Some(_) if word.open => Some((name.split(':').next().unwrap_or(name), Some(Argument::Hidden))),
        Some((name, value)) => Some((name, Some(Argument::Text(value.to_owned())))),
    }
}

/// True when `typed` means the parameter `whole` and none of `others`: a parameter may be shortened.
fn means(typed: &str, whole: &str, others: &[&str]) -> bool {
    let begins = |name: &str| name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed));
    typed.eq_ignore_ascii_case(whole) || (begins(whole) && !others.iter().any(|other| begins(other)))
}

impl CommandLine {
    /// Takes the arguments of the cmdlet itself. What is not known to leave nothing out, may.
    fn take(&mut self, name: &str, arguments: &[Token]) {
        let mut rest = arguments;
        while let Some((first, behind)) = rest.split_first() {
            let Some((typed, given)) = parameter(first) else {
                let (value, length) = argument(rest);
                rest = rest.get(length..).unwrap_or_default();
                self.take_unnamed(name, value);
                continue;
            };
            rest = behind;
            if ["verbose", "debug", "vb", "db"].iter().any(|switch| typed.eq_ignore_ascii_case(switch)) {
                continue;
            }
            let value = given.unwrap_or_else(|| match rest.first() {
                Some(next) if parameter(next).is_none() => {
                    let (value, length) = argument(rest);
                    rest = rest.get(length..).unwrap_or_default();
                    value
                }
                Some(_) | None => Argument::Hidden,
            });
            self.take_named(name, typed, value);
        }
    }

    fn take_unnamed(&mut self, name: &str, value: Argument) {
        if name == "Test-ApplicationAccessPolicy" || self.identity != Argument::Missing {
            self.partial = true;
        } else {
            self.identity = value;
        }
    }

    fn take_named(&mut self, name: &str, typed: &str, value: Argument) {
        let is = |whole: &str, others: &[&str]| means(typed, whole, others);
        let takes_size = ["Get-DistributionGroupMember", "Get-DistributionGroup", "Get-Recipient"].contains(&name);
        if is("Identity", &["InformationAction", "InformationVariable", "IgnoreDefaultScope"]) {
            self.identity = value;
        } else if name == "Test-ApplicationAccessPolicy" && is("AppId", &[]) {
            self.app_id = value.text().map(str::to_owned);
        } else if name == "Test-ServicePrincipalAuthorization" && is("Resource", &[]) {
            self.resource = value;
        } else if name == "Get-ManagementRoleAssignment" && is("RoleAssignee", &["Role"]) && !is("Role", &[]) {
            self.assignee = value;
        } else if takes_size && is("ResultSize", &["RecipientType", "ReadFromDomainController"]) {
            self.result_size = value;
        } else if ["erroraction", "ea", "warningaction", "wa"].contains(&typed.to_ascii_lowercase().as_str()) {
            // What goes wrong is not shown otherwise.
            let shows = |word: &str| ["stop", "continue", "inquire"].contains(&word.to_ascii_lowercase().as_str());
            self.partial |= !value.text().is_some_and(shows);
        } else {
            let common =
                |(whole, short): &(&str, &str)| typed.eq_ignore_ascii_case(whole) || typed.eq_ignore_ascii_case(short);
            self.partial |= !COMMON.iter().any(common);
        }
    }

    /// Takes what follows the cmdlet and its arguments; false when something else may have printed, too.
    fn follow(&mut self, tokens: &[Token], in_loop: bool) -> bool {
        let (mut rest, mut open) = (tokens, in_loop);
        while let Some((first, behind)) = rest.split_first() {
            match first {
                Token::Pipe => {
                    let end = part(behind);
                    self.pass(behind.get(..end).unwrap_or_default());
                    rest = behind.get(end..).unwrap_or_default();
                }
                Token::Close if open => {
                    open = false;
                    rest = behind;
                }
                Token::Redirect => {
                    self.partial = true;
                    return true;
                }
                Token::End => rest = behind,
                Token::Close | Token::Open(_) | Token::Word(_) => return false,
            }
        }
        true
    }

    /// Takes a further part of the pipeline, which may let only some of the objects pass.
    fn pass(&mut self, stage: &[Token]) {
        let Some((first, arguments)) = stage.split_first() else { return };
        let is = |names: &[&str]| first.word().is_some_and(|word| names.iter().any(|name| word.is(name)));
        let named: Vec<&str> = arguments.iter().filter_map(parameter).map(|(name, _)| name).collect();
        let only = |allowed: &[&str]| named.iter().all(|name| allowed.iter().any(|whole| means(name, whole, &[])));
        let shows_all = if is(&["Format-List", "fl", "Format-Table", "ft", "Format-Custom", "fc", "Format-Wide", "fw"])
            || is(&["ConvertTo-Json", "Out-String", "Out-Default", "Tee-Object", "tee"])
        {
            true
        } else if is(&["Select-Object", "select"]) {
            // Columns alone; -Expand… and whatever counts rows does more.
            only(&["Property"]) || named.iter().all(|name| name.eq_ignore_ascii_case("ExcludeProperty"))
        } else if is(&["Sort-Object", "sort"]) {
            only(&["Property", "Descending"])
        } else if is(&["Out-Host", "oh"]) {
            named.is_empty()
        } else if is(&["Where-Object", "where", "?"])
            && let Some(filter) = equality(arguments)
        {
            self.filters.push(filter);
            true
        } else {
            false
        };
        self.partial |= !shows_all;
    }
}

/// The property and the value of `{ $_.AppId -eq '…' }` or `AppId -eq '…'`.
fn equality(condition: &[Token]) -> Option<(String, String)> {
    let ([Token::Open('{'), words @ .., Token::Close] | words) = condition;
    let [Token::Word(property), Token::Word(operator), Token::Word(value)] = words else { return None };
    let name = property.text.strip_prefix("$_.").unwrap_or(&property.text);
    let plain = name.chars().all(|character| character.is_ascii_alphanumeric());
    let equal = operator.is("-eq") || operator.is("-ieq");
    (plain && equal && !value.open).then(|| (name.to_ascii_lowercase(), value.text.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Argument {
        Argument::Text(value.to_owned())
    }

    #[test]
    fn a_command_says_what_it_was_asked() {
        let found = parse("test-applicationaccesspolicy -Identity 'a@b.com' -AppId 1 | fl");
        assert_eq!(found.cmdlet, Some("Test-ApplicationAccessPolicy"));
        assert_eq!((found.identity, found.app_id.as_deref()), (text("a@b.com"), Some("1")));
        assert_eq!(parse("Get-DistributionGroupMember -Identity g").cmdlet, Some("Get-DistributionGroupMember"));
        for behind in ["| x -Identity b@b.com", "; x -Identity b@b.com", "} -Identity b@b.com"] {
            let found = parse(&format!("Test-ApplicationAccessPolicy -AppId 1 {behind}"));
            assert_eq!((found.identity, found.app_id.as_deref()), (Argument::Missing, Some("1")), "{behind}");
            assert!(found.partial, "{behind}");
        }
        assert_eq!(parse("Test-ApplicationAccessPolicy -Identity $_ -AppId 1").identity, Argument::Hidden);
        assert!(is_in("PS> $x = Get-Recipient a") && !is_in("Get-ServicePrincipals") && !is_in("AppId : 1"));
        assert!(begins("Get-Recipient a") && !begins("x | Get-Recipient"));
        assert_eq!(parse("Get-ServicePrincipals"), CommandLine::default());
    }

    #[test]
    fn arguments_are_known_by_place_and_by_shortened_names() {
        for (typed, identity, resource) in [
            ("Test-ServicePrincipalAuthorization p -Resource a", text("p"), text("a")),
            ("Test-ServicePrincipalAuthorization -id p -res:a", text("p"), text("a")),
            ("Test-ServicePrincipalAuthorization -Identity: p -Resource (x y).z", text("p"), Argument::Hidden),
            ("Test-ServicePrincipalAuthorization -Resource $a", Argument::Missing, Argument::Hidden),
            ("Test-ServicePrincipalAuthorization p -Resource:$a", text("p"), Argument::Hidden),
            ("Test-ServicePrincipalAuthorization -Identity -Resource a", Argument::Hidden, text("a")),
            ("Test-ServicePrincipalAuthorization p -Other a", text("p"), Argument::Missing),
            ("Test-ServicePrincipalAuthorization p -Resource a; x", Argument::Hidden, Argument::Hidden),
            ("x; Test-ServicePrincipalAuthorization p -Resource a", Argument::Hidden, Argument::Hidden),
            ("p | % { Test-ServicePrincipalAuthorization p -Resource $_ }", text("p"), Argument::Hidden),
            ("foreach ($a in $b) { Test-ServicePrincipalAuthorization p -Resource q }", text("p"), text("q")),
            ("if ($a) { Test-ServicePrincipalAuthorization p -Resource q }", Argument::Hidden, Argument::Hidden),
            ("Test-ServicePrincipalAuthorization (Get-ServicePrincipal p).Id", Argument::Hidden, Argument::Missing),
        ] {
            let found = parse(typed);
            assert_eq!(found.cmdlet, Some("Test-ServicePrincipalAuthorization"), "{typed}");
            assert_eq!((found.identity, found.resource), (identity, resource), "{typed}");
        }
    }

    #[test]
    fn what_stands_in_brackets_is_one_argument() {
        for (typed, taken) in [
            ("a b", 1),
            ("$a b", 1),
            ("(a) b", 3),
            ("(a).b c", 4),
            ("(a (b c) d)[0] e", 9),
            ("(a | b; c > d) (e)", 9),
            ("{ a } b", 3),
            ("(a", 2),
            ("| a", 1),
            ("", 0),
        ] {
            assert_eq!(argument(&tokens(typed)).1, taken, "{typed}");
        }
        let found = parse("Test-ServicePrincipalAuthorization -Resource (a -Identity q).b -Identity p -Verbose");
        assert_eq!((found.identity, found.resource, found.partial), (text("p"), Argument::Hidden, false));
    }

    #[test]
    fn only_what_is_known_to_show_everything_does() {
        for typed in [
            "Get-ManagementRoleAssignment",
            "ExchangeOnlineManagement\\Get-ManagementRoleAssignment -RoleAssignee a",
            "Get-ManagementRoleAssignment -ErrorAction Stop -Verbose -ov x | Format-List Name, Role",
            "Get-ManagementRoleAssignment | select Name,Role | sort Name -Descending | ConvertTo-Json -Depth 4",
            "Get-ManagementRoleAssignment | select -Property @{ Name = 'a'; Expression = { $a } }, 'b' | Out-String -Width 9",
            "Get-ManagementRoleAssignment | where Name -eq a | fl;",
            "'a' | ForEach-Object { $asked = $_; Get-ManagementRoleAssignment | select Name } | ConvertTo-Json",
        ] {
            assert!(!parse(typed).partial, "{typed}");
        }
        for typed in [
            "Get-ManagementRoleAssignment -RoleAssigneeT User",
            "Get-ManagementRoleAssignment -Role a",
            "Get-ManagementRoleAssignment -Ro a",
            "Get-ManagementRoleAssignment a b",
            "Get-ManagementRoleAssignment -ResultSize 5",
            "Get-DistributionGroupMember g -Other 5",
            "Test-ServicePrincipalAuthorization p -Other a",
            "Get-ManagementRoleAssignment }",
            "Get-ManagementRoleAssignment -ea 0",
            "Get-ManagementRoleAssignment > a.txt",
            "Get-ManagementRoleAssignment | where Name -like a",
            "Get-ManagementRoleAssignment | select -f 1",
            "Get-ManagementRoleAssignment | select -ExpandProperty Role",
            "Get-ManagementRoleAssignment | sort -u Role",
            "'a' | % { Get-ManagementRoleAssignment } | select -Last 1",
            "Test-ApplicationAccessPolicy a@b.com",
        ] {
            assert!(parse(typed).partial, "{typed}");
        }
        let found = parse("Get-ServicePrincipal | Where-Object { $_.AppId -eq 'x' } | fl");
        assert_eq!(found.filters, [("appid".to_owned(), "x".to_owned())]);
        assert_eq!(parse("Get-DistributionGroupMember g -Res 10").result_size, text("10"));
    }
}
