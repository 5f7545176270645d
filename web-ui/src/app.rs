//! The one screen: joins the reducer, the desk and the browser.

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use sealer_core::Plaintext;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::components::{
    bar::bar,
    certificate::use_certificate_bar,
    footer::use_footer,
    header::use_header,
    input::use_input_card,
    link::use_link_form,
    result::{next_step, result_card},
    saving::use_letting_go,
    target::target_card,
};
use crate::desk::Desk;
use crate::edits::{Edit, Typed};
use crate::effect::{Undo, lasting, use_effect_on};
use crate::idle::use_idle;
use crate::link::{Link, LinkProblem};
use crate::reading;
use crate::services::page;
use crate::state::{Action, Cluster, Input, Kept, Outcome, Pace, State};
use crate::text;
use crate::working::{use_reading, use_sealing, use_warming};

/// How long a pause in typing must be before the page reacts.
const PAUSE_MS: u32 = 150;
/// How long until a change is announced to screen readers.
const ANNOUNCE_MS: u32 = 800;

/// The state as Yew holds it.
#[derive(Debug)]
pub struct Store(pub State);

/// What components change the state by.
pub type Dispatch = Callback<Action>;

impl Reducible for Store {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let state = Rc::try_unwrap(self).map_or_else(|shared| shared.0.clone(), |store| store.0);
        Rc::new(Self(state.reduce(action)))
    }
}

/// What the page is started with.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct AppProps {
    /// The server's clusters.
    pub clusters: Rc<Vec<Cluster>>,
    /// What the link says that the page was opened by, if it was one.
    pub link: Option<Result<Rc<Link>, LinkProblem>>,
    /// The box, which was there before.
    pub area: HtmlTextAreaElement,
    /// What of its text was selected, if it has the focus: moving the box costs it both.
    pub selected: Option<(u32, u32)>,
    /// Random bytes for the desk.
    pub salt: [u8; 32],
    /// The moment of the start, by the browser's clock for requests.
    pub started: f64,
}

/// The page.
#[component]
pub fn App(props: &AppProps) -> Html {
    let (clusters, link) = (props.clusters.clone(), props.link.clone());
    let store = use_reducer(move || {
        let state = State::new(clusters.to_vec());
        Store(match link {
            Some(link) => state.reduce(Action::LinkFollowed(link)),
            None => state,
        })
    });
    let salt = props.salt;
    let desk = use_mut_ref(move || Desk::new(salt));
    let state = &store.0;
    let dispatch = {
        let dispatcher = store.dispatcher();
        Callback::from(move |action| dispatcher.dispatch(action))
    };

    use_adopted_box(&props.area, props.selected, &dispatch);

    let put_off = use_mut_ref(|| None);
    use_reading(&desk, &props.area, &put_off, &store, &dispatch);
    use_sealing(&desk, &store, &dispatch);
    use_warming(&store, &dispatch);

    // Values are forgotten with the text, and when somebody leaves.
    {
        let (desk, area) = (desk.clone(), props.area.clone());
        let empty = matches!(state.input, Input::Empty | Input::Wiped(_));
        let has_rows = state.opened.is_some() || !state.rows.typed().is_empty();
        let keep_rows = has_rows && !state.is_wiped();
        let emptied = state.emptied;
        let effect = move || {
            // Not at the start: what was pasted while the page was loading is to stay.
            if emptied > 0 && empty {
                area.set_value("");
            }
            match (empty, keep_rows) {
                (true, true) => desk.borrow_mut().forget_pasted(),
                (true, false) => desk.borrow_mut().clear(),
                (false, _) => {}
            }
            lasting()
        };
        use_effect_on([emptied, u32::from(empty), u32::from(keep_rows)], Box::new(effect));
    }
    {
        let (desk, store) = (desk.clone(), store.clone());
        let effect = move || {
            let rows: Vec<u32> = store.0.edits().typed().iter().map(|typed| typed.row).collect();
            desk.borrow_mut().keep_rows(&rows);
            lasting()
        };
        use_effect_on([state.serial, 0, 0], Box::new(effect));
    }
    let onvalue = {
        let (desk, dispatch) = (desk.clone(), dispatch.clone());
        Callback::from(move |(row, value): (u32, Plaintext)| {
            let (bytes, trap) = (value.len(), reading::trap(&value));
            desk.borrow_mut().type_value(row, value);
            dispatch.emit(Action::Edited(Edit::Type { row, bytes, trap }));
        })
    };
    let onfile = {
        let (desk, dispatch) = (desk.clone(), dispatch.clone());
        Callback::from(move |(file, key, value): (Rc<str>, String, Plaintext)| {
            let (bytes, trap) = (value.len(), reading::trap(&value));
            let row = desk.borrow_mut().put_file(value);
            let file = Some(file);
            dispatch.emit(Action::FileTaken(Typed { row, key, replaces: false, bytes, trap, file }));
        })
    };
    {
        let effect = move || -> Undo {
            let leaving = web_sys::window().map(|window| {
                EventListener::new(&window, "pagehide", move |_| {
                    page::empty_boxes();
                    desk.borrow_mut().clear();
                })
            });
            Box::new(move || drop(leaving))
        };
        use_effect_on([0; 3], Box::new(effect));
    }

    // A link may be followed in this very tab.
    {
        let dispatch = dispatch.clone();
        let effect = move || -> Undo {
            let following = web_sys::window().map(|window| {
                EventListener::new(&window, "hashchange", move |_| {
                    if let Some(link) = Link::read(&page::address().1) {
                        dispatch.emit(Action::LinkFollowed(link));
                    }
                })
            });
            Box::new(move || drop(following))
        };
        use_effect_on([0; 3], Box::new(effect));
    }

    use_idle(state, &dispatch);
    use_announcements(state);
    use_letting_go(state);

    let header = use_header(state);
    let footer = use_footer(props.started);
    let certificate_bar = use_certificate_bar(state, &dispatch);
    let input_card = use_input_card(state, &props.area, &put_off, &onvalue, &onfile, &dispatch);
    let link_form = use_link_form(state);
    html! {
        <>
            { header }
            { certificate_bar }
            <main>
                <div class="flow">
                    { input_card }
                    { target_card(state, link_form, &dispatch) }
                </div>
                { result_card(state, &dispatch) }
            </main>
            { bar(state, &dispatch) }
            { footer }
        </>
    }
}

/// Takes over the box from `index.html`: its text, and the focus and selection that moving it costs.
#[hook]
fn use_adopted_box(area: &HtmlTextAreaElement, selected: Option<(u32, u32)>, dispatch: &Dispatch) {
    let (area, dispatch) = (area.clone(), dispatch.clone());
    let effect = move || {
        if let Some(shell) = page::element("shell") {
            shell.remove();
        }
        if let Some((start, end)) = selected {
            // The box has just been put in its place: it takes focus and selection.
            let _ = area.focus().and_then(|()| area.set_selection_range(start, end));
        }
        // What was typed meanwhile; and without that the same, so that the first key need not wait until the browser has compiled this.
        dispatch.emit(Action::TextChanged { blank: area.value().trim().is_empty(), pace: Pace::Now });
        lasting()
    };
    use_effect_on([0; 3], Box::new(effect));
}

/// Says once and politely what came of a change; the title tells it too.
#[hook]
fn use_announcements(state: &State) {
    let (said, title) = match (&state.outcome, state.kept) {
        (Outcome::Sealed(_), Kept::Downloaded) => (text::DOWNLOADED.to_owned(), None),
        (Outcome::Sealed(_), Kept::Copied | Kept::LinesCopied) => (text::COPIED.to_owned(), None),
        (Outcome::Sealed(sealed), _) => {
            (text::sealed_announcement(sealed), Some(format!("{} · Sealwright", text::title(sealed))))
        }
        (Outcome::Unchanged, kept) => {
            let said = state.opened.as_ref().map(|opened| match kept {
                Kept::Saved => text::saved(&opened.name),
                _ => text::opened_announcement(opened.document()),
            });
            (said.unwrap_or_default(), Some("Sealwright".to_owned()))
        }
        (Outcome::Needs(needs), _) => (next_step(needs).to_owned(), Some("Sealwright".to_owned())),
        _ => (String::new(), Some("Sealwright".to_owned())),
    };
    let stage = match state.outcome {
        Outcome::Sealed(_) => 0,
        Outcome::Unchanged => 1,
        Outcome::Needs(_) => 2,
        _ => 3,
    };
    let effect = move || -> Undo {
        if let Some(title) = title {
            page::set_title(&title);
        }
        let pause = Timeout::new(ANNOUNCE_MS, move || page::announce(&said));
        Box::new(move || drop(pause))
    };
    use_effect_on([state.serial, state.kept as u32, stage], Box::new(effect));
}

/// How long until something is done at this pace.
pub fn milliseconds(pace: Pace) -> u32 {
    match pace {
        Pace::Now => 0,
        Pace::Typing => PAUSE_MS,
    }
}
