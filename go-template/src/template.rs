//! A parsed template, and rendering it.

use zeroize::Zeroizing;

use crate::call::{Call, Functions};
use crate::error::{Error, Fault};
use crate::parse::{Templates, parse};
use crate::render::Renderer;
use crate::value::Value;

/// A template that was parsed, with those that it defines.
#[derive(Debug)]
pub struct Template<'t> {
    name: &'t str,
    text: &'t str,
    templates: Templates,
}

impl<'t> Template<'t> {
    /// Parses a template. The functions that it names have to be known.
    pub fn parse(name: &'t str, text: &'t str, functions: &Functions) -> Result<Self, Error> {
        match parse(name, text, functions) {
            Ok(templates) => Ok(Self { name, text, templates }),
            Err(error) => Err(located(name, text, error.at, error.function, error.fault)),
        }
    }

    /// Renders it with the data as `.` and `$`, to so many bytes at most.
    pub fn render(
        &self,
        data: &Value,
        output: usize,
        call: &mut Call<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        Renderer::new(&self.templates, call, output).run(self.name.as_bytes(), data).map_err(|stop| {
            located(self.name, self.text, stop.at, stop.function.map(str::to_owned), stop.fault)
        })
    }
}

fn located(name: &str, text: &str, at: usize, function: Option<String>, fault: Fault) -> Error {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    Error { template: name.to_owned(), line, column, function, fault }
}
