//! A command as it was typed, cut into PowerShell's words and signs.

/// A word, quotes and escapes taken off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Word {
    pub(super) text: String,
    /// True when it begins with a dash that is not quoted, so that it names a parameter or an operator.
    pub(super) dash: bool,
    /// True when quotes stand in it.
    pub(super) quoted: bool,
    /// True when a variable or a list stands in it, so that the text is not what the command was given.
    pub(super) open: bool,
}

impl Word {
    /// True for this command, parameter or sign, which quotes would make a mere text.
    pub(super) fn is(&self, name: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(name)
    }
}

/// A part of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// `|`
    Pipe,
    /// The end of a statement.
    End,
    /// `(` or `{`, whatever stands before it.
    Open(char),
    /// `)` or `}`
    Close,
    /// Output that goes elsewhere: `>`.
    Redirect,
}

impl Token {
    pub(super) fn word(&self) -> Option<&Word> {
        match self {
            Self::Word(word) => Some(word),
            Self::Pipe | Self::End | Self::Open(_) | Self::Close | Self::Redirect => None,
        }
    }
}

/// The words and signs of `text`, which may have several lines.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut cutter = Cutter::default();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (cutter.quote, character) {
            (Some(quote), _) => cutter.quoted(quote, character, &mut characters),
            (None, '`') => cutter.escaped(characters.next()),
            (None, _) if cutter.is_idle() && character == '#' => {
                while characters.next_if(|next| *next != '\n').is_some() {}
            }
            (None, _) => cutter.plain(character, &mut characters),
        }
    }
    cutter.end_word();
    cutter.tokens
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Single,
    Double,
}

/// PowerShell takes the quotes that word processors make for quotes, too.
fn quote(character: char) -> Option<Quote> {
    match character {
        '\'' | '\u{2018}'..='\u{201b}' => Some(Quote::Single),
        '"' | '\u{201c}'..='\u{201e}' => Some(Quote::Double),
        _ => None,
    }
}

#[derive(Default)]
struct Cutter {
    tokens: Vec<Token>,
    word: Option<Word>,
    quote: Option<Quote>,
}

impl Cutter {
    fn is_idle(&self) -> bool {
        self.word.is_none()
    }

    fn end_word(&mut self) {
        self.tokens.extend(self.word.take().map(Token::Word));
    }

    fn sign(&mut self, token: Token) {
        self.end_word();
        self.tokens.push(token);
    }

    fn push(&mut self, character: char) {
        self.word.get_or_insert_default().text.push(character);
    }

    fn quoted(&mut self, end: Quote, character: char, characters: &mut Characters<'_>) {
        if quote(character) == Some(end) {
            // Doubled, it stands for itself.
            match characters.next_if(|next| quote(*next) == Some(end)) {
                Some(_) => self.push(character),
                None => self.quote = None,
            }
        } else if end == Quote::Double && character == '`' {
            self.escaped(characters.next());
        } else {
            if end == Quote::Double && character == '$' {
                self.word.get_or_insert_default().open = true;
            }
            self.push(character);
        }
    }

    fn escaped(&mut self, character: Option<char>) {
        match character {
            // The command goes on in the next line.
            Some('\n') | None => {
                if self.quote.is_none() {
                    self.end_word();
                }
            }
            Some(character) => self.push(character),
        }
    }

    fn plain(&mut self, character: char, characters: &mut Characters<'_>) {
        match character {
            '|' if characters.next_if_eq(&'|').is_some() => self.sign(Token::End),
            '|' => {
                self.end_word();
                // A line may begin with the pipe that goes on from the line before.
                self.tokens.pop_if(|last| *last == Token::End);
                self.tokens.push(Token::Pipe);
            }
            ';' | '&' => self.sign(Token::End),
            '>' | '<' => self.sign(Token::Redirect),
            '(' | '{' => self.opened(character),
            ')' | '}' => self.sign(Token::Close),
            '\n' => {
                self.end_word();
                if !matches!(self.tokens.last(), None | Some(Token::Pipe | Token::Open(_) | Token::End)) {
                    self.tokens.push(Token::End);
                }
            }
            _ if character.is_whitespace() => self.end_word(),
            _ => match quote(character) {
                Some(quote) => {
                    self.word.get_or_insert_default().quoted = true;
                    self.quote = Some(quote);
                }
                None => self.letter(character),
            },
        }
    }

    fn opened(&mut self, bracket: char) {
        // `@{`, `@(` and `$(` are one sign each.
        self.word.take_if(|word| word.text == "@" || word.text == "$");
        self.sign(Token::Open(bracket));
    }

    fn letter(&mut self, character: char) {
        let is_dash = matches!(character, '-' | '\u{2013}'..='\u{2015}');
        let first = self.word.is_none();
        let word = self.word.get_or_insert_default();
        word.dash |= first && is_dash;
        word.open |= matches!(character, '$' | ',') || (first && character == '@');
        word.text.push(if first && is_dash { '-' } else { character });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as `text`, `?` behind an open one, and signs.
    fn shown(text: &str) -> Vec<String> {
        let show = |token: &Token| match token {
            Token::Word(word) => format!("{}{}", word.text, if word.open { "?" } else { "" }),
            Token::Pipe => "|".to_owned(),
            Token::End => ";".to_owned(),
            Token::Open(bracket) => bracket.to_string(),
            Token::Close => ")".to_owned(),
            Token::Redirect => ">".to_owned(),
        };
        tokens(text).iter().map(show).collect()
    }

    #[test]
    fn a_command_is_cut_as_powershell_cuts_it() {
        for (text, expected) in [
            ("a -B:c 'd e'", "a,-B:c,d e"),
            ("a \u{2013}B \u{201c}d e\u{201d}", "a,-B,d e"),
            ("a 'it''s' \"say \"\"x\"\"\" x`|y", "a,it's,say \"x\",x|y"),
            ("a \"$b\" '$b' $b b,c @d 'p@x' p@x", "a,$b?,$b,$b?,b,c?,@d?,p@x,p@x"),
            ("a \"`$b\"", "a,$b"),
            ("a|b;c", "a,|,b,;,c"),
            ("a || b && c", "a,;,b,;,;,c"),
            ("a @{ b = 1 } $(c) (d).e", "a,{,b,=,1,),(,c,),(,d,),.e"),
            ("a `\n b |\nc\n| d\ne # f\n\ng", "a,b,|,c,|,d,;,e,;,g"),
            ("a 2>&1 b", "a,2,>,;,1,b"),
            ("a#b #c", "a#b"),
            ("'open", "open"),
        ] {
            assert_eq!(shown(text).join(","), expected, "{text}");
        }
    }

    #[test]
    fn a_quoted_word_names_no_parameter() {
        let words: Vec<Word> = tokens("-A '-A' a-b").iter().filter_map(|token| token.word().cloned()).collect();
        assert_eq!(words.iter().map(|word| word.dash).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(words.iter().map(|word| word.is("-a")).collect::<Vec<_>>(), [true, false, false]);
    }
}
