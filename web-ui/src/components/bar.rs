//! In narrow or low windows, the verdict and the main button stay in view.

use std::rc::Rc;

use yew::prelude::*;

use super::result::{download, short_verdict};
use crate::app::Dispatch;
use crate::desk::Sealed;
use crate::text;

/// What the bar shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct BarProps {
    /// What was sealed; without it there is no bar.
    pub sealed: Option<Rc<Sealed>>,
    /// Where actions go.
    pub dispatch: Dispatch,
}

/// The bar.
#[component]
pub fn Bar(props: &BarProps) -> Html {
    let Some(sealed) = &props.sealed else { return Html::default() };
    html! {
        <div class="bar" role="region" aria-label={text::BAR}>
            <span>{ short_verdict(sealed) }</span>
            <button class="primary" onclick={download(sealed, &props.dispatch)}>{ text::DOWNLOAD }</button>
        </div>
    }
}
