//! The result: a sentence, two buttons, the file.

use std::rc::Rc;

use sealer_core::Binding;
use yew::prelude::*;

use super::message::ProblemMessage;
use crate::app::Dispatch;
use crate::desk::{Need, Opening, Sealed};
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
        Outcome::Needs(needs) => needs_content(needs),
        Outcome::Nothing if props.bad => html! { <p class="verdict quiet">{ text::FIX_THE_TEXT }</p> },
        Outcome::Nothing if props.working => html! { <p class="verdict quiet">{ text::SEALING }</p> },
        Outcome::Nothing => empty_content(props.cluster.as_ref()),
    };
    let is_sealed = matches!(props.outcome, Outcome::Sealed(_));
    html! {
        <section class="card result" id="result" tabindex="-1" aria-labelledby="result-title" aria-busy={props.working.to_string()}>
            <h2 id="result-title">{ text::RESULT_TITLE }
                if is_sealed { <span class="note ok">{ text::SAFE }</span> }
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
    let copy = {
        let (sealed, dispatch) = (sealed.clone(), props.dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            let (sealed, dispatch) = (sealed.clone(), dispatch.clone());
            yew::platform::spawn_local(async move {
                let copied = clipboard::copy(&sealed.yaml).await;
                dispatch.emit(Action::Kept(if copied { Kept::Copied } else { Kept::CopyRefused }));
            });
        })
    };
    let wipe = props.dispatch.reform(|_: MouseEvent| Action::Wiped);
    html! {
        <>
            { verdict(sealed, props.cluster.as_ref()) }
            <div class="actions">
                <button class="primary" id="download" onclick={download(sealed, &props.dispatch)}>{ text::DOWNLOAD }</button>
                <button id="copy" onclick={copy}>{ if props.kept == Kept::Copied { text::COPIED_BUTTON } else { text::COPY } }</button>
            </div>
            if props.kept == Kept::CopyRefused {
                <div class="message warn" role="alert">{ text::COPY_REFUSED }</div>
            }
            <pre class="yaml" id="yaml" tabindex="0" role="region" aria-label={text::YAML_LABEL}>
                { for shown::lines(&sealed.yaml).map(line) }
            </pre>
            <div class="message ok">
                <p>{ text::NEXT }</p>
                if props.wiped {
                    <span>{ text::WIPED }</span>
                } else {
                    <span>{ text::VALUES_STAY }{ " " }<button class="plain small" id="wipe" onclick={wipe}>{ text::WIPE }</button></span>
                }
            </div>
        </>
    }
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
    html! { <div class="empty"><p class="verdict">{ text::NEARLY }</p><p>{ text::FILL_IN }</p></div> }
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
