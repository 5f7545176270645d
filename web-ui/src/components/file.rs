//! The values of a file that is there: what stays sealed, and what shall be otherwise.

use std::rc::Rc;

use sealer_core::Plaintext;
use sealer_core::check::Finding;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::entry::{self, complain, labelled, select};
use super::input::value_row;
use super::target::from_link;
use super::value::{ValueBox, remarks, trap_note};
use super::words::{span, unseen};
use crate::app::Dispatch;
use crate::edits::{Complaint, Edit, Edits, Fate, Typed};
use crate::effect::{lasting, use_effect_on};
use crate::reading::ValueSummary;
use crate::sealed_file::{Document, SealedKey};
use crate::services::page;
use crate::state::{Action, Opened};
use crate::text;

/// The name of the file, and what it is.
pub fn file_title(opened: &Opened) -> Html {
    html! {
        <>
            <span class="file-name">{ &*opened.name }</span>
            <span class="small" id="recognised">{ text::recognised_file(opened.document()) }</span>
        </>
    }
}

/// What the table shows.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The SealedSecret that is changed; empty where a new one is made.
    pub document: &'a Document,
    /// What is wanted.
    pub edits: &'a Edits,
    /// The keys that a link asks for.
    pub linked: &'a [String],
    /// What is known of the values in the box.
    pub pasted: &'a [ValueSummary],
    /// What there is to say about the values.
    pub findings: &'a [Finding],
    /// Whether the values are gone, so that nothing can be changed any more.
    pub wiped: bool,
    /// Where typed values go.
    pub onvalue: &'a Callback<(u32, Plaintext)>,
    /// Where actions go.
    pub dispatch: &'a Dispatch,
}

/// The table of keys, and a way to add one.
pub fn file_values(opened: &Opened, view: &View<'_>) -> Html {
    let View { document, edits, pasted, wiped, dispatch, .. } = *view;
    html! {
        <>
            if opened.file.documents.len() > 1 { { choice(opened, wiped, dispatch) } }
            <table class="values file">
                <caption class="visually-hidden">{ text::FILE_CAPTION }</caption>
                <thead><tr><th scope="col">{ text::COLUMN_KEY }</th><th scope="col">{ text::COLUMN_VALUE }</th>
                    <th scope="col" class="size">{ text::COLUMN_SIZE }</th>
                    <th scope="col">{ unseen(text::COLUMN_ACTIONS) }</th></tr></thead>
                <tbody>
                    { for document.keys.iter().map(|key| sealed_row(key, view)) }
                    { for edits.new_in(document, pasted).map(pasted_row) }
                </tbody>
            </table>
            { new_rows(view) }
        </>
    }
}

/// The rows for new keys, and a way to add one.
pub fn new_rows(view: &View<'_>) -> Html {
    let View { edits, wiped, dispatch, .. } = *view;
    let add = dispatch.reform(|_: MouseEvent| Action::Edited(Edit::Add));
    html! {
        <>
            // A list of its own, all with keys: else Yew would give one row's box to another.
            <div>{ for edits.typed().iter().filter(|typed| !typed.replaces).map(|typed| new_row(typed, view)) }</div>
            if !wiped { <div class="under add"><button id="add-value" onclick={add}>{ text::ADD_VALUE }</button></div> }
        </>
    }
}

/// Which of several SealedSecrets is changed.
fn choice(opened: &Opened, wiped: bool, dispatch: &Dispatch) -> Html {
    let options = opened.file.documents.iter().map(|each| text::document(each).into()).collect();
    let control =
        select("document", options, Some(opened.index), wiped, &dispatch.reform(Action::DocumentChosen));
    labelled(&"document".into(), html! { text::WHICH_DOCUMENT }, control, None)
}

/// With a key of its own: what is typed into a row stays in it while others come and go.
fn sealed_row(key: &SealedKey, view: &View<'_>) -> Html {
    let View { document, edits, pasted, wiped, onvalue, dispatch, .. } = *view;
    let fate = edits.fate(&key.key, pasted);
    let (value, size) = match fate {
        Fate::Stays | Fate::Removed | Fate::Renamed(_) => (stays(key, fate), sealed_size(key.bytes)),
        Fate::Typed(typed) if !typed.is_filled() => (html! { text::WAITS_FOR_VALUE }, sealed_size(key.bytes)),
        Fate::Typed(Typed { bytes, .. }) | Fate::Pasted(ValueSummary { bytes, .. }) => {
            (dots(), text::size_change(key.bytes, *bytes))
        }
    };
    let gone = matches!(fate, Fate::Removed).then_some("gone");
    let complaint = edits.complaint(key, document, pasted);
    let under = match fate {
        Fate::Typed(typed) if !wiped => Some(html! {
            <>
                { value_of_row(typed, true, &[], onvalue) }
                { trap_note(typed.trap) }
                { complain(&format!("value-{}", typed.row), complaint.map(|complaint| text::complaint(complaint).into())) }
            </>
        }),
        Fate::Pasted(value) if value.trap.is_some() => Some(trap_note(value.trap)),
        Fate::Renamed(name) => Some(new_name(&key.key, name, complaint, wiped, dispatch)),
        Fate::Stays | Fate::Removed | Fate::Typed(_) | Fate::Pasted(_) => None,
    };
    html! {
        <key={format!("sealed {}", key.key)}>
            <tr>
                <th scope="row" class={classes!("key", gone)}>{ &*key.key }</th>
                <td class="val">{ value }</td>
                <td class="size small quiet">{ size }</td>
                <td class="end">
                    { note(fate) }
                    if !wiped && !matches!(fate, Fate::Pasted(_)) {
                        <Actions key_name={key.key.clone()} changed={!matches!(fate, Fate::Stays)} dispatch={dispatch.clone()} />
                    }
                </td>
            </tr>
            if let Some(under) = under {
                <tr><td colspan="4" class="under-row">{ under }</td></tr>
            }
        </>
    }
}

fn stays(key: &SealedKey, fate: Fate<'_>) -> Html {
    let words = match (fate, key.bytes) {
        (Fate::Removed, _) => text::GOES,
        (_, Some(_)) => text::STAYS,
        (_, None) => text::NOT_WHOLE,
    };
    span("words", words)
}

fn sealed_size(bytes: Option<usize>) -> String {
    bytes.map(text::size).unwrap_or_default()
}

/// Stands for a value.
pub fn dots() -> Html {
    html! { <><span aria-hidden="true">{ "••••••••" }</span>{ unseen(text::HIDDEN_VALUE) }</> }
}

fn note(fate: Fate<'_>) -> Html {
    let words = match fate {
        Fate::Stays => return Html::default(),
        Fate::Typed(typed) if !typed.is_filled() => return Html::default(),
        Fate::Typed(_) | Fate::Pasted(_) => text::REPLACED,
        Fate::Removed => text::REMOVED,
        Fate::Renamed(_) => text::RENAMED,
    };
    span("note", words)
}

/// A new value from the box: it is changed there.
fn pasted_row(value: &ValueSummary) -> Html {
    value_row(value, Some(span("note ok", text::NEW)), &[])
}

/// A row for a key and a value of somebody's own.
fn new_row(typed: &Typed, view: &View<'_>) -> Html {
    let View { document, edits, linked, pasted, findings, wiped, onvalue, dispatch } = *view;
    let row = typed.row;
    // What is gone can't be wrong any more.
    let findings = if typed.is_filled() { findings } else { &[] };
    let complaint = edits.row_complaint(typed, document, pasted);
    let is_linked = !typed.is_filled() && linked.contains(&typed.key);
    // Whoever follows a link comes to fill in values, and may have begun to do something else meanwhile.
    let is_next = is_linked && linked.first() == Some(&typed.key) && page::is_focus_lost();
    let oninput = dispatch.reform(move |event: InputEvent| {
        let key = event.target_unchecked_into::<HtmlInputElement>().value().trim().to_owned();
        Action::Edited(Edit::Name(row, key))
    });
    let remove = dispatch.reform(move |_: MouseEvent| {
        page::focus("add-value");
        Action::Edited(Edit::Drop(row))
    });
    let label = html! { <>{ text::KEY_NAME }{ from_link(is_linked) }</> };
    let content = html! {
        <>
            { key_field(&format!("key-{row}").into(), label, &typed.key, typed.key.is_empty(), wiped, complaint, oninput) }
            if !wiped {
                { value_of_row(typed, is_next, findings, onvalue) }
                { remarks(&format!("value-{row}"), &typed.key, findings) }
                <div class="under">
                    if typed.is_filled() { { span("note ok", text::NEW) }<span>{ text::size(typed.bytes) }</span> }
                    { trap_note(typed.trap) }
                    <button class="plain small" onclick={remove}>{ text::REMOVE }{ unseen(text::of_value(&typed.key)) }</button>
                </div>
            }
        </>
    };
    key_row(row, text::NEW_VALUE, content)
}

/// The box for a value, or the name of the file that it is.
fn value_of_row(
    typed: &Typed,
    focus: bool,
    findings: &[Finding],
    onvalue: &Callback<(u32, Plaintext)>,
) -> Html {
    let is_wrong = findings.iter().any(|finding| finding.key == typed.key && finding.remark.is_fatal());
    match &typed.file {
        Some(file) => {
            html! { <p class="small quiet">{ text::FROM_FILE }<bdi class="mono">{ &**file }</bdi></p> }
        }
        None => html! {
            <ValueBox row={typed.row} key_name={typed.key.clone()} {focus} {is_wrong} onvalue={onvalue.clone()} />
        },
    }
}

/// A field for a key, with its label and what is wrong with it. One that was asked for takes the focus.
pub fn key_field(
    id: &AttrValue,
    label: Html,
    value: &str,
    focus: bool,
    locked: bool,
    complaint: Option<Complaint>,
    oninput: Callback<InputEvent>,
) -> Html {
    let control = html! { <KeyInput id={id.clone()} value={value.to_owned()} {focus} {oninput} {locked} is_wrong={complaint.is_some()} /> };
    labelled(id, label, control, complaint.map(|complaint| text::complaint(complaint).into()))
}

/// The frame of a row with a key and what belongs to it.
pub fn key_row(row: u32, label: &'static str, content: Html) -> Html {
    html! { <div class="new-value" key={row} role="group" aria-label={label}>{ content }</div> }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct KeyInputProps {
    id: AttrValue,
    value: String,
    focus: bool,
    oninput: Callback<InputEvent>,
    locked: bool,
    is_wrong: bool,
}

/// A field for a key.
#[component]
fn KeyInput(props: &KeyInputProps) -> Html {
    let field = use_node_ref();
    {
        let (field, focus) = (field.clone(), props.focus);
        let effect = move || {
            if let Some(field) = field.cast::<HtmlInputElement>().filter(|_| focus) {
                // A field that can't take the focus is used by the pointer.
                let _ = field.focus();
                field.select();
            }
            lasting()
        };
        use_effect_on([0; 3], Box::new(effect));
    }
    let KeyInputProps { id, value, oninput, locked, is_wrong, .. } = props;
    entry::line(id.clone(), field, value.clone(), *locked, *is_wrong, oninput.clone())
}

/// The new name of a key. Its value needs not be known: no scope binds the name of a key.
fn new_name(
    key_name: &Rc<str>,
    name: &str,
    complaint: Option<Complaint>,
    locked: bool,
    dispatch: &Dispatch,
) -> Html {
    let oninput = {
        let key = key_name.clone();
        dispatch.reform(move |event: InputEvent| {
            let name = event.target_unchecked_into::<HtmlInputElement>().value().trim().to_owned();
            Action::Edited(Edit::Rename(key.clone(), name))
        })
    };
    let label = html! { text::new_name(key_name) };
    key_field(&format!("rename-{key_name}").into(), label, name, true, locked, complaint, oninput)
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct ActionsProps {
    key_name: Rc<str>,
    changed: bool,
    dispatch: Dispatch,
}

/// What can be done with a key: everything, or taking it back.
#[component]
fn Actions(props: &ActionsProps) -> Html {
    let ActionsProps { key_name, changed, dispatch } = props;
    let first = use_node_ref();
    let before = use_mut_ref(|| *changed);
    {
        let (first, changed) = (first.clone(), *changed);
        let effect = move || {
            let was = before.replace(changed);
            // The button that was pressed is gone: the focus stays in its row.
            if let Some(first) =
                first.cast::<HtmlElement>().filter(|_| was != changed && page::is_focus_lost())
            {
                // A button that can't take the focus is used by the pointer.
                let _ = first.focus();
            }
            lasting()
        };
        use_effect_on([u32::from(changed), 0, 0], Box::new(effect));
    }
    let button = |label: &'static str, edit: fn(Rc<str>) -> Edit, node: NodeRef| {
        let key = key_name.clone();
        let onclick = dispatch.reform(move |_: MouseEvent| Action::Edited(edit(key.clone())));
        html! {
            <button class="plain small" ref={node} {onclick}>{ label }<span class="visually-hidden">{ " " }{ &**key_name }</span></button>
        }
    };
    if *changed {
        return button(text::UNDO, Edit::Undo, first);
    }
    html! {
        <>
            { button(text::REPLACE, Edit::Replace, first) }
            { button(text::RENAME, |key| Edit::Rename(key.clone(), key.to_string()), NodeRef::default()) }
            { button(text::REMOVE, Edit::Remove, NodeRef::default()) }
        </>
    }
}
