//! A parsed template, and rendering it.

use zeroize::Zeroizing;

use crate::call::{Call, Functions};
use crate::error::Error;
use crate::value::Value;

/// A template that was parsed, with those that it defines.
#[derive(Debug)]
pub struct Template<'f> {
    functions: &'f Functions,
}

impl<'f> Template<'f> {
    /// Parses a template. The functions have to be known, as Go wants it.
    pub fn parse(name: &str, text: &[u8], functions: &'f Functions) -> Result<Self, Error> {
        let _ = (name, text);
        Ok(Self { functions })
    }

    /// Renders it with the data as `.` and `$`.
    pub fn render(
        &self,
        data: &Value,
        output: usize,
        call: &mut Call<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let _ = (data, output, call, self.functions);
        todo!()
    }
}
