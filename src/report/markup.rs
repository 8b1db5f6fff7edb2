//! Builds HTML, SVG and XML. Only words written in this program's source get in as they are; everything else is
//! escaped, because there is no other way in.

use std::fmt::Write as _;

use super::inert::{shown_text, shown_value};

/// A piece of markup under construction.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Markup that stands in the source.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// A sentence: inert and escaped.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.escape(&shown_text(text))
    }

    /// A name, an address or an id: inert, escaped and of a bearable length.
    pub(super) fn value(&mut self, text: &str) -> &mut Self {
        self.escape(&shown_value(text))
    }

    /// An address, which may be broken after its `@` before it is broken anywhere else.
    pub(super) fn address(&mut self, text: &str) -> &mut Self {
        let shown = shown_value(text);
        match shown.split_once('@') {
            Some((name, domain)) => self.escape(name).raw("@<wbr />").escape(domain),
            None => self.escape(&shown),
        }
    }

    fn escape(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// An attribute with its value, and a space before it.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.0.push(' ');
        self.raw(name).raw("=\"").text(value).raw("\"")
    }

    /// An attribute with a number, to a tenth.
    pub(super) fn number(&mut self, name: &'static str, value: f64) -> &mut Self {
        // Writing to a text cannot fail.
        let _infallible = write!(self.0, " {name}=\"{value:.1}\"").is_err();
        self
    }

    /// Markup that was built in the same way.
    pub(super) fn part(&mut self, part: &Self) -> &mut Self {
        self.0.push_str(&part.0);
        self
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}
