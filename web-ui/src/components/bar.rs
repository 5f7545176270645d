//! In narrow or low windows, the verdict and the main button stay in view.

use yew::prelude::*;

use super::result::{download, short_verdict};
use crate::app::Dispatch;
use crate::state::State;
use crate::text;

/// The bar; without something sealed there is none.
pub fn bar(state: &State, dispatch: &Dispatch) -> Html {
    let Some(sealed) = state.sealed() else { return Html::default() };
    html! {
        <div class="bar" role="region" aria-label={text::BAR}>
            <span>{ short_verdict(sealed) }</span>
            <button class="primary" onclick={download(sealed, dispatch)}>{ text::download(sealed) }</button>
        </div>
    }
}
