//! `snakecase`, `kebabcase` and `camelcase`, as github.com/huandu/xstrings finds words.

use go_template::{runes, unicode};

fn is_connector(rune: char) -> bool {
    rune == '-' || rune == '_' || rune.is_whitespace()
}

/// A letter of a script that has spaces between words.
fn is_alphabetic(rune: char) -> bool {
    unicode::is_letter(rune)
        && !matches!(rune, '\u{3400}'..='\u{4d85}' | '\u{4e00}'..='\u{9fcc}' | '\u{20000}'..='\u{2b81d}')
}

fn continues_word(rune: char) -> bool {
    is_alphabetic(rune) && !unicode::is_upper(rune)
}

fn is_other(rune: char) -> bool {
    !is_connector(rune) && !is_alphabetic(rune) && !unicode::is_number(rune) && !unicode::is_punctuation(rune)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// No word at all, or bytes that are no UTF-8 up to the end.
    Nothing,
    Number,
    /// Upper case letters, or one and lower case after it.
    Upper,
    Alphabetic,
    Connector,
    Punctuation,
    Other,
}

impl Kind {
    fn is_letters_or_number(self) -> bool {
        matches!(self, Self::Alphabetic | Self::Number)
    }

    /// Whether it is set apart from the word before without a connector.
    fn stands_apart(self) -> bool {
        matches!(self, Self::Connector | Self::Punctuation)
    }
}

#[derive(Clone, Copy)]
struct Word<'t> {
    kind: Kind,
    text: &'t [u8],
}

/// A text from which words are taken.
struct Words<'t>(&'t [u8]);

impl<'t> Words<'t> {
    fn next(&mut self) -> Word<'t> {
        let (first, size) = valid_rune(self.0, runes::BAD);
        let after = &self.0[size..];
        let (kind, more) = match first {
            runes::BAD => (Kind::Nothing, 0),
            _ if is_connector(first) => (Kind::Connector, span(after, first, is_connector)),
            _ if unicode::is_punctuation(first) => {
                (Kind::Punctuation, span(after, first, unicode::is_punctuation))
            }
            _ if unicode::is_upper(first) => (Kind::Upper, after_upper(after, first)),
            _ if is_alphabetic(first) => (Kind::Alphabetic, span(after, first, continues_word)),
            _ if unicode::is_number(first) => (Kind::Number, span(after, first, unicode::is_number)),
            _ => (Kind::Other, span(after, first, is_other)),
        };
        let (text, rest) = self.0.split_at(size + more);
        self.0 = rest;
        Word { kind, text }
    }
}

/// The first rune that is UTF-8, and how many bytes go with it. Without one, all bytes go with the rune
/// before.
fn valid_rune(text: &[u8], before: char) -> (char, usize) {
    let mut size = 0;
    for (rune, bytes) in runes::all(text) {
        size += bytes.len();
        if rune != runes::BAD {
            return (rune, size);
        }
    }
    (before, size)
}

/// How many bytes at the start belong to runes of a class.
fn span(text: &[u8], before: char, class: impl Fn(char) -> bool) -> usize {
    let (mut end, mut last) = (0, before);
    while end < text.len() {
        let (rune, size) = valid_rune(&text[end..], last);
        if !class(rune) {
            break;
        }
        end += size;
        last = rune;
    }
    end
}

/// How many bytes belong to the word that an upper case letter begins.
fn after_upper(text: &[u8], first: char) -> usize {
    if !unicode::is_upper(valid_rune(text, first).0) {
        return span(text, first, continues_word);
    }
    let (mut end, mut last_size, mut last) = (0, 0, first);
    while end < text.len() {
        let (rune, size) = valid_rune(&text[end..], last);
        if !unicode::is_upper(rune) {
            // `HTTPStatus`: the `S` belongs to what follows.
            return if is_alphabetic(rune) { end - last_size } else { end };
        }
        end += size;
        last_size = size;
        last = rune;
    }
    end
}

/// The words in lower case, with a connector between them.
pub(super) fn joined(text: &[u8], connector: char) -> Vec<u8> {
    let mut out = Joined { bytes: Vec::with_capacity(text.len()), connector };
    let mut words = Words(text);
    let mut word = words.next();
    while !words.0.is_empty() {
        if word.kind != Kind::Connector {
            out.push(word);
        }
        let last = std::mem::replace(&mut word, words.next());
        match last.kind {
            Kind::Number => word = out.push_run(word, &mut words),
            Kind::Connector => out.push(last),
            Kind::Punctuation => {}
            _ if word.kind != Kind::Number => out.connect(word.kind),
            _ if words.0.is_empty() => {}
            _ => {
                let number = std::mem::replace(&mut word, words.next());
                if word.kind == Kind::Alphabetic {
                    // `HTTP2xx`: the number begins a word.
                    out.push_rune(connector);
                    out.push(number);
                    word = out.push_run(word, &mut words);
                } else {
                    // `Bld4Floor`: the number ends one.
                    out.push(number);
                    out.connect(word.kind);
                }
            }
        }
    }
    out.push(word);
    out.bytes
}

struct Joined {
    bytes: Vec<u8>,
    connector: char,
}

impl Joined {
    fn push_rune(&mut self, rune: char) {
        self.bytes.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// A connector, if one belongs before such a word.
    fn connect(&mut self, next: Kind) {
        if !next.stands_apart() {
            self.push_rune(self.connector);
        }
    }

    /// Letters and numbers as far as they go, and a connector if one belongs there. Gives the word after
    /// them.
    fn push_run<'t>(&mut self, mut word: Word<'t>, words: &mut Words<'t>) -> Word<'t> {
        while word.kind.is_letters_or_number() {
            self.push(word);
            word = words.next();
        }
        if word.kind != Kind::Nothing {
            self.connect(word.kind);
        }
        word
    }

    fn push(&mut self, word: Word<'_>) {
        if !matches!(word.kind, Kind::Upper | Kind::Connector) {
            self.bytes.extend_from_slice(word.text);
            return;
        }
        for (rune, _) in runes::all(word.text) {
            if is_connector(rune) {
                self.push_rune(self.connector);
            } else if unicode::is_upper(rune) {
                self.push_rune(unicode::lower(rune));
            } else {
                self.push_rune(rune);
            }
        }
    }
}

/// The words without connectors, each with an upper case letter first.
pub(super) fn camel(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut runes = runes::all(text).map(|(rune, _)| rune).peekable();
    while let Some(leading) = runes.next_if(|&rune| is_connector(rune)) {
        out.push(leading);
    }
    let Some(first) = runes.next() else {
        // A text of connectors alone has its last one twice in Go.
        out.extend(out.chars().next_back());
        return out;
    };
    // Whether what came of the word so far was upper case: then the rest of it becomes lower case.
    let mut shouts = unicode::is_upper(first);
    let mut last = unicode::upper(first);
    for rune in runes {
        let mut next = rune;
        if !is_connector(last) {
            shouts = shouts && unicode::is_upper(rune);
            if shouts {
                next = unicode::lower(rune);
            }
            out.push(last);
        } else if is_connector(rune) {
            out.push(last);
        } else {
            shouts = unicode::is_upper(rune);
            next = unicode::upper(rune);
        }
        last = next;
    }
    out.push(last);
    out
}
