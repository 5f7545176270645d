//! The result: a sentence, two buttons, the file.

use std::rc::Rc;

use sealer_core::Binding;
use yew::prelude::*;

use super::keeping::{copy, copy_lines, download_button, kept_note};
use super::message::problem_message;
use super::new_file::new_file;
use super::saving::save_button;
use super::words::{paragraph, span, unseen};
use crate::app::Dispatch;
use crate::command::commands;
use crate::desk::{Merged, Need, Opening, Other, Sealed};
use crate::diff::DiffLine;
use crate::reading::Problem;
use crate::services::page;
use crate::shown::{self, Line};
use crate::state::{Action, Input, Kept, Outcome, Pace, State};
use crate::text;

/// The card.
pub fn result_card(state: &State, dispatch: &Dispatch) -> Html {
    let working = !state.is_settled();
    let content = match &state.outcome {
        Outcome::Sealed(sealed) => sealed_content(sealed, state, dispatch),
        Outcome::Failed(problem) => problem_message("result-problem", problem),
        Outcome::Refused { problem, lines } => refused_content(problem, lines, state.kept, dispatch),
        Outcome::Needs(needs) => needs_content(needs),
        Outcome::Unchanged => match &state.opened {
            Some(opened) if state.kept == Kept::Saved => {
                still_empty(text::saved(&opened.name), text::SAVED_NEXT)
            }
            _ => still_empty(text::UNCHANGED, text::UNCHANGED_HOW),
        },
        Outcome::Nothing if matches!(state.input, Input::Bad(_)) => {
            paragraph("verdict quiet", text::FIX_THE_TEXT)
        }
        Outcome::Nothing if working => paragraph("verdict quiet", text::SEALING),
        Outcome::Nothing => {
            let rows_wait = state.edits().waits();
            let next = if rows_wait { text::EMPTY_ROWS } else { text::EMPTY };
            html! {
                <>
                    { empty_content(next, state.cluster_name()) }
                    if !rows_wait { { example(dispatch) } }
                </>
            }
        }
    };
    html! {
        <section class="card result" id="result" tabindex="-1" aria-labelledby="result-title" aria-busy={working.to_string()}>
            <h2 id="result-title">{ text::RESULT_TITLE }
                if let Outcome::Sealed(sealed) = &state.outcome { { span("note ok", text::badge(sealed)) } }
            </h2>
            { content }
        </section>
    }
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

fn verdict(sealed: &Sealed, cluster: Option<&str>) -> Html {
    if let Some(merged) = &sealed.merged {
        return html! {
            <>
                { paragraph("verdict", text::sentence(&text::changes(merged.counts))) }
                { paragraph("quiet", text::REST_STAYS) }
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

fn sealed_content(sealed: &Rc<Sealed>, state: &State, dispatch: &Dispatch) -> Html {
    let whole = Rc::from(sealed.yaml.as_str());
    let copied = state.kept == Kept::Copied;
    let (label, next) = match (&sealed.merged, state.is_writable()) {
        (None, _) => (text::COPY, text::NEXT),
        (Some(_), false) => (text::COPY_FILE, text::NEXT_FOR_FILE),
        (Some(_), true) => (text::COPY_FILE, text::NEXT_FOR_SAVING),
    };
    let (open_in, goes_to) = new_file(state, sealed);
    let wipe = dispatch.reform(|_: MouseEvent| {
        // The button goes, and the focus with it.
        page::focus("result");
        page::announce(text::WIPED);
        Action::Wiped
    });
    html! {
        <>
            { verdict(sealed, state.cluster_name()) }
            if !sealed.others.is_empty() { { paragraph("quiet", text::files_of_others(sealed)) } }
            <div class="actions">
                if state.is_writable() { { save_button(text::save(&sealed.file_name).into(), sealed, state, dispatch) } }
                { download_button((!state.is_writable()).then_some("primary"), Some("download"), sealed, dispatch) }
                <button id="copy" onclick={copy(whole, Kept::Copied, dispatch)}>{ if copied { text::COPIED_BUTTON } else { label } }</button>
                { open_in }
                if let Some(merged) = &sealed.merged { { copy_lines(&Rc::from(merged.lines.as_str()), state.kept, dispatch) } }
            </div>
            { kept_note(state.kept) }
            { goes_to }
            { lines(sealed) }
            { for sealed.others.iter().map(other) }
            { command(state, sealed) }
            <div class="message ok">
                <p>{ next }</p>
                if state.is_wiped() {
                    <span>{ text::WIPED }</span>
                } else {
                    <span>{ text::VALUES_STAY }{ " " }<button class="plain small" id="wipe" onclick={wipe}>{ text::WIPE }</button></span>
                }
            </div>
        </>
    }
}

/// What somebody would type to get the same.
fn command(state: &State, sealed: &Sealed) -> Html {
    let Some(commands) = commands(state, sealed) else {
        return match state.wants_templates() {
            true => html! { <p class="small quiet after" id="no-command">{ text::NO_COMMAND }</p> },
            false => Html::default(),
        };
    };
    html! {
        <details class="after" id="command">
            <summary>{ text::COMMAND }</summary>
            { paragraph("small quiet after", text::COMMAND_HOW) }
            <pre class="yaml" tabindex="0" role="region" aria-label={text::COMMAND}>{ commands }</pre>
        </details>
    }
}

fn lines(sealed: &Sealed) -> Html {
    match &sealed.merged {
        Some(Merged { diff, .. }) => html! {
            <pre class="yaml diff" id="yaml" tabindex="0" role="region" aria-label={text::DIFF_LABEL}>
                { for diff.iter().map(diff_line) }
            </pre>
        },
        None => yaml("yaml", &sealed.yaml, text::YAML_LABEL),
    }
}

fn yaml(id: impl Into<AttrValue>, text: &str, label: impl Into<AttrValue>) -> Html {
    let (id, label) = (id.into(), label.into());
    html! {
        <pre class="yaml" {id} tabindex="0" role="region" aria-label={label}>
            { for shown::lines(text).map(line) }
        </pre>
    }
}

/// The file of another cluster.
fn other(other: &Other) -> Html {
    html! {
        <details class="after">
            <summary>{ "For " }<b>{ &other.cluster }</b>{ ": " }{ span("mono", other.file_name.clone()) }</summary>
            { yaml(format!("yaml-{}", other.file_name), &other.yaml, other.file_name.clone()) }
        </details>
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
            if !word.is_empty() { { unseen(word) } }
            { for shown::lines(text).map(line) }
        </span>
    }
}

fn refused_content(problem: &Problem, lines: &Rc<str>, kept: Kept, dispatch: &Dispatch) -> Html {
    html! {
        <>
            { problem_message("result-problem", problem) }
            if !lines.is_empty() {
                { paragraph("after", text::LINES_INSTEAD) }
                <div class="actions">{ copy_lines(lines, kept, dispatch) }</div>
                { kept_note(kept) }
                { yaml("yaml", lines, text::LINES_LABEL) }
            }
        </>
    }
}

/// Why there is no result, and what to do for one.
fn still_empty(why: impl Into<AttrValue>, next: &'static str) -> Html {
    html! { <div class="empty">{ paragraph("verdict", why) }<p>{ next }</p></div> }
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

/// What to do before anything can be sealed; of several things the first.
pub fn next_step(needs: &[Need]) -> &'static str {
    if needs.contains(&Need::Certificate) {
        text::need(Need::Certificate, None)
    } else if needs.contains(&Need::Keys) {
        text::NAME_KEYS
    } else if needs.contains(&Need::Correction) {
        text::CORRECT_VALUE
    } else if needs.contains(&Need::Values) {
        text::FILL_VALUES
    } else if needs.contains(&Need::Details) {
        text::CORRECT_DETAILS
    } else {
        text::FILL_IN
    }
}

fn needs_content(needs: &[Need]) -> Html {
    match needs.contains(&Need::Certificate) {
        true => still_empty(next_step(needs), text::BRING_CERTIFICATE),
        false => still_empty(text::NEARLY, next_step(needs)),
    }
}

/// Puts something into the box that is seen to be nobody's.
fn example(dispatch: &Dispatch) -> Html {
    let onclick = dispatch.reform(|_: MouseEvent| {
        if let Some(area) = page::the_box() {
            area.set_value(text::EXAMPLE);
        }
        page::focus("secret");
        Action::TextChanged { blank: false, pace: Pace::Now }
    });
    html! { <button class="plain" id="example" {onclick}>{ text::TRY_EXAMPLE }</button> }
}

fn empty_content(next: &'static str, cluster: Option<&str>) -> Html {
    let cluster = match cluster {
        Some(name) => html! { <b>{ name }</b> },
        None => html! { text::THE_CLUSTER },
    };
    html! {
        <div class="empty">
            { paragraph("verdict", next) }
            <ol class="steps">
                <li><span>{ text::STEPS[0] }</span></li>
                <li><span>{ text::STEPS[1] }</span></li>
                <li><span>{ "Only the controller in " }{ cluster }{ " can open it and make the Secret." }</span></li>
            </ol>
        </div>
    }
}
