//! Words in an element with a class. Functions, since each `html!` of its own would be sent to every visitor.

use yew::prelude::*;

/// A piece of a line.
pub fn span(class: &'static str, words: impl Into<AttrValue>) -> Html {
    let words = words.into();
    html! { <span {class}>{ words }</span> }
}

/// A paragraph.
pub fn paragraph(class: &'static str, words: impl Into<AttrValue>) -> Html {
    let words = words.into();
    html! { <p {class}>{ words }</p> }
}

/// What only screen readers say.
pub fn unseen(words: impl Into<AttrValue>) -> Html {
    span("visually-hidden", words)
}
