//! Effects: what is done after the page was drawn.

use yew::prelude::*;

/// Undoes an effect.
pub type Undo = Box<dyn FnOnce()>;

/// Does this after the first drawing, and again after each at which one of the numbers is another; before that, and at the
/// end, it is undone. Boxed, so that every visitor gets the code around effects once and not once for each effect.
#[hook]
pub fn use_effect_on(numbers: [u32; 3], effect: Box<dyn FnOnce() -> Undo>) {
    use_effect_with(numbers, move |_| effect());
}

/// Nothing to undo.
pub fn lasting() -> Undo {
    Box::new(|| ())
}
