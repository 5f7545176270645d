//! Where the values may be opened: namespace, name and scope, in words.

use sealer_core::Scope;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::beside::clusters_beside;
use super::details::details;
use super::entry::{labelled, line, select};
use super::words::{paragraph, span};
use crate::app::Dispatch;
use crate::desk::Need;
use crate::link::Link;
use crate::sealed_file::Document;
use crate::secret_type::SecretType;
use crate::state::{Action, Field, State};
use crate::text;

/// The card, with the form that makes a link.
pub fn target_card(state: &State, link_form: Html, dispatch: &Dispatch) -> Html {
    if let Some(opened) = &state.opened {
        return file_target_card(opened.document(), state, dispatch);
    }
    let scope = state.shown_scope();
    let several = state.summary().is_some_and(|summary| summary.secrets.len() > 1);
    let namespace_need = state.need([Need::Namespace, Need::BetterNamespace]);
    let name_need = state.need([Need::Name, Need::BetterName]);
    let locked = state.is_wiped();
    let link = state.followed();
    let is_linked = |field: &Field, says: fn(&Link) -> &str| {
        link.is_some_and(|link| !field.text.is_empty() && field.said.is_empty() && says(link) == field.text)
    };
    let is_scope_linked =
        state.scope.is_none() && state.is_made_here() && link.is_some_and(|link| link.scope.is_some());
    let namespace_label = if several { text::NAMESPACE_FOR_OTHERS } else { text::NAMESPACE };
    html! {
        <section class="card" aria-labelledby="target-title">
            <h2 id="target-title">{ text::TARGET_TITLE }</h2>
            <fieldset class="bare" disabled={locked}>
                <legend class="visually-hidden">{ text::TARGET_TITLE }</legend>
                <div class="fields">
                    { field("namespace", namespace_label, &state.namespace.text, is_linked(&state.namespace, |link| &link.namespace), namespace_need, scope, typed(dispatch, Action::NamespaceTyped)) }
                    if !several {
                        { field("name", text::NAME, &state.name.text, is_linked(&state.name, |link| &link.name), name_need, scope, typed(dispatch, Action::NameTyped)) }
                    }
                    if state.is_made_here() { { types(state, dispatch) } }
                </div>
                <fieldset>
                    <legend>{ text::SCOPE_LEGEND }{ from_link(is_scope_linked) }</legend>
                    { for Scope::ALL.iter().map(|each| card(*each, scope, several, state, dispatch)) }
                </fieldset>
                { clusters_beside(state, dispatch) }
                { details(state, dispatch) }
            </fieldset>
            if locked { { paragraph("small quiet after", text::LOCKED) } }
            { link_form }
        </section>
    }
}

/// The card for a file that says where its values may be opened.
fn file_target_card(document: &Document, state: &State, dispatch: &Dispatch) -> Html {
    let namespace = &state.namespace.text;
    let need = state.need([Need::Namespace, Need::BetterNamespace]);
    let known = if document.namespace.is_empty() { namespace } else { &document.namespace };
    html! {
        <section class="card" aria-labelledby="target-title">
            <h2 id="target-title">{ text::TARGET_TITLE }{ span("small", text::SET_BY_FILE) }</h2>
            <p class="quiet" id="set-by-file">{ set_by_file(document, known) }{ " " }{ text::TO_CHANGE_TARGET }</p>
            if document.lacks_namespace() {
                <fieldset class="bare after" disabled={state.is_wiped()}>
                    <legend class="visually-hidden">{ text::NAMESPACE }</legend>
                    { field("namespace", text::NAMESPACE_OF_FILE, namespace, false, need, Some(document.scope), typed(dispatch, Action::NamespaceTyped)) }
                </fieldset>
            }
        </section>
    }
}

fn set_by_file(document: &Document, namespace: &str) -> Html {
    let namespace = if namespace.is_empty() { text::SOME_NAMESPACE } else { namespace };
    match document.scope {
        Scope::Strict => {
            html! { <>{ "Only as " }<b>{ &document.name }</b>{ " in " }<b>{ namespace }</b>{ "." }</> }
        }
        Scope::NamespaceWide => html! { <>{ "Under any name in " }<b>{ namespace }</b>{ "." }</> },
        Scope::ClusterWide => html! { text::FILE_OPENS_ANYWHERE },
    }
}

fn typed(dispatch: &Dispatch, action: fn(String) -> Action) -> Callback<InputEvent> {
    dispatch.reform(move |event: InputEvent| {
        action(event.target_unchecked_into::<HtmlInputElement>().value().trim().to_owned())
    })
}

fn field(
    id: &'static str,
    label: &'static str,
    value: &str,
    is_linked: bool,
    need: Option<Need>,
    scope: Option<Scope>,
    oninput: Callback<InputEvent>,
) -> Html {
    let label = html! { <>{ label }{ from_link(is_linked) }</> };
    let id = AttrValue::from(id);
    let control = line(id.clone(), NodeRef::default(), value.to_owned(), false, need.is_some(), oninput);
    labelled(&id, label, control, need.map(|need| text::need(need, scope).into()))
}

/// Marks what a link filled in.
pub fn from_link(is_linked: bool) -> Html {
    if is_linked {
        html! { <>{ " " }{ span("note", text::FROM_LINK) }</> }
    } else {
        Html::default()
    }
}

/// Of which type the Secret shall be.
fn types(state: &State, dispatch: &Dispatch) -> Html {
    let shown = state.shown_type();
    let is_linked = state.followed().is_some_and(|link| link.secret_type == shown);
    let onchosen =
        dispatch.reform(|index| Action::TypeChosen(SecretType::ALL.get(index).copied().unwrap_or_default()));
    let options = SecretType::ALL.iter().map(|each| text::secret_type(*each).into()).collect();
    let index = SecretType::ALL.iter().position(|each| *each == shown);
    let label = html! { <>{ text::TYPE }{ from_link(is_linked && shown != SecretType::Opaque) }</> };
    labelled(&"type".into(), label, select("type", options, index, false, &onchosen), None)
}

fn card(scope: Scope, chosen: Option<Scope>, several: bool, state: &State, dispatch: &Dispatch) -> Html {
    let onchange = dispatch.reform(move |_: Event| Action::ScopeChosen(scope));
    let consequence = if several {
        html! { text::scope_of_several(scope) }
    } else {
        consequence(scope, &state.namespace.text, &state.name.text)
    };
    let id = format!("scope-{scope}").into();
    choice(id, "radio", chosen == Some(scope), onchange, text::scope(scope), consequence)
}

/// Something to choose, with what comes of it in words.
pub fn choice(
    id: AttrValue,
    kind: &'static str,
    checked: bool,
    onchange: Callback<Event>,
    label: &'static str,
    consequence: Html,
) -> Html {
    html! {
        <label class="scope" for={id.clone()}>
            <input type={kind} name="scope" {id} {checked} {onchange} />
            { label }
            <span>{ consequence }</span>
        </label>
    }
}

fn consequence(scope: Scope, namespace: &str, name: &str) -> Html {
    let namespace = if namespace.is_empty() { text::SOME_NAMESPACE } else { namespace };
    let name = if name.is_empty() { text::SOME_NAME } else { name };
    match scope {
        Scope::Strict => html! {
            <>{ "Only as " }<b>{ name }</b>{ " in " }<b>{ namespace }</b>{ ". Renaming or moving it breaks it, also by Kustomize prefixes." }</>
        },
        Scope::NamespaceWide => html! {
            <>{ "Rename freely inside " }<b>{ namespace }</b>{ ". Not in other namespaces." }</>
        },
        Scope::ClusterWide => html! { text::ANYWHERE },
    }
}
