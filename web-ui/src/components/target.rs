//! Where the values may be opened: namespace, name and scope, in words.

use sealer_core::Scope;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::Dispatch;
use crate::desk::Need;
use crate::sealed_file::Document;
use crate::state::Action;
use crate::text;

/// What the card shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct TargetProps {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The scope, unless several Secrets differ.
    pub scope: Option<Scope>,
    /// How many Secrets are in the box.
    pub secrets: usize,
    /// What is missing.
    pub needs: Vec<Need>,
    /// Whether the values are gone, so that nothing can be changed any more.
    pub locked: bool,
    /// Where actions go.
    pub dispatch: Dispatch,
}

/// The card.
#[component]
pub fn TargetCard(props: &TargetProps) -> Html {
    let TargetProps { namespace, name, scope, secrets, needs, locked, dispatch } = props;
    let several = *secrets > 1;
    let complaint = |wanted: [Need; 2]| needs.iter().find(|need| wanted.contains(need)).copied();
    let namespace_need = complaint([Need::Namespace, Need::BetterNamespace]);
    let name_need = complaint([Need::Name, Need::BetterName]);
    let namespace_label = if several { text::NAMESPACE_FOR_OTHERS } else { text::NAMESPACE };
    html! {
        <section class="card" aria-labelledby="target-title">
            <h2 id="target-title">{ text::TARGET_TITLE }</h2>
            <fieldset class="bare" disabled={*locked}>
                <legend class="visually-hidden">{ text::TARGET_TITLE }</legend>
                <div class="fields">
                    { field("namespace", namespace_label, namespace, namespace_need, *scope, typed(dispatch, Action::NamespaceTyped)) }
                    if !several {
                        { field("name", text::NAME, name, name_need, *scope, typed(dispatch, Action::NameTyped)) }
                    }
                </div>
                <fieldset>
                    <legend>{ text::SCOPE_LEGEND }</legend>
                    { for Scope::ALL.iter().map(|each| card(*each, *scope, props)) }
                </fieldset>
            </fieldset>
            if *locked { <p class="small quiet after">{ text::LOCKED }</p> }
        </section>
    }
}

/// What the card shows where a file says it all.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct FileTargetProps {
    /// The SealedSecret that is changed.
    pub document: Document,
    /// The namespace that somebody typed, where the file names none.
    pub namespace: String,
    /// What is missing.
    pub needs: Vec<Need>,
    /// Whether the values are gone, so that nothing can be changed any more.
    pub locked: bool,
    /// Where actions go.
    pub dispatch: Dispatch,
}

/// The card for a file that says where its values may be opened.
#[component]
pub fn FileTargetCard(props: &FileTargetProps) -> Html {
    let FileTargetProps { document, namespace, needs, locked, dispatch } = props;
    let need = needs.iter().find(|need| matches!(need, Need::Namespace | Need::BetterNamespace)).copied();
    let known = if document.namespace.is_empty() { namespace } else { &document.namespace };
    html! {
        <section class="card" aria-labelledby="target-title">
            <h2 id="target-title">{ text::TARGET_TITLE }<span class="small">{ text::SET_BY_FILE }</span></h2>
            <p class="quiet" id="set-by-file">{ set_by_file(document, known) }{ " " }{ text::TO_CHANGE_TARGET }</p>
            if document.lacks_namespace() {
                <fieldset class="bare after" disabled={*locked}>
                    <legend class="visually-hidden">{ text::NAMESPACE }</legend>
                    { field("namespace", text::NAMESPACE_OF_FILE, namespace, need, Some(document.scope), typed(dispatch, Action::NamespaceTyped)) }
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
    need: Option<Need>,
    scope: Option<Scope>,
    oninput: Callback<InputEvent>,
) -> Html {
    let need_id = format!("{id}-need");
    html! {
        <div class="field">
            <label for={id}>{ label }</label>
            <input type="text" {id} value={value.to_owned()} {oninput} autocomplete="off" autocorrect="off"
                autocapitalize="off" spellcheck="false" translate="no" data-bwignore=""
                data-lpignore="true" aria-invalid={need.map(|_| "true")}
                aria-describedby={need.map(|_| need_id.clone())} />
            if let Some(need) = need {
                <p class="need" id={need_id} role="alert">{ text::need(need, scope) }</p>
            }
        </div>
    }
}

fn card(scope: Scope, chosen: Option<Scope>, props: &TargetProps) -> Html {
    let id = format!("scope-{scope}");
    let words = format!("{id}-words");
    let onchange = props.dispatch.reform(move |_: Event| Action::ScopeChosen(scope));
    let consequence = if props.secrets > 1 {
        html! { text::scope_of_several(scope) }
    } else {
        consequence(scope, &props.namespace, &props.name)
    };
    html! {
        <label class="scope" for={id.clone()}>
            <input type="radio" name="scope" {id} checked={chosen == Some(scope)} {onchange} aria-describedby={words.clone()} />
            { text::scope(scope) }
            <span id={words}>{ consequence }</span>
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
