//! Reads PowerShell twice: token by token as its own parser does it, and as a tree for commands and parameters.
#![expect(clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

/// A piece of a script as far as quoting is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A single-quoted string, with its value.
    Single(String),
    /// A double-quoted string, as it stands.
    Double(String),
    /// A comment.
    Comment(String),
    /// Everything else.
    Code(String),
}

/// Splits a script at its strings and comments; the error says what is not closed.
pub(crate) fn tokens(script: &str) -> Result<Vec<Token>, String> {
    let mut reader = Reader { characters: script.trim_start_matches('\u{feff}').chars().collect(), at: 0 };
    let tokens = reader.code(None)?;
    Ok(tokens)
}

/// The single-quoted strings of a script.
pub(crate) fn literals(script: &str) -> Result<Vec<String>, String> {
    let strings = tokens(script)?.into_iter().filter_map(|token| match token {
        Token::Single(value) => Some(value),
        Token::Double(_) | Token::Comment(_) | Token::Code(_) => None,
    });
    Ok(strings.collect())
}

/// A script without the values of its single-quoted strings: what PowerShell would do, whatever the values are.
pub(crate) fn skeleton(script: &str) -> Result<Vec<Token>, String> {
    let blank = |token| match token {
        Token::Single(_) => Token::Single(String::new()),
        other @ (Token::Double(_) | Token::Comment(_) | Token::Code(_)) => other,
    };
    Ok(tokens(script)?.into_iter().map(blank).collect())
}

fn is_single(character: char) -> bool {
    matches!(character, '\'' | '\u{2018}'..='\u{201B}')
}

fn is_double(character: char) -> bool {
    matches!(character, '"' | '\u{201C}'..='\u{201E}')
}

struct Reader {
    characters: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn code(&mut self, until: Option<char>) -> Result<Vec<Token>, String> {
        let mut tokens = Vec::new();
        let mut code = String::new();
        let mut depth = 0_usize;
        while let Some(character) = self.peek(0) {
            if until == Some(character) && depth == 0 {
                flush(&mut tokens, &mut code);
                return Ok(tokens);
            }
            let fresh = code.chars().last().is_none_or(|last| last.is_whitespace() || ";(){}|,&".contains(last));
            match character {
                '@' if self.peek(1).is_some_and(|c| is_single(c) || is_double(c)) => {
                    flush(&mut tokens, &mut code);
                    tokens.push(self.here_string()?);
                }
                _ if is_single(character) => {
                    flush(&mut tokens, &mut code);
                    tokens.push(self.single()?);
                }
                _ if is_double(character) => {
                    flush(&mut tokens, &mut code);
                    tokens.push(self.double()?);
                }
                '<' if self.peek(1) == Some('#') => {
                    flush(&mut tokens, &mut code);
                    tokens.push(self.block_comment()?);
                }
                '#' if fresh => {
                    flush(&mut tokens, &mut code);
                    tokens.push(self.line_comment());
                }
                _ => {
                    match character {
                        '(' => depth += 1,
                        ')' => depth = depth.saturating_sub(1),
                        '`' => {
                            code.push(character);
                            self.at += 1;
                        }
                        _ => {}
                    }
                    code.extend(self.peek(0));
                    self.at += 1;
                }
            }
        }
        flush(&mut tokens, &mut code);
        if until.is_some() { Err("a subexpression is not closed".into()) } else { Ok(tokens) }
    }

    fn single(&mut self) -> Result<Token, String> {
        self.at += 1;
        let mut value = String::new();
        while let Some(character) = self.peek(0) {
            self.at += 1;
            if !is_single(character) {
                value.push(character);
            } else if self.peek(0).is_some_and(is_single) {
                // Any two quotes in a row are one, the first of them.
                value.push(character);
                self.at += 1;
            } else {
                return Ok(Token::Single(value));
            }
        }
        Err("a single-quoted string is not closed".into())
    }

    fn double(&mut self) -> Result<Token, String> {
        let start = self.at;
        self.at += 1;
        while let Some(character) = self.peek(0) {
            self.at += 1;
            match character {
                '`' => self.at += 1,
                '$' if self.peek(0) == Some('(') => {
                    self.at += 1;
                    self.code(Some(')'))?;
                    self.at += 1;
                }
                _ if is_double(character) => {
                    if self.peek(0).is_some_and(is_double) {
                        self.at += 1;
                    } else {
                        return Ok(Token::Double(self.characters[start..self.at].iter().collect()));
                    }
                }
                _ => {}
            }
        }
        Err("a double-quoted string is not closed".into())
    }

    fn here_string(&mut self) -> Result<Token, String> {
        let single = self.peek(1).is_some_and(is_single);
        let rest: String = self.characters[self.at..].iter().collect();
        let end = if single { "\n'@" } else { "\n\"@" };
        let (body, _) = rest.split_once(end).ok_or("a here-string is not closed")?;
        let value = body.split_once('\n').map_or("", |(_, value)| value).to_owned();
        self.at += body.chars().count() + 3;
        Ok(if single { Token::Single(value) } else { Token::Double(value) })
    }

    fn block_comment(&mut self) -> Result<Token, String> {
        let rest: String = self.characters[self.at..].iter().collect();
        let end = rest.find("#>").ok_or("a comment is not closed")? + 2;
        self.at += rest[..end].chars().count();
        Ok(Token::Comment(rest[..end].to_owned()))
    }

    fn line_comment(&mut self) -> Token {
        let mut text = String::new();
        while let Some(character) = self.peek(0).filter(|character| !matches!(character, '\r' | '\n')) {
            text.push(character);
            self.at += 1;
        }
        Token::Comment(text)
    }
}

fn flush(tokens: &mut Vec<Token>, code: &mut String) {
    if !code.is_empty() {
        tokens.push(Token::Code(std::mem::take(code)));
    }
}

/// A command of a script with the names of its parameters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Command {
    pub(crate) name: String,
    pub(crate) parameters: BTreeSet<String>,
}

/// What the grammar makes of a script; the error quotes the first place it cannot read.
pub(crate) fn commands(script: &str) -> Result<Vec<Command>, String> {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_pwsh::LANGUAGE.into()).unwrap();
    let tree = parser.parse(script, None).unwrap();
    let mut found = Vec::new();
    let mut waiting = vec![tree.root_node()];
    while let Some(node) = waiting.pop() {
        if node.is_error() || node.is_missing() {
            let text: String = script[node.byte_range()].chars().take(200).collect();
            return Err(format!("line {}: {} {text}", node.start_position().row + 1, node.kind()));
        }
        if node.kind() == "command" {
            found.push(command(node, script));
        }
        let mut cursor = node.walk();
        waiting.extend(node.children(&mut cursor));
    }
    Ok(found)
}

/// The names of the functions a script defines.
pub(crate) fn functions(script: &str) -> BTreeSet<String> {
    let names = script.lines().filter_map(|line| line.strip_prefix("function "));
    names.map(|rest| rest.split(['(', ' ', '{']).next().unwrap().to_owned()).collect()
}

fn command(node: tree_sitter::Node<'_>, script: &str) -> Command {
    let text = |node: tree_sitter::Node<'_>| script[node.byte_range()].trim().to_owned();
    let name = node.child_by_field_name("command_name").map(text).unwrap_or_default();
    let mut parameters = BTreeSet::new();
    if let Some(elements) = node.child_by_field_name("command_elements") {
        let mut cursor = elements.walk();
        for child in elements.children(&mut cursor).filter(|child| child.kind() == "command_parameter") {
            let parameter = text(child);
            let parameter = parameter.split(':').next().unwrap().trim_start_matches('-');
            parameters.insert(parameter.to_owned());
        }
    }
    Command { name, parameters }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::fixture_lines;

    /// Microsoft's own parser says what each of these scripts is; the token reader must agree about the strings.
    #[test]
    fn the_token_reader_agrees_with_microsofts_parser() {
        for case in fixture_lines(include_str!("../fixtures/ps-parse-golden.jsonl")) {
            let script = case["script"].as_str().unwrap();
            let broken = case["errors"].as_array().unwrap().iter().any(|err| err == "TerminatorExpectedAtEndOfString");
            let read = literals(script);
            assert_eq!(read.is_err(), broken, "{}: {read:?}", case["name"]);
            // Strings inside an array, a hashtable or an assignment are not listed in the golden file.
            let listed = ["array", "splat", "here-string"].iter().all(|name| case["name"] != *name);
            if let (Ok(read), true) = (read, listed) {
                let commands = case["commands"].as_array().unwrap();
                let elements = commands.iter().flat_map(|command| command["elements"].as_array().unwrap());
                let expected: Vec<&str> = elements
                    .filter(|element| element["quote"] == "SingleQuoted")
                    .map(|element| element["value"].as_str().unwrap())
                    .collect();
                assert_eq!(read, expected, "{}", case["name"]);
            }
        }
    }
}
