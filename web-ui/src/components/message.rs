//! A message beside the thing that it is about.

use yew::prelude::*;

use crate::reading::Problem;
use crate::text;

/// A problem: where, what, and what to do next.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ProblemProps {
    /// The id of the message, for the field that it belongs to.
    pub id: AttrValue,
    /// The problem.
    pub problem: Problem,
}

/// Shows a problem and has it read out.
#[component]
pub fn ProblemMessage(props: &ProblemProps) -> Html {
    let Problem { at, what, next } = &props.problem;
    let place = at.map(|at| text::place(at.line, at.column));
    html! {
        <div class="message bad" role="alert" id={props.id.clone()}>
            <p>{ place }{ what }</p>
            if let Some(next) = next { <span>{ *next }</span> }
        </div>
    }
}
