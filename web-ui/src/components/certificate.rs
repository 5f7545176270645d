//! The sealing certificate: one line that can be read aloud, and the place to bring another.

use sealer_core::cert;
use web_sys::{File, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::browse::browse;
use crate::app::Dispatch;
use crate::services::{certificate, files, page};
use crate::state::{Action, Certificate, CertificateProblem, Cluster, Source};
use crate::text;

/// What the bar shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct CertificateProps {
    /// The certificate that is sealed for.
    pub certificate: Option<Certificate>,
    /// The server's clusters.
    pub clusters: Vec<Cluster>,
    /// Whether the place for another is open.
    pub open: bool,
    /// Why the last one was not taken.
    pub problem: Option<CertificateProblem>,
    /// Where actions go.
    pub dispatch: Dispatch,
}

/// The bar.
#[component]
pub fn CertificateBar(props: &CertificateProps) -> Html {
    let toggle = props.dispatch.reform({
        let open = props.open;
        move |_: MouseEvent| Action::ChangeCertificate(!open)
    });
    let line = match &props.certificate {
        Some(certificate) => known(certificate),
        None => html! { <span><b>{ text::NO_KEY }</b></span> },
    };
    html! {
        <>
            <section class="cert" aria-label={text::KEY}>
                { line }
                if props.certificate.is_some() {
                    <button class="plain small" id="change" aria-expanded={props.open.to_string()} aria-controls="bring" onclick={toggle}>
                        { if props.open { text::KEEP } else { text::CHANGE } }
                        <span class="visually-hidden">{ text::THE_KEY }</span>
                    </button>
                }
            </section>
            <section class="bring" id="bring" aria-label={text::BRING_TITLE} hidden={!props.open}>
                if props.open { <Bring ..props.clone() /> }
            </section>
        </>
    }
}

fn known(certificate: &Certificate) -> Html {
    let cert = &certificate.cert;
    let fingerprint = cert.fingerprint();
    let source = match &certificate.source {
        Source::Cluster(name) => text::from_cluster(name, page::is_one_file()),
        Source::Brought => text::BROUGHT.to_owned(),
    };
    html! {
        <>
            <details class="fingerprint">
                <summary>
                    <b>{ text::KEY }</b>{ " " }<span class="mono">{ text::short_fingerprint(&fingerprint) }</span>
                    <span class="visually-hidden">{ text::WHOLE_FINGERPRINT }</span>
                </summary>
                <p>{ "SHA-256 " }<span class="mono whole" id="fingerprint">{ fingerprint }</span></p>
            </details>
            <span>{ text::age(cert.not_before(), sealer_wasm::now()) }</span>
            <span>{ "valid to " }{ text::date(cert.not_after()) }</span>
            <span>{ "RSA " }{ cert.bits() }</span>
            <span>{ source }</span>
        </>
    }
}

#[component]
fn Bring(props: &CertificateProps) -> Html {
    let area = use_node_ref();
    let chooser = use_node_ref();
    let take = {
        let (dispatch, area) = (props.dispatch.clone(), area.clone());
        Callback::from(move |pem: String| {
            if pem.trim().is_empty() {
                return;
            }
            let judged = certificate::judge(&pem, sealer_wasm::now());
            let private = cert::contains_private_key(&pem);
            if (judged.is_ok() || private)
                && let Some(area) = area.cast::<HtmlTextAreaElement>()
            {
                area.set_value("");
            }
            // A bundle with a private key in it is refused as a whole: the key must not be pasted about.
            let judged = if private { Err(sealer_core::CertError::PrivateKey) } else { judged };
            let taken = judged.is_ok();
            dispatch.emit(Action::CertificateBrought(judged));
            if taken {
                page::focus("secret");
                page::announce(text::CERTIFICATE_TAKEN);
            }
        })
    };
    let oninput =
        take.reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value());
    let chosen = Callback::from(move |file: File| {
        let take = take.clone();
        yew::platform::spawn_local(async move {
            // Something that is no text is no PEM: judged as such.
            take.emit(files::read_text(&file).await.unwrap_or_else(|| "-".to_owned()));
        });
    });
    let cluster = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let index = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            if let Ok(index) = usize::try_from(index) {
                dispatch.emit(Action::ClusterChosen(index));
            }
        })
    };
    let problem = props.problem.as_ref().map(text::certificate_problem);
    let invalid = problem.as_ref().map(|_| "true");
    html! {
        <>
            if props.clusters.len() > 1 {
                <div class="field"><label for="cluster">{ text::CLUSTER }</label>
                    <select id="cluster" onchange={cluster}>
                        { for props.clusters.iter().map(|each| html! {
                            <option selected={is_current(props, each)}>{ &*each.name }</option>
                        }) }
                    </select>
                </div>
            }
            <div class="field">
                <label for="certificate">{ text::BRING }</label>
                <textarea class="box low" id="certificate" ref={area} {oninput} spellcheck="false" autocomplete="off" autocorrect="off"
                    autocapitalize="off" writingsuggestions="false" translate="no" data-gramm="false"
                    data-bwignore="" data-lpignore="true" placeholder="-----BEGIN CERTIFICATE-----"
                    aria-invalid={invalid} aria-describedby={invalid.map(|_| "certificate-problem")} />
            </div>
            if let Some((what, next)) = problem {
                <div class="message bad" role="alert" id="certificate-problem"><p>{ what }</p><span>{ next }</span></div>
            }
            <div class="under">
                { browse(&chooser, text::BROWSE_CERTIFICATE, Some(".pem,.crt,.cer"), chosen) }
                <span>{ text::GET_IT }{ " " }<code class="mono">{ text::FETCH_CERT }</code></span>
            </div>
        </>
    }
}

fn is_current(props: &CertificateProps, cluster: &Cluster) -> bool {
    let source = props.certificate.as_ref().map(|certificate| &certificate.source);
    matches!(source, Some(Source::Cluster(name)) if *name == cluster.name)
}
