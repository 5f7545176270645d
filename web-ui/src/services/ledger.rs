//! Counts the requests that the browser made for this page, by its own record of them.

use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Performance, PerformanceEntry, PerformanceObserver, PerformanceObserverInit};

use super::page;

/// The requests of this page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Those that loaded it, the page itself included; that one is no request where it is a single file.
    pub loading: usize,
    /// Those that were begun later.
    pub later: usize,
}

/// What the browser's clock for requests shows now.
pub fn moment() -> f64 {
    performance().map_or(0.0, |performance| performance.now())
}

/// Counts the requests begun before and after a moment. They are recorded only when they end.
pub fn count(moment: f64) -> Ledger {
    let Some(performance) = performance() else { return Ledger::default() };
    let entries = performance.get_entries_by_type("resource");
    let is_later = |entry: JsValue| entry.unchecked_into::<PerformanceEntry>().start_time() > moment;
    let later = entries.iter().filter(|entry| is_later(entry.clone())).count();
    let itself = usize::from(!page::is_one_file());
    Ledger { loading: entries.iter().count() - later + itself, later }
}

/// Something begins whose time the browser records under this name.
pub fn begin(name: &str) {
    if let Some(performance) = performance() {
        performance.clear_marks_with_mark_name(name);
        performance.clear_measures_with_measure_name(name);
        // A browser that records nothing of the kind loses a figure for benchmarks, no more.
        let _ = performance.mark(name);
    }
}

/// It ends.
pub fn end(name: &str) {
    if let Some(performance) = performance() {
        // As above.
        let _ = performance.measure_with_start_mark(name, name);
    }
}

fn performance() -> Option<Performance> {
    web_sys::window()?.performance()
}

/// Calls back whenever the browser records another request, for as long as the page lives.
pub fn watch(called: impl Fn() + 'static) -> Result<(), JsValue> {
    let callback = Closure::<dyn Fn(JsValue, JsValue)>::new(move |_, _| called());
    let observer = PerformanceObserver::new(callback.as_ref().unchecked_ref())?;
    observer.observe(&PerformanceObserverInit::new(&Array::of1(&"resource".into())));
    callback.forget();
    Ok(())
}
