//! The ledger of requests, from the browser's own record, and the version.

use yew::prelude::*;

use crate::services::ledger;
use crate::text;

/// The footer.
#[component]
pub fn Footer() -> Html {
    let start = *use_memo((), |()| ledger::moment());
    let requests = use_state_eq(move || ledger::count(start));
    {
        let requests = requests.setter();
        use_effect_with((), move |()| {
            // A browser that can't watch shows the count of the start.
            let _ = ledger::watch(move || requests.set(ledger::count(start)));
        });
    }
    html! {
        <footer class="foot">
            <span><span class="mono">{ requests.loading }</span>{ text::LEDGER_LOADING }</span>
            <span><span class="mono" id="requests-since">{ requests.later }</span>{ text::LEDGER_SINCE }</span>
            <span class="end">{ concat!("Sealwright ", env!("CARGO_PKG_VERSION")) }</span>
        </footer>
    }
}
