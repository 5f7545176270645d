//! Makes a tree of tokens, as Go's parser does.

use std::collections::BTreeMap;

use crate::ast::{Body, Node};
use crate::call::Functions;
use crate::error::{Fault, Limit};
use crate::lex::{Keyword, Kind, Token, tokens};
use crate::literal::unquote;
use crate::value::Str;

use pipeline::Context;

mod pipeline;

/// How deep actions and parentheses may be inside each other. Go allows 10,000 of the latter.
const NESTING: usize = 100;

/// A text that is no template: where, the function concerned, and why.
#[derive(Debug)]
pub struct ParseError {
    pub at: usize,
    pub function: Option<String>,
    pub fault: Fault,
}

/// All templates of a text by their names, the whole text under its own.
pub type Templates = BTreeMap<Str, Body>;

/// Parses a text with the templates that it defines.
pub fn parse(name: &str, text: &str, functions: &Functions) -> Result<Templates, ParseError> {
    let tokens = tokens(text).map_err(|(at, fault)| ParseError { at, function: None, fault })?;
    let mut parser = Parser {
        tokens: &tokens,
        next: 0,
        functions,
        templates: BTreeMap::new(),
        scope: Scope::new(),
        nesting: NESTING,
    };
    let mut body = Body::new();
    while parser.peek().kind != Kind::Eof {
        if parser.at_definition() {
            parser.definition()?;
            continue;
        }
        match parser.node()? {
            Parsed::Node(node) => body.push(node),
            Parsed::End(at) | Parsed::Else(at) => return Err(fault(at, "this ends nothing")),
        }
    }
    parser.add(name.into(), body, text.len())?;
    Ok(parser.templates)
}

struct Parser<'t> {
    tokens: &'t [Token<'t>],
    next: usize,
    functions: &'t Functions,
    templates: Templates,
    scope: Scope,
    nesting: usize,
}

/// What a template declares; a template within it begins with its own.
struct Scope {
    variables: Vec<Box<str>>,
    ranges: usize,
}

enum Parsed {
    Node(Node),
    End(usize),
    Else(usize),
}

type Result<T, E = ParseError> = std::result::Result<T, E>;

fn fault(at: usize, words: &'static str) -> ParseError {
    ParseError { at, function: None, fault: Fault::new(words) }
}

impl Scope {
    fn new() -> Self {
        Self { variables: vec!["$".into()], ranges: 0 }
    }
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Token<'t> {
        // The last token is the end, and is never passed.
        self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn take(&mut self) -> Token<'t> {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn peek_past_space(&mut self) -> Token<'t> {
        while self.peek().kind == Kind::Space {
            self.next += 1;
        }
        self.peek()
    }

    fn take_past_space(&mut self) -> Token<'t> {
        self.peek_past_space();
        self.take()
    }

    fn expect(&mut self, kind: Kind, words: &'static str) -> Result<Token<'t>> {
        let token = self.take_past_space();
        if token.kind == kind { Ok(token) } else { Err(fault(token.at, words)) }
    }

    fn expect_end_of_action(&mut self) -> Result<()> {
        self.expect(Kind::RightDelim, "expected the end of the action").map(drop)
    }

    fn nested<T>(&mut self, at: usize, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let deeper = self.nesting.checked_sub(1);
        self.nesting = deeper.ok_or(ParseError { at, function: None, fault: Fault::Limit(Limit::Depth) })?;
        let result = inner(self);
        self.nesting += 1;
        result
    }

    /// Keeps a template. One that is nothing but white space gives way to another of its name.
    fn add(&mut self, name: Str, body: Body, at: usize) -> Result<()> {
        let old = self.templates.get(&name).filter(|old| !is_blank(old));
        match old {
            Some(_) if is_blank(&body) => {}
            Some(_) => return Err(fault(at, "a template of this name is defined before")),
            None => drop(self.templates.insert(name, body)),
        }
        Ok(())
    }

    fn at_definition(&self) -> bool {
        let mut kinds =
            self.tokens[self.next..].iter().map(|token| token.kind).filter(|kind| *kind != Kind::Space);
        kinds.next() == Some(Kind::LeftDelim) && kinds.next() == Some(Kind::Keyword(Keyword::Define))
    }

    fn definition(&mut self) -> Result<()> {
        self.take_past_space();
        let at = self.take_past_space().at;
        let name = self.template_name()?;
        self.expect_end_of_action()?;
        let body = self.inner_template()?;
        self.add(name, body, at)
    }

    /// The body of a template within this one, up to its end.
    fn inner_template(&mut self) -> Result<Body> {
        let outer = std::mem::replace(&mut self.scope, Scope::new());
        let (body, last) = self.body()?;
        self.scope = outer;
        match last {
            Parsed::Else(at) => Err(fault(at, "a template has no else")),
            _ => Ok(body),
        }
    }

    fn template_name(&mut self) -> Result<Str> {
        let token = self.expect(Kind::Str, "expected the name of a template in quotes")?;
        unquote(token.text).map_err(|fault| ParseError { at: token.at, function: None, fault })
    }

    /// Nodes up to an end or else.
    fn body(&mut self) -> Result<(Body, Parsed)> {
        let mut body = Body::new();
        while self.peek_past_space().kind != Kind::Eof {
            match self.node()? {
                Parsed::Node(node) => body.push(node),
                last => return Ok((body, last)),
            }
        }
        Err(fault(self.peek().at, "an end is missing"))
    }

    fn node(&mut self) -> Result<Parsed> {
        let token = self.take_past_space();
        match token.kind {
            Kind::Text => Ok(Parsed::Node(Node::Text { at: token.at, text: token.text.as_bytes().into() })),
            Kind::LeftDelim => self.nested(token.at, Self::action),
            _ => Err(fault(token.at, "unexpected in the text")),
        }
    }

    fn action(&mut self) -> Result<Parsed> {
        let token = self.peek_past_space();
        let Kind::Keyword(keyword) = token.kind else {
            let pipe = self.pipeline(Context::Action)?;
            return Ok(Parsed::Node(Node::Action { at: token.at, pipe }));
        };
        self.take();
        let node = match keyword {
            Keyword::End => {
                self.expect_end_of_action()?;
                return Ok(Parsed::End(token.at));
            }
            Keyword::Else => {
                let chained = [Kind::Keyword(Keyword::If), Kind::Keyword(Keyword::With)];
                if !chained.contains(&self.peek_past_space().kind) {
                    self.expect_end_of_action()?;
                }
                return Ok(Parsed::Else(token.at));
            }
            Keyword::If => self.branch(false)?,
            Keyword::With => self.branch(true)?,
            Keyword::Range => self.range()?,
            Keyword::Break | Keyword::Continue => {
                self.expect_end_of_action()?;
                if self.scope.ranges == 0 {
                    return Err(fault(token.at, "break and continue work inside range only"));
                }
                if keyword == Keyword::Break { Node::Break } else { Node::Continue }
            }
            Keyword::Template => {
                let name = self.template_name()?;
                let bare = self.peek_past_space().kind == Kind::RightDelim;
                let pipe = if bare {
                    self.take();
                    None
                } else {
                    Some(self.pipeline(Context::Action)?)
                };
                Node::Template { at: token.at, name, pipe }
            }
            Keyword::Block => {
                let name = self.template_name()?;
                let pipe = self.pipeline(Context::Action)?;
                let body = self.inner_template()?;
                self.add(name.clone(), body, token.at)?;
                Node::Template { at: token.at, name, pipe: Some(pipe) }
            }
            Keyword::Define => return Err(fault(token.at, "define works outside of other actions only")),
        };
        Ok(Parsed::Node(node))
    }

    /// `if` or `with`, behind its word.
    fn branch(&mut self, with: bool) -> Result<Node> {
        let variables = self.scope.variables.len();
        let pipe = self.pipeline(Context::Branch)?;
        let (then, last) = self.body()?;
        let mut otherwise = Body::new();
        if let Parsed::Else(at) = last {
            let next = Kind::Keyword(if with { Keyword::With } else { Keyword::If });
            if self.peek().kind == next {
                self.take();
                // It shares our end.
                otherwise.push(self.nested(at, |parser| parser.branch(with))?);
            } else {
                otherwise = self.otherwise()?;
            }
        }
        self.scope.variables.truncate(variables);
        Ok(Node::Branch { with, pipe, then, otherwise })
    }

    fn range(&mut self) -> Result<Node> {
        let variables = self.scope.variables.len();
        let pipe = self.pipeline(Context::Range)?;
        self.scope.ranges += 1;
        let (body, last) = self.body()?;
        self.scope.ranges -= 1;
        let otherwise = if matches!(last, Parsed::Else(_)) { self.otherwise()? } else { Body::new() };
        self.scope.variables.truncate(variables);
        Ok(Node::Range { pipe, body, otherwise })
    }

    fn otherwise(&mut self) -> Result<Body> {
        match self.body()? {
            (body, Parsed::End(_)) => Ok(body),
            (_, Parsed::Else(at)) => Err(fault(at, "expected the end")),
            (_, Parsed::Node(_)) => unreachable!("a body ends with an end or else"),
        }
    }
}

fn is_blank(body: &Body) -> bool {
    body.iter().all(|node| match node {
        // Go trims Unicode's white space here.
        Node::Text { text, .. } => std::str::from_utf8(text).is_ok_and(|text| text.trim().is_empty()),
        _ => false,
    })
}
