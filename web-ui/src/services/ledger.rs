//! Counts the requests that the browser made for this page, by its own record of them.

use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{PerformanceObserver, PerformanceObserverInit};

/// How many requests there were since the page was opened, the page itself included.
pub fn requests() -> u32 {
    let performance = web_sys::window().and_then(|window| window.performance());
    performance.map_or(0, |performance| performance.get_entries_by_type("resource").length() + 1)
}

/// Calls back whenever the browser records another request, for as long as the page lives.
pub fn watch(called: impl Fn() + 'static) -> Result<(), JsValue> {
    let callback = Closure::<dyn Fn(JsValue, JsValue)>::new(move |_, _| called());
    let observer = PerformanceObserver::new(callback.as_ref().unchecked_ref())?;
    observer.observe(&PerformanceObserverInit::new(&Array::of1(&"resource".into())));
    callback.forget();
    Ok(())
}
