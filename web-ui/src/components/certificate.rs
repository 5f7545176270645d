//! The sealing certificate: one line that can be read aloud, and the place to bring another.

use sealer_core::cert;
use web_sys::{File, HtmlTextAreaElement};
use yew::prelude::*;

use super::browse::browse;
use super::entry::{labelled, select};
use super::words::{span, unseen};
use crate::app::Dispatch;
use crate::services::{certificate, files, page, pins};
use crate::state::{Action, Certificate, Cluster, Seen, Source, State};
use crate::text;

/// The bar.
#[hook]
pub fn use_certificate_bar(state: &State, dispatch: &Dispatch) -> Html {
    let open = state.changing_certificate;
    let toggle = dispatch.reform(move |_: MouseEvent| Action::ChangeCertificate(!open));
    let bring = use_bring(state, dispatch);
    let line = match &state.certificate {
        Some(certificate) => known(certificate),
        None => html! { <span><b>{ text::NO_KEY }</b></span> },
    };
    html! {
        <>
            <section class="cert" aria-label={text::KEY}>
                { line }
                if state.certificate.is_some() {
                    <button class="plain small" id="change" aria-expanded={open.to_string()} aria-controls="bring" onclick={toggle}>
                        { if open { text::KEEP } else { text::CHANGE } }
                        { unseen(text::THE_KEY) }
                    </button>
                }
            </section>
            { for state.changed().map(|(cluster, before)| changed(cluster, before, dispatch)) }
            <section class="bring" id="bring" aria-label={text::BRING_TITLE} hidden={!open}>
                if open { { bring } }
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
                    <b>{ text::KEY }</b>{ " " }{ span("mono", text::short_fingerprint(&fingerprint)) }
                    { unseen(text::WHOLE_FINGERPRINT) }
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

/// Says that a certificate is another one, until somebody says that it was meant to be.
fn changed(cluster: &Cluster, before: &Seen, dispatch: &Dispatch) -> Html {
    let Ok(cert) = &cluster.certificate else { return Html::default() };
    let (name, fingerprint) = (cluster.name.clone(), cert.fingerprint());
    let (what, next) = text::certificate_changed(&name, before, &fingerprint);
    let onclick = dispatch.reform(move |_: MouseEvent| {
        pins::remember(&name, &fingerprint, sealer_wasm::now());
        page::focus("secret");
        Action::ChangeExpected(name.clone())
    });
    html! {
        <div class="message warn changed" role="alert"><p>{ what }</p><span>{ next }{ " " }
            <button class="plain small" {onclick}>{ text::CHANGE_EXPECTED }</button></span>
        </div>
    }
}

#[hook]
fn use_bring(state: &State, dispatch: &Dispatch) -> Html {
    let area = use_node_ref();
    let chooser = use_node_ref();
    // What is sealed anew for it is announced by itself.
    let is_silent = (state.summary().is_some() || state.opened.is_some()) && !state.is_wiped();
    let take = {
        let (dispatch, area) = (dispatch.clone(), area.clone());
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
                if !is_silent {
                    page::announce(text::CERTIFICATE_TAKEN);
                }
            }
        })
    };
    let oninput =
        take.reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value());
    let chosen = Callback::from(move |files: Vec<File>| {
        let take = take.clone();
        let Some(file) = files.into_iter().next() else { return };
        yew::platform::spawn_local(async move {
            // Something that is no text is no PEM: judged as such.
            let bytes = files::read(&file).await;
            // Exposed: it may be a private key, which is not kept then.
            let text = bytes.as_ref().and_then(|bytes| str::from_utf8(bytes.expose()).ok());
            take.emit(text.unwrap_or("-").to_owned());
        });
    });
    let current = state.clusters.iter().position(|each| state.cluster_name() == Some(&*each.name));
    let names = state.clusters.iter().map(|each| each.name.clone().into()).collect();
    let cluster = select("cluster", names, current, false, &dispatch.reform(Action::ClusterChosen));
    let problem = state.certificate_problem.as_ref().map(text::certificate_problem);
    let invalid = problem.as_ref().map(|_| "true");
    html! {
        <>
            if state.clusters.len() > 1 {
                { labelled(&"cluster".into(), html! { text::CLUSTER }, cluster, None) }
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
