//! Go's `fmt`: how values are printed, and `printf`.

use crate::call::Call;
use crate::error::Fault;
use crate::value::{Str, Value};

/// What `fmt.Sprint(value)` gives: `%v`.
pub fn display(call: &mut Call<'_>, value: &Value) -> Result<Str, Fault> {
    let _ = (call, value);
    todo!()
}

/// What `fmt.Sprintf` gives.
pub fn sprintf(call: &mut Call<'_>, format: &[u8], values: &[Value]) -> Result<Str, Fault> {
    let _ = (call, format, values);
    todo!()
}
