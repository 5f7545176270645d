//! The result: a sentence, two buttons, the file.

use std::rc::Rc;

use sealer_core::Binding;
use yew::prelude::*;

use super::message::ProblemMessage;
use crate::app::Dispatch;
use crate::desk::{Merged, Need, Opening, Sealed};
use crate::diff::DiffLine;
use crate::reading::Problem;
use crate::services::{clipboard, files};
use crate::shown::{self, Line};
use crate::state::{Action, Kept, Outcome};
use crate::text;

/// What the card shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ResultProps {
    /// What came of it.
    pub outcome: Outcome,
    /// Whether that is still being worked out.
    pub working: bool,
    /// Whether the values are gone already.
    pub wiped: bool,
    /// Whether the text in the box can't be read.
    pub bad: bool,
    /// The cluster, if it has a name.
    pub cluster: Option<AttrValue>,
    /// What became of the sealed text.
    pub kept: Kept,
    /// Where actions go.
    pub dispatch: Dispatch,
}

/// The card.
#[component]
pub fn ResultCard(props: &ResultProps) -> Html {
    let content = match &props.outcome {
        Outcome::Sealed(sealed) => sealed_content(sealed, props),
        Outcome::Failed(problem) => {
            html! { <ProblemMessage id="result-problem" problem={problem.clone()} /> }
        }
        Outcome::Refused { problem, lines } => refused_content(problem, lines, props),
        Outcome::Needs(needs) => needs_content(needs),
        Outcome::Unchanged => unchanged_content(),
        Outcome::Nothing if props.bad => html! { <p class="verdict quiet">{ text::FIX_THE_TEXT }</p> },
        Outcome::Nothing if props.working => html! { <p class="verdict quiet">{ text::SEALING }</p> },
        Outcome::Nothing => empty_content(props.cluster.as_ref()),
    };
    html! {
        <section class="card result" id="result" tabindex="-1" aria-labelledby="result-title" aria-busy={props.working.to_string()}>
            <h2 id="result-title">{ text::RESULT_TITLE }
                if let Outcome::Sealed(sealed) = &props.outcome { <span class="note ok">{ text::badge(sealed) }</span> }
            </h2>
            { content }
        </section>
    }
}

/// Downloads what was sealed and says so.
pub fn download(sealed: &Rc<Sealed>, dispatch: &Dispatch) -> Callback<MouseEvent> {
    let (sealed, dispatch) = (sealed.clone(), dispatch.clone());
    Callback::from(move |_| {
        if files::download(&sealed.file_name, &sealed.yaml).is_ok() {
            dispatch.emit(Action::Kept(Kept::Downloaded));
        }
    })
}

/// The verdict in as few words as fit into the bar.
pub fn short_verdict(sealed: &Sealed) -> Html {
    if let Some(merged) = &sealed.merged {
        return html! { text::sentence(&text::changes(merged.counts)) };
    }
    match sealed.openings.as_slice() {
        [one] => opening_words(one, "Only ", "Any name in ", text::SHORT_ANYWHERE),
        several => html! { text::count(several.len(), "Secret") },
    }
}

fn opening_words(
    opening: &Opening,
    strict: &'static str,
    wide: &'static str,
    anywhere: &'static str,
) -> Html {
    match &opening.binding {
        Binding::Strict { namespace, name } => html! {
            <>{ strict }<b>{ name.as_str() }</b>{ " in " }<b>{ namespace.as_str() }</b></>
        },
        Binding::Namespace(namespace) => html! { <>{ wide }<b>{ namespace.as_str() }</b></> },
        Binding::Cluster => html! { anywhere },
    }
}

fn verdict(sealed: &Sealed, cluster: Option<&AttrValue>) -> Html {
    if let Some(merged) = &sealed.merged {
        return html! {
            <>
                <p class="verdict">{ text::sentence(&text::changes(merged.counts)) }</p>
                <p class="quiet">{ text::REST_STAYS }</p>
            </>
        };
    }
    let by = cluster.map(|name| html! { <>{ ", by " }<b>{ name }</b></> });
    match sealed.openings.as_slice() {
        [one] => html! {
            <p class="verdict">
                { opening_words(one, "Can be opened only as ", "Can be opened under any name in ", text::OPENS_ANYWHERE) }
                { by }{ "." }
            </p>
        },
        several => html! {
            <>
                <p class="verdict">{ text::count(several.len(), "SealedSecret") }{ " in one file" }{ by }{ "." }</p>
                <ul class="openings">
                    { for several.iter().map(|one| html! {
                        <li><b>{ &one.name }</b>{ ": " }{ opening_words(one, "only as ", "any name in ", text::SHORT_ANYWHERE) }</li>
                    }) }
                </ul>
            </>
        },
    }
}

fn sealed_content(sealed: &Rc<Sealed>, props: &ResultProps) -> Html {
    let whole = Rc::from(sealed.yaml.as_str());
    let copied = props.kept == Kept::Copied;
    let label = if sealed.merged.is_some() { text::COPY_FILE } else { text::COPY };
    let wipe = props.dispatch.reform(|_: MouseEvent| Action::Wiped);
    html! {
        <>
            { verdict(sealed, props.cluster.as_ref()) }
            <div class="actions">
                <button class="primary" id="download" onclick={download(sealed, &props.dispatch)}>{ text::DOWNLOAD }</button>
                <button id="copy" onclick={copy(whole, Kept::Copied, &props.dispatch)}>{ if copied { text::COPIED_BUTTON } else { label } }</button>
                if let Some(merged) = &sealed.merged { { copy_lines(&Rc::from(merged.lines.as_str()), props) } }
            </div>
            if props.kept == Kept::CopyRefused {
                <div class="message warn" role="alert">{ text::COPY_REFUSED }</div>
            }
            { lines(sealed) }
            <div class="message ok">
                <p>{ if sealed.merged.is_some() { text::NEXT_FOR_FILE } else { text::NEXT } }</p>
                if props.wiped {
                    <span>{ text::WIPED }</span>
                } else {
                    <span>{ text::VALUES_STAY }{ " " }<button class="plain small" id="wipe" onclick={wipe}>{ text::WIPE }</button></span>
                }
            </div>
        </>
    }
}

fn copy(text: Rc<str>, kept: Kept, dispatch: &Dispatch) -> Callback<MouseEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |_: MouseEvent| {
        let (text, dispatch) = (text.clone(), dispatch.clone());
        yew::platform::spawn_local(async move {
            let copied = clipboard::copy(&text).await;
            dispatch.emit(Action::Kept(if copied { kept } else { Kept::CopyRefused }));
        });
    })
}

/// Copies the new lines alone; there are none where only names change.
fn copy_lines(lines: &Rc<str>, props: &ResultProps) -> Html {
    if lines.is_empty() {
        return Html::default();
    }
    let label = if props.kept == Kept::LinesCopied { text::COPIED_BUTTON } else { text::COPY_LINES };
    html! { <button id="copy-lines" onclick={copy(lines.clone(), Kept::LinesCopied, &props.dispatch)}>{ label }</button> }
}

fn lines(sealed: &Sealed) -> Html {
    match &sealed.merged {
        Some(Merged { diff, .. }) => html! {
            <pre class="yaml diff" id="yaml" tabindex="0" role="region" aria-label={text::DIFF_LABEL}>
                { for diff.iter().map(diff_line) }
            </pre>
        },
        None => yaml(&sealed.yaml, text::YAML_LABEL),
    }
}

fn yaml(text: &str, label: &'static str) -> Html {
    html! {
        <pre class="yaml" id="yaml" tabindex="0" role="region" aria-label={label}>
            { for shown::lines(text).map(line) }
        </pre>
    }
}

/// A sign for the eye, a word for the ear.
fn diff_line(each: &DiffLine) -> Html {
    let (class, sign, word, text) = match each {
        DiffLine::Same(text) => (None, "  ", "", text),
        DiffLine::Added(text) => (Some("add"), "+ ", text::DIFF_ADDED, text),
        DiffLine::Cut(text) => (Some("cut"), "− ", text::DIFF_CUT, text),
        DiffLine::Gap => return html! { <span class="at">{ "  …" }</span> },
    };
    html! {
        <span {class}><span aria-hidden="true">{ sign }</span>
            if !word.is_empty() { <span class="visually-hidden">{ word }</span> }
            { for shown::lines(text).map(line) }
        </span>
    }
}

fn refused_content(problem: &Problem, lines: &Rc<str>, props: &ResultProps) -> Html {
    html! {
        <>
            <ProblemMessage id="result-problem" problem={problem.clone()} />
            if !lines.is_empty() {
                <p class="after">{ text::LINES_INSTEAD }</p>
                <div class="actions">{ copy_lines(lines, props) }</div>
                if props.kept == Kept::CopyRefused {
                    <div class="message warn" role="alert">{ text::COPY_REFUSED }</div>
                }
                { yaml(lines, text::LINES_LABEL) }
            }
        </>
    }
}

fn unchanged_content() -> Html {
    html! { <div class="empty"><p class="verdict">{ text::UNCHANGED }</p><p>{ text::UNCHANGED_HOW }</p></div> }
}

fn line(line: Line<'_>) -> Html {
    html! {
        <>
            { line.indent.to_owned() }
            if !line.key.is_empty() { <span class="k">{ line.key.to_owned() }</span> }
            { line.rest.to_owned() }
            if let Some(length) = line.folded {
                <span class="fold">{ "… " }{ text::grouped(length) }{ " characters" }</span>
            }
            { "\n" }
        </>
    }
}

fn needs_content(needs: &[Need]) -> Html {
    if needs.contains(&Need::Certificate) {
        return html! {
            <div class="empty">
                <p class="verdict">{ text::need(Need::Certificate, None) }</p>
                <p>{ text::BRING_CERTIFICATE }</p>
            </div>
        };
    }
    let next = if needs.contains(&Need::Keys) { text::NAME_KEYS } else { text::FILL_IN };
    html! { <div class="empty"><p class="verdict">{ text::NEARLY }</p><p>{ next }</p></div> }
}

fn empty_content(cluster: Option<&AttrValue>) -> Html {
    let cluster = match cluster {
        Some(name) => html! { <b>{ name }</b> },
        None => html! { text::THE_CLUSTER },
    };
    html! {
        <div class="empty">
            <p class="verdict">{ text::EMPTY }</p>
            <ol class="steps">
                <li><span>{ text::STEPS[0] }</span></li>
                <li><span>{ text::STEPS[1] }</span></li>
                <li><span>{ "Only the controller in " }{ cluster }{ " can open it and make the Secret." }</span></li>
            </ol>
        </div>
    }
}
