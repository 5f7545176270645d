//! The one box, what it was found to hold, and what is wrong with it.

use std::rc::Rc;

use sealer_core::Plaintext;
use sealer_core::dotenv::Dialect;
use web_sys::{DragEvent, File, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::browse::browse;
use super::file::{FileTitle, FileValues};
use super::message::ProblemMessage;
use crate::app::Dispatch;
use crate::reading::{self, Kind, SecretSummary, Summary, ValueSummary};
use crate::sealed_file::SealedFile;
use crate::services::{files, page};
use crate::state::{Action, Input, Opened, Pace};
use crate::text;

const PROBLEM: &str = "secret-problem";

/// What the card shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct InputProps {
    /// What is known of the text.
    pub input: Input,
    /// The file that values are put into, if there is one.
    pub opened: Option<Opened>,
    /// Where values go that are typed into a row of their own.
    pub onvalue: Callback<(u32, Plaintext)>,
    /// How quotation marks are read.
    pub dialect: Dialect,
    /// The box itself.
    pub area: HtmlTextAreaElement,
    /// Where actions go.
    pub dispatch: Dispatch,
}

/// The card.
#[component]
pub fn InputCard(props: &InputProps) -> Html {
    let InputProps { input, opened, onvalue, dialect, area, dispatch } = props;
    let masked = use_state(|| false);
    let unreadable = use_state(|| false);
    let chooser = use_node_ref();

    {
        let problem = matches!(input, Input::Bad(_)).then_some(PROBLEM);
        let area = area.clone();
        use_effect_with(problem, move |problem| page::mark_box(&area, *problem));
    }
    {
        let area = area.clone();
        let words = opened.as_ref().map(|_| (text::NEW_VALUES, text::NEW_VALUES_HOW));
        use_effect_with(words, move |words| {
            let (label, placeholder) = words.unwrap_or((text::INPUT_TITLE, text::INPUT_HOW));
            page::name_box(&area, label, placeholder);
        });
    }
    let changed = {
        let (dispatch, area, unreadable) = (dispatch.clone(), area.clone(), unreadable.setter());
        Callback::from(move |pace: Pace| {
            unreadable.set(false);
            let blank = area.value().trim().is_empty();
            dispatch.emit(Action::TextChanged { blank, pace });
        })
    };
    let oninput = changed.reform(|event: InputEvent| {
        let pasted = matches!(event.input_type().as_str(), "insertFromPaste" | "insertFromDrop");
        if pasted { Pace::Now } else { Pace::Typing }
    });
    // A file is dropped long after the listener was made.
    let is_open = use_mut_ref(|| false);
    is_open.replace(opened.is_some());
    let take_file = {
        let (area, changed, unreadable) = (area.clone(), changed.clone(), unreadable.setter());
        let (dispatch, is_open) = (dispatch.clone(), is_open.clone());
        Callback::from(move |file: File| {
            let (area, changed, unreadable) = (area.clone(), changed.clone(), unreadable.clone());
            let (dispatch, is_open) = (dispatch.clone(), is_open.clone());
            yew::platform::spawn_local(async move {
                match files::read_text(&file).await {
                    Some(text) => {
                        if let Some(sealed) = sealed_file(&text).filter(|_| !*is_open.borrow()) {
                            dispatch.emit(Action::FileOpened(file.name().into(), Rc::new(sealed)));
                            return;
                        }
                        area.set_value(&text);
                        changed.emit(Pace::Now);
                        dispatch.emit(Action::FileChosen(file.name().into()));
                    }
                    None => unreadable.set(true),
                }
            });
        })
    };
    use_drops(&take_file);
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
    let summary = match input {
        Input::Read(summary) | Input::Wiped(Some(summary)) => Some(summary),
        Input::Empty | Input::Unread | Input::Bad(_) | Input::Wiped(None) => None,
    };
    let wiped = matches!(input, Input::Wiped(_));
    let pasted =
        summary.and_then(|summary| summary.only()).map(|secret| secret.values.clone()).unwrap_or_default();
    html! {
        <section class="card" aria-labelledby="input-title">
            <h2 id="input-title">
                if let Some(opened) = opened {
                    <FileTitle name={opened.name.clone()} document={opened.document().clone()} />
                } else {
                    { text::INPUT_TITLE }
                    if let Some(summary) = summary { <span class="small" id="recognised">{ text::recognised(summary) }</span> }
                }
            </h2>
            if let Some(opened) = opened {
                <FileValues opened={opened.clone()} {pasted} {wiped} onvalue={onvalue.clone()} dispatch={dispatch.clone()} />
            }
            <div {oninput}>{ Html::VRef(area.clone().into()) }</div>
            if let Input::Bad(problem) = input { <ProblemMessage id={PROBLEM} problem={problem.clone()} /> }
            if *unreadable { <ProblemMessage id="file-problem" problem={text::unreadable_file()} /> }
            if let (Some(summary), None) = (summary, opened) { { values(summary) } }
            <div class="under">
                { browse(&chooser, text::BROWSE, None, take_file) }
                <button id="mask" aria-pressed={masked.to_string()} onclick={mask}>{ text::HIDE }</button>
                if opened.is_some() || !matches!(input, Input::Empty) {
                    <button class="plain" id="start-over" onclick={start_over}>
                        { if opened.is_some() { text::CLOSE_FILE } else { text::START_OVER } }
                    </button>
                }
                if matches!(summary.map(|summary| summary.kind), Some(Kind::Lines(_))) {
                    { dialects(*dialect, dispatch) }
                }
            </div>
        </section>
    }
}

/// The file, if it can be opened; else the box shows what is wrong with it.
fn sealed_file(text: &str) -> Option<SealedFile> {
    reading::is_sealed(text).then(|| SealedFile::read(text).ok()).flatten()
}

/// A file may be dropped anywhere on the page.
#[hook]
fn use_drops(take_file: &Callback<File>) {
    let take_file = take_file.clone();
    use_effect_with((), move |()| {
        let passive = gloo::events::EventListenerOptions::enable_prevent_default();
        let listeners = page::document().map(|document| {
            let over =
                gloo::events::EventListener::new_with_options(&document, "dragover", passive, |event| {
                    event.prevent_default();
                });
            let drop =
                gloo::events::EventListener::new_with_options(&document, "drop", passive, move |event| {
                    let Some(event) = wasm_bindgen::JsCast::dyn_ref::<DragEvent>(event) else { return };
                    let files = event.data_transfer().and_then(|transfer| transfer.files());
                    if let Some(file) = files.and_then(|files| files.get(0)) {
                        event.prevent_default();
                        take_file.emit(file);
                    }
                });
            (over, drop)
        });
        move || drop(listeners)
    });
}

fn dialects(dialect: Dialect, dispatch: &Dispatch) -> Html {
    let onchange = dispatch.reform(|event: Event| {
        let index = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
        Action::DialectChosen(if index == 0 { Dialect::Godotenv } else { Dialect::Docker })
    });
    html! {
        <span class="dialect">
            <label for="dialect">{ text::DIALECT }</label>
            <select id="dialect" {onchange}>
                <option selected={dialect == Dialect::Godotenv}>{ text::DIALECT_DOTENV }</option>
                <option selected={dialect == Dialect::Docker}>{ text::DIALECT_DOCKER }</option>
            </select>
        </span>
    }
}

fn values(summary: &Summary) -> Html {
    html! {
        <>
            { for summary.secrets.iter().map(|secret| table(secret, summary.secrets.len() > 1)) }
            if let Some(stripped) = text::stripped(summary) { <p class="small quiet after">{ stripped }</p> }
        </>
    }
}

fn table(secret: &SecretSummary, several: bool) -> Html {
    let caption = text::values_of(secret, several);
    html! {
        <table class="values">
            <caption class={(!several).then_some("visually-hidden")}>{ caption }</caption>
            <thead><tr><th scope="col">{ text::COLUMN_KEY }</th><th scope="col">{ text::COLUMN_VALUE }</th>
                <th scope="col" class="size">{ text::COLUMN_SIZE }</th></tr></thead>
            <tbody>{ for secret.values.iter().map(row) }</tbody>
        </table>
    }
}

fn row(value: &ValueSummary) -> Html {
    html! {
        <>
            <tr>
                <th scope="row" class="key">{ &*value.key }</th>
                <td class="val"><span aria-hidden="true">{ "••••••••" }</span><span class="visually-hidden">{ text::HIDDEN_VALUE }</span></td>
                <td class="size small quiet">{ text::size(value.bytes) }</td>
            </tr>
            if value.line_break {
                <tr><td colspan="3" class="under-row"><span class="note">{ text::LINE_BREAK }</span></td></tr>
            }
        </>
    }
}
