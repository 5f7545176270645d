//! The series, as they are written.

use super::*;
use sealer_core::Timestamp;

fn object(name: &str) -> ObjectKey {
    ObjectKey { namespace: "shop".into(), name: name.into() }
}

fn condition(status: &str) -> Condition {
    Condition {
        type_: "Synced".into(),
        status: status.into(),
        last_update_time: None,
        last_transition_time: None,
        reason: None,
        message: None,
    }
}

fn series<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    text.lines().filter(|line| line.starts_with(start)).collect()
}

#[test]
fn the_series_of_upstream_have_its_names_and_labels() {
    let metrics = Metrics::new("v1.2.3", false);
    metrics.unseal_requested();
    metrics.unseal_failed(Failure::Unmanaged, "shop");
    metrics.set_conditions(&object("a"), "web", &[condition("False")]);
    metrics.http_answered("/v1/verify", &Method::POST, StatusCode::CONFLICT, Duration::from_millis(700));
    let text = metrics.text();
    for line in [
        "sealed_secrets_controller_build_info{revision=\"v1.2.3\"} 1",
        "# TYPE sealed_secrets_controller_unseal_requests_total counter",
        "sealed_secrets_controller_unseal_requests_total 1",
        "sealed_secrets_controller_unseal_errors_total{namespace=\"shop\",reason=\"unmanaged\"} 1",
        "sealed_secrets_controller_condition_info{condition=\"Synced\",name=\"a\",namespace=\"shop\",ss_app_kubernetes_io_instance=\"web\"} -1",
        "sealed_secrets_controller_http_requests_total{code=\"409\",method=\"post\",path=\"/v1/verify\"} 1",
        "# TYPE sealed_secrets_controller_http_request_duration_seconds histogram",
        "sealed_secrets_controller_http_request_duration_seconds_sum{method=\"post\",path=\"/v1/verify\"} 0.7",
    ] {
        assert!(text.lines().any(|written| written == line), "{line}\n{text}");
    }
    assert_eq!(series(&text, "# EOF"), [""; 0]);
    let bounds: Vec<&str> = series(&text, "sealed_secrets_controller_http_request_duration_seconds_bucket")
        .into_iter()
        .filter_map(|line| line.split("le=\"").nth(1)?.split('"').next())
        .collect();
    assert_eq!(
        bounds,
        ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"]
    );
}

#[test]
fn a_failure_that_never_happened_has_no_series() {
    assert_eq!(
        series(&Metrics::new("v", false).text(), "sealed_secrets_controller_unseal_errors_total{"),
        [""; 0]
    );
}

#[test]
fn conditions_replace_those_before_and_go_with_their_object() {
    let metrics = Metrics::new("v", false);
    let shown = || {
        series(&metrics.text(), "sealed_secrets_controller_condition_info{")
            .iter()
            .map(|line| line.rsplit(' ').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    metrics.set_conditions(&object("a"), "one", &[condition("True")]);
    metrics.set_conditions(&object("b"), "", &[condition("Unknown")]);
    assert_eq!(shown(), ["1", "0"]);
    metrics.set_conditions(&object("a"), "two", &[condition("False")]);
    assert_eq!(shown(), ["-1", "0"], "the series of the label before is gone");
    metrics.forget_object(&object("a"));
    assert_eq!(shown(), ["0"]);
}

#[test]
fn without_secret_labels_no_object_is_named() {
    let metrics = Metrics::new("v", true);
    metrics.set_conditions(&object("crown-jewels"), "", &[condition("True")]);
    let text = metrics.text();
    assert!(!text.contains("crown-jewels") && !text.contains("condition_info"));
}

#[test]
fn invented_methods_share_one_series() {
    let metrics = Metrics::new("v", false);
    for method in ["BREW", "WHEN", "get"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        metrics.http_answered("/healthz", &method, StatusCode::METHOD_NOT_ALLOWED, Duration::ZERO);
    }
    let text = metrics.text();
    let counted = series(&text, "sealed_secrets_controller_http_requests_total");
    assert_eq!(
        counted,
        [
            "sealed_secrets_controller_http_requests_total{code=\"405\",method=\"unknown\",path=\"/healthz\"} 3"
        ]
    );
}

#[test]
fn own_series_show_what_was_counted() {
    let metrics = Metrics::new("v", false);
    metrics.reconciled(Duration::from_millis(2));
    metrics.decrypt_tried(3);
    metrics.decrypt_waited(Duration::from_secs(1));
    metrics.drifted("shop");
    metrics.healed("shop");
    let key = KeyTimes {
        name: "sealed-secrets-keyabcde".into(),
        not_before: Timestamp::from_unix_seconds(10),
        not_after: Timestamp::from_unix_seconds(20),
    };
    metrics.set_keys(vec![KeyTimes { name: "gone".into(), ..key.clone() }]);
    metrics.set_keys(vec![key]);
    assert!(!metrics.text().contains("sealwright_queue_depth"), "there is no queue yet");
    metrics.show_queue(|| Waiting { count: 4, oldest: Some(Duration::from_millis(1500)) });
    let text = metrics.text();
    for line in [
        "sealwright_reconcile_duration_seconds_count 1",
        "sealwright_decrypt_trials_total 3",
        "sealwright_decrypt_wait_seconds_sum 1.0",
        "sealwright_drift_total{namespace=\"shop\"} 1",
        "sealwright_heals_total{namespace=\"shop\"} 1",
        "sealwright_key_not_before_timestamp_seconds{key_name=\"sealed-secrets-keyabcde\"} 10",
        "sealwright_key_not_after_timestamp_seconds{key_name=\"sealed-secrets-keyabcde\"} 20",
        "sealwright_queue_depth 4",
        "sealwright_queue_oldest_seconds 1.5",
    ] {
        assert!(text.lines().any(|written| written == line), "{line}\n{text}");
    }
    assert!(!text.contains("gone"));
}

#[test]
fn the_process_shows_itself() {
    let text = Metrics::new("v", false).text();
    for name in [
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_start_time_seconds",
        "process_open_fds",
        "process_max_fds",
    ] {
        let line = series(&text, &format!("{name} "));
        let value: f64 = line.first().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap();
        assert!(value >= 0.0 && value.is_finite(), "{name} {value}");
    }
}
