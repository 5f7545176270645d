//! The one box, what it was found to hold, and what is wrong with it.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use sealer_core::Plaintext;
use sealer_core::check::Finding;
use sealer_core::dotenv::Dialect;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::browse::browse;
use super::entry::select;
use super::file::{View, dots, file_title, file_values, new_rows};
use super::files::use_files;
use super::message::problem_message;
use super::saving::open_button;
use super::value::{remarks, trap_note};
use super::words::paragraph;
use crate::app::Dispatch;
use crate::effect::{lasting, use_effect_on};
use crate::link::{Link, LinkProblem};
use crate::reading::{Kind, SecretSummary, Summary, ValueSummary};
use crate::sealed_file::Document;
use crate::services::page;
use crate::state::{Action, Input, Opened, Pace, Presence, State};
use crate::text;
use crate::working::PutOff;

const PROBLEM: &str = "secret-problem";

/// The card, around the box itself. Values that are typed into rows go to `onvalue`; files that are values, with their
/// names and keys, to `onfile`.
#[hook]
pub fn use_input_card(
    state: &State,
    area: &HtmlTextAreaElement,
    put_off: &PutOff,
    onvalue: &Callback<(u32, Plaintext)>,
    onfile: &Callback<(Rc<str>, String, Plaintext)>,
    dispatch: &Dispatch,
) -> Html {
    let State { input, opened, .. } = state;
    let masked = use_state(|| false);
    let unreadable = use_state(|| false);
    let chooser = use_node_ref();
    let waiting = use_mut_ref(|| None);

    {
        let (area, bad) = (area.clone(), matches!(input, Input::Bad(_)));
        let effect = move || {
            page::mark_box(&area, bad.then_some(PROBLEM));
            lasting()
        };
        use_effect_on([u32::from(bad), 0, 0], Box::new(effect));
    }
    {
        let (area, is_open) = (area.clone(), opened.is_some());
        let effect = move || {
            let (label, placeholder) = match is_open {
                true => (text::NEW_VALUES, text::NEW_VALUES_HOW),
                false => (text::INPUT_TITLE, text::INPUT_HOW),
            };
            page::name_box(&area, label, placeholder);
            lasting()
        };
        use_effect_on([u32::from(is_open), 0, 0], Box::new(effect));
    }
    let changed = {
        let (dispatch, area, unreadable) = (dispatch.clone(), area.clone(), unreadable.setter());
        Callback::from(move |pace: Pace| {
            unreadable.set(false);
            let blank = area.value().trim().is_empty();
            dispatch.emit(Action::TextChanged { blank, pace });
        })
    };
    let draw = {
        let (changed, waiting) = (changed.clone(), waiting.clone());
        Callback::from(move |()| {
            if let Some(pace) = waiting.take() {
                changed.emit(pace);
            }
        })
    };
    // Whoever leaves the box for a button must not meet what was there before.
    let onchange = draw.reform(|_: Event| ());
    let oninput = {
        let (area, put_off) = (area.clone(), put_off.clone());
        let is_good = !*unreadable;
        Callback::from(move |event: InputEvent| {
            let pasted = matches!(event.input_type().as_str(), "insertFromPaste" | "insertFromDrop");
            let is_more = is_good && !pasted && !area.value().trim().is_empty();
            if let Some(put_off) = put_off.borrow().clone().filter(|_| is_more) {
                return put_off.emit(());
            }
            waiting.replace(Some(if pasted { Pace::Now } else { Pace::Typing }));
            // Once the browser has shown the text: on slow machines both take their time.
            let draw = draw.clone();
            Timeout::new(0, move || draw.emit(())).forget();
        })
    };
    let (take_files, as_value) = use_files(state, area, &changed, unreadable.setter(), onfile, dispatch);
    let is_used = opened.is_some() || !matches!(input, Input::Empty) || !state.rows.typed().is_empty();
    let mask = {
        let (area, masked) = (area.clone(), masked.clone());
        Callback::from(move |_: MouseEvent| {
            page::mask_box(&area, !*masked);
            masked.set(!*masked);
        })
    };
    let start_over = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::StartOver);
            page::focus("secret");
        })
    };
    let summary = state.summary();
    let nothing = Document::default();
    let view = View {
        document: opened.as_ref().map_or(&nothing, Opened::document),
        edits: state.edits(),
        linked: state.followed().map_or(&[], |link| &link.keys),
        pasted: state.pasted(),
        findings: &state.findings,
        wiped: state.is_wiped(),
        onvalue,
        dispatch,
    };
    html! {
        <section class="card" aria-labelledby="input-title">
            <h2 id="input-title">
                if let Some(opened) = opened {
                    { file_title(opened) }
                } else {
                    { text::INPUT_TITLE }
                    if let Some(summary) = summary { <span class="small" id="recognised">{ text::recognised(summary) }</span> }
                }
            </h2>
            if let Some(link) = &state.link { { link_note(link) } }
            { presence_note(state.presence) }
            if let Some(opened) = opened {
                { file_values(opened, &view) }
            }
            <div {oninput} {onchange}>{ Html::VRef(area.clone().into()) }</div>
            if let Input::Bad(problem) = input { { problem_message(PROBLEM, problem) } }
            if *unreadable { { problem_message("file-problem", &text::unreadable_file()) } }
            if let (Some(summary), None) = (summary, opened) { { values(summary, &state.findings) } }
            if state.shows_rows() { { new_rows(&view) } }
            <div class="under">
                { browse(&chooser, text::BROWSE, None, take_files.reform(|files| (files, None))) }
                if !is_used { { open_button(take_files) } }
                <button id="mask" aria-pressed={masked.to_string()} onclick={mask}>{ text::HIDE }</button>
                if state.chosen_file.is_some() && opened.is_none() {
                    <button class="plain" id="as-one-value" onclick={as_value}>{ text::AS_ONE_VALUE }</button>
                }
                if is_used {
                    <button class="plain" id="start-over" onclick={start_over}>
                        { if opened.is_some() { text::CLOSE_FILE } else { text::START_OVER } }
                    </button>
                }
                if matches!(summary.map(|summary| summary.kind), Some(Kind::Lines(_))) {
                    { dialects(state.dialect, dispatch) }
                }
            </div>
        </section>
    }
}

/// What becomes of the values while nobody is there.
fn presence_note(presence: Presence) -> Html {
    let words = match presence {
        Presence::There => return Html::default(),
        Presence::Away => text::IDLE,
        Presence::Gone => text::IDLE_CLEARED,
    };
    html! { <p class="message warn" id="idle" role="alert">{ words }</p> }
}

/// What a link did.
fn link_note(link: &Result<Rc<Link>, LinkProblem>) -> Html {
    match link {
        Ok(link) => html! { <p class="small quiet" id="linked">{ text::followed(link.keys.len()) }</p> },
        Err(problem) => problem_message("link-problem", &text::link_problem(*problem)),
    }
}

fn dialects(dialect: Dialect, dispatch: &Dispatch) -> Html {
    let onchosen = dispatch
        .reform(|index| Action::DialectChosen(if index == 0 { Dialect::Godotenv } else { Dialect::Docker }));
    let options = vec![text::DIALECT_DOTENV.into(), text::DIALECT_DOCKER.into()];
    let chosen = usize::from(dialect == Dialect::Docker);
    html! {
        <span class="dialect">
            <label for="dialect">{ text::DIALECT }</label>
            { select("dialect", options, Some(chosen), false, &onchosen) }
        </span>
    }
}

fn values(summary: &Summary, findings: &[Finding]) -> Html {
    // Of several Secrets none is looked at.
    let findings = if summary.only().is_some() { findings } else { &[] };
    html! {
        <>
            { for summary.secrets.iter().map(|secret| table(secret, summary.secrets.len() > 1, findings)) }
            if let Some(stripped) = text::stripped(summary) { { paragraph("small quiet after", stripped) } }
        </>
    }
}

fn table(secret: &SecretSummary, several: bool, findings: &[Finding]) -> Html {
    let caption = text::values_of(secret, several);
    html! {
        <table class="values">
            <caption class={(!several).then_some("visually-hidden")}>{ caption }</caption>
            <thead><tr><th scope="col">{ text::COLUMN_KEY }</th><th scope="col">{ text::COLUMN_VALUE }</th>
                <th scope="col" class="size">{ text::COLUMN_SIZE }</th></tr></thead>
            <tbody>{ for secret.values.iter().map(|value| value_row(value, None, findings)) }</tbody>
        </table>
    }
}

/// A value that is known by its key and its length; what becomes of it stands in a column of its own.
pub fn value_row(value: &ValueSummary, fate: Option<Html>, findings: &[Finding]) -> Html {
    let columns = if fate.is_some() { "4" } else { "3" };
    let is_remarked = findings.iter().any(|finding| *finding.key == *value.key);
    html! {
        <key={format!("new {}", value.key)}>
            <tr>
                <th scope="row" class="key">{ &*value.key }</th>
                <td class="val">{ dots() }</td>
                <td class="size small quiet">{ text::size(value.bytes) }</td>
                if let Some(fate) = fate { <td class="end">{ fate }</td> }
            </tr>
            if value.trap.is_some() || is_remarked {
                <tr><td colspan={columns} class="under-row">
                    { trap_note(value.trap) }
                    { remarks(&format!("pasted-{}", value.key), &value.key, findings) }
                </td></tr>
            }
        </>
    }
}
