//! A message beside the thing that it is about.

use yew::prelude::*;

use crate::reading::Problem;
use crate::text;

/// Shows a problem and has it read out; the id is for the field that it belongs to.
pub fn problem_message(id: &'static str, problem: &Problem) -> Html {
    let Problem { at, what, next } = problem;
    let place = at.map(|at| text::place(at.line, at.column));
    html! {
        <div class="message bad" role="alert" {id}>
            <p>{ place }{ what }</p>
            if let Some(next) = next { <span>{ *next }</span> }
        </div>
    }
}
