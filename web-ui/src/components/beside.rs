//! The other clusters that may get a file of their own.

use yew::prelude::*;

use super::words::span;
use crate::app::Dispatch;
use crate::state::{Action, State};
use crate::text;

/// One box to tick for each; nothing where there is no other cluster.
pub fn clusters_beside(state: &State, dispatch: &Dispatch) -> Html {
    let mut candidates = state.candidates().peekable();
    if candidates.peek().is_none() {
        return Html::default();
    }
    html! {
        <fieldset id="beside">
            <legend>{ text::BESIDE }</legend>
            { for candidates.map(|(index, cluster)| {
                let fingerprint = cluster.certificate.as_ref().map(|cert| cert.fingerprint()).unwrap_or_default();
                html! {
                    <label class="tick">
                        <input type="checkbox" checked={state.beside.contains(&index)}
                            onchange={dispatch.reform(move |_: Event| Action::ClusterBeside(index))} />
                        { &*cluster.name }
                        { span("mono", text::short_fingerprint(&fingerprint)) }
                    </label>
                }
            }) }
        </fieldset>
    }
}
