//! The ledger of requests, from the browser's own record, and the version.

use yew::prelude::*;

use crate::services::ledger;
use crate::text;

/// The footer.
#[component]
pub fn Footer() -> Html {
    let at_start = use_memo((), |()| ledger::requests());
    let now = use_state_eq(ledger::requests);
    {
        let now = now.setter();
        use_effect_with((), move |()| {
            // A browser that can't watch shows the count of the start.
            let _ = ledger::watch(move || now.set(ledger::requests()));
        });
    }
    html! {
        <footer class="foot">
            <span><span class="mono">{ *at_start }</span>{ text::LEDGER_LOADING }</span>
            <span><span class="mono" id="requests-since">{ now.saturating_sub(*at_start) }</span>{ text::LEDGER_SINCE }</span>
            <span class="end">{ concat!("Sealwright ", env!("CARGO_PKG_VERSION")) }</span>
        </footer>
    }
}
