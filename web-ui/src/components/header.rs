//! Who this is, for which cluster, and the promise with the way to check it.

use yew::prelude::*;

use super::words::paragraph;
use crate::services::page;
use crate::services::theme::Theme;
use crate::state::State;
use crate::text;

/// The header.
#[hook]
pub fn use_header(state: &State) -> Html {
    let checking = use_state(|| false);
    let themed = use_force_update();
    let theme = Theme::current();
    let skip = Callback::from(|event: MouseEvent| {
        event.prevent_default();
        page::focus("result");
    });
    let turn = Callback::from(move |_| {
        Theme::current().next().apply();
        themed.force_update();
    });
    let check = {
        let checking = checking.clone();
        Callback::from(move |_| checking.set(!*checking))
    };
    html! {
        <>
            <a class="skip" href="#result" onclick={skip}>{ text::SKIP }</a>
            <header class="top">
                <h1 class="brand">{ seal() }{ "Sealwright" }</h1>
                if let Some(cluster) = state.cluster_name() { <span class="cluster">{ cluster }</span> }
                <span class="promise">
                    <span class="dot" /><span>{ text::PROMISE }</span>
                    <button class="plain small" aria-expanded={checking.to_string()}
                        aria-controls="how-to-check" onclick={check}>{ text::HOW_TO_CHECK }</button>
                    <button class="plain small" onclick={turn}>{ text::theme(theme) }</button>
                </span>
            </header>
            <section class="check" id="how-to-check" aria-label={text::HOW_TO_CHECK} hidden={!*checking}>
                <ol class="steps">
                    { for text::CHECKS.iter().map(|check| html! { <li><span>{ *check }</span></li> }) }
                </ol>
                { paragraph("small quiet", text::LIMITS) }
            </section>
        </>
    }
}

/// The mark: a wax seal with a tick.
fn seal() -> Html {
    html! {
        <svg viewBox="0 0 32 32" fill="none" aria-hidden="true">
            <path fill="currentColor" d="M16 2.6c1.9 0 2.7 1.7 4.4 2.2 1.7.6 3.5-.4 5 .8s1 3 2 4.4c1 1.5 2.9 2.1 2.9 4s-1.2 2.9-1.3 4.7c-.1 1.8 1 3.4.1 5.1s-2.8 1.6-4.2 2.7c-1.4 1-1.7 2.9-3.5 3.5-1.8.5-3.3-.9-5.1-.9s-3.3 1.4-5.1.9c-1.8-.6-2.1-2.5-3.5-3.5-1.4-1.1-3.3-1-4.2-2.7s.2-3.3.1-5.1C3.5 16.9 2.3 15.9 2.3 14s1.9-2.5 2.9-4c1-1.4.5-3.2 2-4.4s3.3-.2 5-.8c1.7-.5 1.9-2.2 3.8-2.2Z" />
            <circle cx="16" cy="16" r="7.6" stroke="var(--card)" stroke-width="1.6" />
            <path d="M12.6 16.2l2.4 2.4 4.5-4.8" stroke="var(--card)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}
