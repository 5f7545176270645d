//! Fields to type into, which browser and extensions are asked to leave alone. Functions, since each `html!` of its own would be
//! sent to every visitor.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// A field with its label above it, and what is wrong with it below.
pub fn labelled(id: &AttrValue, label: Html, control: Html, complaint: Option<AttrValue>) -> Html {
    html! { <div class="field"><label for={id}>{ label }</label>{ control }{ complain(id, complaint) }</div> }
}

/// What is wrong with the field that has this id.
pub fn complain(id: &str, complaint: Option<AttrValue>) -> Html {
    let Some(complaint) = complaint else { return Html::default() };
    html! { <p class="need" id={need(id)}>{ complaint }</p> }
}

/// A field for one line.
pub fn line(
    id: AttrValue,
    node: NodeRef,
    value: String,
    locked: bool,
    is_wrong: bool,
    oninput: Callback<InputEvent>,
) -> Html {
    let (invalid, described) = marks(&id, is_wrong);
    html! {
        <input type="text" {id} ref={node} {value} {oninput} disabled={locked} autocomplete="off" autocorrect="off"
            autocapitalize="off" spellcheck="false" translate="no" data-bwignore="" data-lpignore="true"
            aria-invalid={invalid} aria-describedby={described} />
    }
}

/// A box for several lines. With a value the page's state has what is in it, and what it looks like is shown while there is
/// none.
pub fn area(
    id: AttrValue,
    class: &'static str,
    node: NodeRef,
    value: Option<(AttrValue, &'static str)>,
    is_wrong: bool,
    oninput: Callback<InputEvent>,
) -> Html {
    let (value, like) = value.unzip();
    let (invalid, described) = marks(&id, is_wrong);
    html! {
        <textarea {class} {id} ref={node} {value} placeholder={like} {oninput} rows="1" spellcheck="false"
            autocomplete="off" autocorrect="off" autocapitalize="off" writingsuggestions="false" translate="no"
            data-gramm="false" data-gramm_editor="false" data-enable-grammarly="false" data-bwignore=""
            data-lpignore="true" aria-invalid={invalid} aria-describedby={described} />
    }
}

/// One of several things to choose.
pub fn select(
    id: &'static str,
    options: Vec<AttrValue>,
    chosen: Option<usize>,
    locked: bool,
    onchosen: &Callback<usize>,
) -> Html {
    let onchange = onchosen.reform(|event: Event| {
        let index = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
        usize::try_from(index).unwrap_or_default()
    });
    html! {
        <select {id} {onchange} disabled={locked}>
            { for options.into_iter().enumerate().map(|(index, option)| html! {
                <option selected={Some(index) == chosen}>{ option }</option>
            }) }
        </select>
    }
}

fn marks(id: &str, is_wrong: bool) -> (Option<&'static str>, Option<String>) {
    is_wrong.then(|| ("true", need(id))).unzip()
}

/// The id of what is said to be wrong with a field.
fn need(id: &str) -> String {
    format!("{id}-need")
}
