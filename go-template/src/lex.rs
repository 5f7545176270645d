//! Cuts a template into tokens, as Go's lexer does.

use crate::error::Fault;
use crate::unicode::{is_digit, is_letter};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Outside of actions.
    Text,
    /// `{{`, with its trim marker
    LeftDelim,
    /// `}}`, with its trim marker
    RightDelim,
    /// White space inside an action.
    Space,
    /// `true` and `false`
    Bool,
    /// `'x'`, `12`, `1+2i`
    Number,
    /// `"…"` and `` `…` ``
    Str,
    /// `.name`
    Field,
    /// `$` and `$name`
    Variable,
    /// A function's name.
    Identifier,
    /// `.`
    Dot,
    /// `nil`
    Nil,
    /// `|`
    Pipe,
    /// `=`
    Assign,
    /// `:=`
    Declare,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `,`
    Comma,
    /// Another printable character, which fits nowhere.
    Char,
    /// `if`, `range` and the like.
    Keyword(Keyword),
    /// The end.
    Eof,
}

/// The words that are no functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

/// A token: what it is, where it starts, and its text.
#[derive(Debug, Clone, Copy)]
pub struct Token<'t> {
    /// What it is.
    pub kind: Kind,
    /// Its first byte in the template.
    pub at: usize,
    /// Its text.
    pub text: &'t str,
}

/// A template that can't be cut into tokens: where, and why.
pub type LexError = (usize, Fault);

const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// All tokens, the last of them [`Kind::Eof`]. Comments and what markers trim are left out.
pub fn tokens(text: &str) -> Result<Vec<Token<'_>>, LexError> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    while lexer.text_and_delimiter()? {
        lexer.action()?;
    }
    lexer.push(Kind::Eof, lexer.at);
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token<'t>>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn accept(&mut self, allowed: &str) -> bool {
        let accepted = self.peek().is_some_and(|next| allowed.contains(next));
        self.at += usize::from(accepted);
        accepted
    }

    fn accept_run(&mut self, allowed: &str) {
        while self.accept(allowed) {}
    }

    /// A token from `from` up to here.
    fn push(&mut self, kind: Kind, from: usize) {
        self.tokens.push(Token { kind, at: from, text: &self.text[from..self.at] });
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches(SPACES).len();
    }

    /// Text and comments up to the next action, and its delimiter; false at the end of the template.
    fn text_and_delimiter(&mut self) -> Result<bool, LexError> {
        loop {
            let start = self.at;
            let Some(length) = self.rest().find("{{") else {
                self.at = self.text.len();
                if start < self.at {
                    self.push(Kind::Text, start);
                }
                return Ok(false);
            };
            let delimiter = start + length;
            let marked = has_left_marker(&self.text[delimiter + 2..]);
            let mut text = &self.text[start..delimiter];
            if marked {
                text = text.trim_end_matches(SPACES);
            }
            if !text.is_empty() {
                self.tokens.push(Token { kind: Kind::Text, at: start, text });
            }
            self.at = delimiter + if marked { 4 } else { 2 };
            if !self.rest().starts_with("/*") {
                self.tokens.push(Token { kind: Kind::LeftDelim, at: delimiter, text: "{{" });
                return Ok(true);
            }
            self.comment(delimiter)?;
        }
    }

    fn comment(&mut self, from: usize) -> Result<(), LexError> {
        // The end is looked for behind `/*`, so that `/*/` is none.
        let length = self.text[self.at + 2..].find("*/");
        let length = length.ok_or((from, Fault::new("the comment is not closed")))?;
        self.at += length + 4;
        match self.right_delimiter() {
            Some(trim) => {
                self.pass_delimiter(trim);
                Ok(())
            }
            None => Err((from, Fault::new("the comment ends before the closing delimiter"))),
        }
    }

    /// Whether the action ends here, and if so, whether a marker trims what follows.
    fn right_delimiter(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_marker(rest) && rest[2..].starts_with("}}") {
            return Some(true);
        }
        rest.starts_with("}}").then_some(false)
    }

    fn pass_delimiter(&mut self, trim: bool) {
        self.at += if trim { 4 } else { 2 };
        if trim {
            self.skip_spaces();
        }
    }

    /// The tokens of an action, with its closing delimiter.
    fn action(&mut self) -> Result<(), LexError> {
        let mut parentheses: usize = 0;
        loop {
            let start = self.at;
            if let Some(trim) = self.right_delimiter() {
                if parentheses > 0 {
                    return Err((start, Fault::new("a parenthesis is not closed")));
                }
                self.tokens.push(Token { kind: Kind::RightDelim, at: start, text: "}}" });
                self.pass_delimiter(trim);
                return Ok(());
            }
            let fault = |words| (start, Fault::new(words));
            let kind = match self.next().ok_or(fault("the action is not closed"))? {
                space if SPACES.contains(&space) => {
                    self.at = start;
                    self.spaces();
                    Kind::Space
                }
                '=' => Kind::Assign,
                ':' if self.accept("=") => Kind::Declare,
                ':' => return Err(fault("expected :=")),
                '|' => Kind::Pipe,
                '(' => {
                    parentheses += 1;
                    Kind::LeftParen
                }
                ')' => {
                    parentheses = parentheses.checked_sub(1).ok_or(fault("a parenthesis closes nothing"))?;
                    Kind::RightParen
                }
                '"' => self.quoted('"', Kind::Str, fault("the string is not closed"))?,
                '\'' => self.quoted('\'', Kind::Number, fault("the character constant is not closed"))?,
                '`' => {
                    let length = self.rest().find('`');
                    self.at += length.ok_or(fault("the raw string is not closed"))? + 1;
                    Kind::Str
                }
                '$' => self.name(Kind::Variable, Kind::Variable)?,
                '.' if !self.peek().is_none_or(|next| next.is_ascii_digit()) => {
                    self.name(Kind::Dot, Kind::Field)?
                }
                '.' | '+' | '-' | '0'..='9' => {
                    self.at = start;
                    self.number()?
                }
                ',' => Kind::Comma,
                letter if is_alphanumeric(letter) => {
                    self.name(Kind::Identifier, Kind::Identifier)?;
                    word(&self.text[start..self.at])
                }
                other if other.is_ascii_graphic() => Kind::Char,
                _ => return Err(fault("a character that fits nowhere in an action")),
            };
            self.push(kind, start);
        }
    }

    /// White space, except what belongs to a marker that closes the action.
    fn spaces(&mut self) {
        while self.right_delimiter().is_none() && self.peek().is_some_and(|next| SPACES.contains(&next)) {
            self.next();
        }
    }

    fn quoted(&mut self, quote: char, kind: Kind, unclosed: LexError) -> Result<Kind, LexError> {
        loop {
            match self.next() {
                None | Some('\n') => return Err(unclosed),
                Some('\\') if matches!(self.next(), None | Some('\n')) => return Err(unclosed),
                Some(next) if next == quote => return Ok(kind),
                Some(_) => {}
            }
        }
    }

    /// The rest of a name: `bare` if there is none.
    fn name(&mut self, bare: Kind, named: Kind) -> Result<Kind, LexError> {
        let start = self.at;
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
        let ends = match self.peek() {
            None | Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(next) => SPACES.contains(&next) || self.rest().starts_with("}}"),
        };
        if !ends {
            return Err((self.at, Fault::new("a character that fits nowhere in a name")));
        }
        Ok(if self.at == start { bare } else { named })
    }

    fn number(&mut self) -> Result<Kind, LexError> {
        let fault = (self.at, Fault::new("the number is malformed"));
        if !self.scan_number() {
            return Err(fault);
        }
        let first = self.at;
        if matches!(self.peek(), Some('+' | '-'))
            && (!self.scan_number() || !self.text[first..self.at].ends_with('i'))
        {
            return Err(fault);
        }
        Ok(Kind::Number)
    }

    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        !self.peek().is_some_and(is_alphanumeric)
    }
}

fn has_left_marker(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| rest.starts_with(SPACES))
}

fn has_right_marker(text: &str) -> bool {
    text.strip_prefix(SPACES).is_some_and(|rest| rest.starts_with('-'))
}

fn is_alphanumeric(char: char) -> bool {
    char == '_' || is_letter(char) || is_digit(char)
}

fn word(word: &str) -> Kind {
    Kind::Keyword(match word {
        "block" => Keyword::Block,
        "break" => Keyword::Break,
        "continue" => Keyword::Continue,
        "define" => Keyword::Define,
        "else" => Keyword::Else,
        "end" => Keyword::End,
        "if" => Keyword::If,
        "range" => Keyword::Range,
        "template" => Keyword::Template,
        "with" => Keyword::With,
        "nil" => return Kind::Nil,
        "true" | "false" => return Kind::Bool,
        _ => return Kind::Identifier,
    })
}
