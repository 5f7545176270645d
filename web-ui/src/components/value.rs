//! A box for one value, masked until somebody wants to see it.

use sealer_core::Plaintext;
use sealer_core::check::Finding;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::entry::{area, complain};
use super::words::{span, unseen};
use crate::effect::{lasting, use_effect_on};
use crate::reading::Trap;
use crate::text;

/// What is easily wrong with a value.
pub fn trap_note(trap: Option<Trap>) -> Html {
    trap.map_or_else(Html::default, |trap| span("note", text::trap(trap)))
}

/// What there is to say about the value of this key, whose field has this id or would have it.
pub fn remarks(id: &str, key: &str, findings: &[Finding]) -> Html {
    let mut words = String::new();
    let mut is_fatal = false;
    for finding in findings.iter().filter(|finding| finding.key == key) {
        words = format!("{words} {}", text::remark(finding.remark));
        is_fatal |= finding.remark.is_fatal();
    }
    match (words.is_empty(), is_fatal) {
        (true, _) => Html::default(),
        (false, true) => complain(id, Some(words.into())),
        (false, false) => span("note", words),
    }
}

/// What the box belongs to.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ValueProps {
    /// The row.
    pub row: u32,
    /// The key, as far as there is one.
    pub key_name: AttrValue,
    /// Whether it takes the focus when it appears.
    pub focus: bool,
    /// Whether something is said to be wrong with the value.
    pub is_wrong: bool,
    /// Where the value goes.
    pub onvalue: Callback<(u32, Plaintext)>,
}

/// The box. What is in it is never kept by the page's state.
#[component]
pub fn ValueBox(props: &ValueProps) -> Html {
    let shown = use_state(|| false);
    let node = use_node_ref();
    {
        let (area, focus) = (node.clone(), props.focus);
        let effect = move || {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                // The name is valid, though not in `html!`.
                let _ = area.set_attribute("data-1p-ignore", "");
                if focus {
                    // A box that can't take the focus is used by the pointer.
                    let _ = area.focus();
                }
            }
            lasting()
        };
        use_effect_on([0; 3], Box::new(effect));
    }
    let oninput = {
        let row = props.row;
        props.onvalue.reform(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlTextAreaElement>().value();
            (row, Plaintext::new(text.into_bytes()))
        })
    };
    let toggle = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(!*shown))
    };
    let id = AttrValue::from(format!("value-{}", props.row));
    html! {
        <div class="field value">
            <label for={id.clone()}>{ text::value_of(&props.key_name) }</label>
            { area(id, if *shown { "box one" } else { "box one masked" }, node, None, props.is_wrong, oninput) }
            <button class="plain small" aria-pressed={shown.to_string()} onclick={toggle}>
                { text::SHOW }{ unseen(text::of_value(&props.key_name)) }
            </button>
        </div>
    }
}
