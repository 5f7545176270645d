//! What the Secret has besides its values, closed at first: few need it.

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::entry::{area, labelled};
use super::file::{key_field, key_row};
use super::target::choice;
use super::words::{paragraph, span, unseen};
use crate::app::Dispatch;
use crate::details::{Detail, Mistake, Place, Template};
use crate::services::page;
use crate::state::{Action, State};
use crate::text;

/// The part. Hidden rather than left out: while a text is typed it may be a manifest one moment and none the next, and
/// fields that come anew take the focus.
pub fn details(state: &State, dispatch: &Dispatch) -> Html {
    let details = &state.details;
    let (labels, annotations) = (details.labels().err(), details.annotations().err());
    let immutable = dispatch.reform(|_: Event| Action::Detailed(Detail::Immutable));
    let of_pairs = |id: &'static str, label: &'static str, text, mistake: Option<(usize, Mistake)>, place| {
        plain_box(&id.into(), label.into(), text, mistake.map(text::mistake), place, dispatch)
    };
    html! {
        <details id="details" hidden={!state.is_made_here()}>
            <summary>{ text::DETAILS }</summary>
            { paragraph("small quiet after", text::DETAILS_HOW) }
            { of_pairs("labels", text::LABELS, (&details.labels, text::LABELS_LIKE), labels, Place::Labels) }
            { of_pairs("annotations", text::ANNOTATIONS, (&details.annotations, text::ANNOTATIONS_LIKE), annotations, Place::Annotations) }
            { choice("immutable".into(), "checkbox", details.immutable, immutable, text::IMMUTABLE, html! { text::IMMUTABLE_HOW }) }
            { paragraph("small quiet after", text::TEMPLATES_HOW) }
            <div>{ for details.templates().iter().map(|template| row(template, state, dispatch)) }</div>
            <div class="under"><button id="add-template" onclick={pressed(|_| Detail::AddTemplate, 0, dispatch)}>{ text::ADD_TEMPLATE }</button></div>
        </details>
    }
}

/// A template with its key.
fn row(template: &Template, state: &State, dispatch: &Dispatch) -> Html {
    let Template { row, key, text } = template;
    let (row, id) = (*row, format!("template-{row}"));
    let text_id = format!("{id}-text");
    let oninput = dispatch.reform(move |event: InputEvent| {
        let key = event.target_unchecked_into::<HtmlInputElement>().value().trim().to_owned();
        Action::Detailed(Detail::Typed(Place::Key(row), key))
    });
    let content = html! {
        <>
            { key_field(&id.into(), html! { text::KEY_NAME }, key, key.is_empty(), false, state.details.complaint(template), oninput) }
            { plain_box(&text_id.into(), text::template_of(key).into(), (text, text::TEMPLATE_LIKE), None, Place::Text(row), dispatch) }
            <div class="under">
                { span("note", text::NOT_ENCRYPTED) }
                <button class="plain small" onclick={pressed(Detail::DropTemplate, row, dispatch)}>{ text::REMOVE }{ unseen(text::of_template(key)) }</button>
            </div>
        </>
    };
    key_row(row, text::TEMPLATE, content)
}

/// A box for what is no secret, with what it looks like while nothing is in it.
fn plain_box(
    id: &AttrValue,
    label: AttrValue,
    (text, like): (&str, &'static str),
    mistake: Option<String>,
    place: Place,
    dispatch: &Dispatch,
) -> Html {
    let oninput = dispatch.reform(move |event: InputEvent| {
        let text = event.target_unchecked_into::<HtmlTextAreaElement>().value();
        Action::Detailed(Detail::Typed(place, text))
    });
    let value = Some((text.to_owned().into(), like));
    let control = area(id.clone(), "box one", NodeRef::default(), value, mistake.is_some(), oninput);
    labelled(id, html! { label }, control, mistake.map(Into::into))
}

/// What a button does. Where it goes with its row, the focus stays near.
fn pressed(change: fn(u32) -> Detail, row: u32, dispatch: &Dispatch) -> Callback<MouseEvent> {
    dispatch.reform(move |_: MouseEvent| {
        if row > 0 {
            page::focus("add-template");
        }
        Action::Detailed(change(row))
    })
}
