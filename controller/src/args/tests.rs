use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::cluster::settings::{Namespaces, Rules, Throttle};
use crate::decide::Drift;
use crate::keys::KeyOrder;

fn parse(words: &[&str]) -> Result<Args, clap::Error> {
    Args::read(std::iter::once(&"controller").chain(words).map(OsString::from))
}

/// Every flag that upstream's `--help` and its later releases know, with its default there and another value.
const UPSTREAM: &[(&str, &str, &str)] = &[
    ("accept-deprecated-v1-data", "true", "false"),
    ("additional-namespaces", "", "a,b"),
    ("all-namespaces", "true", "false"),
    ("key-cutoff-time", "", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("key-order-priority", "CertNotBefore", "SecretCreationTimestamp"),
    ("key-prefix", "sealed-secrets-key", "other"),
    ("key-renew-period", "720h0m0s", "0"),
    ("key-size", "4096", "2048"),
    ("key-ttl", "87600h0m0s", "1h"),
    ("label-selector", "", "app in (a, b)"),
    ("listen-addr", ":8080", ":9080"),
    ("listen-metrics-addr", ":8081", ":9081"),
    ("log-format", "text", "json"),
    ("log-info-stdout", "true", "false"),
    ("log-level", "INFO", "ERROR"),
    ("metrics-omit-secret-labels", "false", "true"),
    ("my-cn", "", "name"),
    ("old-gc-behavior", "false", "true"),
    ("privatekey-annotations", "", "a=b"),
    ("privatekey-labels", "", "a=b,c=d"),
    ("rate-limit", "2", "5"),
    ("rate-limit-burst", "2", "5"),
    ("read-timeout", "2m0s", "5s"),
    ("rotate-period", "720h0m0s", "24h"),
    ("skip-recreate", "false", "true"),
    ("update-status", "true", "false"),
    ("watch-for-secrets", "false", "true"),
    ("write-timeout", "2m0s", "5s"),
];

#[test]
fn every_flag_of_upstream_is_taken_with_its_default() {
    let defaults = parse(&[]).unwrap();
    for (flag, default, other) in UPSTREAM {
        assert_eq!(parse(&[&format!("--{flag}={default}")]).unwrap(), defaults, "{flag}");
        assert_ne!(parse(&[&format!("--{flag}={other}")]).unwrap(), defaults, "{flag}");
    }
}

// Upstream gives up after 5 tries and asks the API server 5 times a second. Both are better unlimited.
#[test]
fn the_limits_of_upstream_hold_where_they_are_given() {
    let args = parse(&[]).unwrap();
    assert_eq!((args.place.throttle(), args.rules.rules().max_retries), (None, None));
    let words = ["--kubeclient-qps", "-1", "--kubeclient-burst=7", "--max-unseal-retries", "5"];
    let args = parse(&words).unwrap();
    assert_eq!(args.place.throttle(), Some(Throttle { qps: -1.0, burst: 7 }));
    assert_eq!(args.rules.rules().max_retries, Some(5));
    assert_eq!(parse(&["--max-unseal-retries=-1"]).unwrap().rules.rules().max_retries, Some(0));
}

#[test]
fn a_list_of_namespaces_is_the_whole_of_it() {
    let namespaces = |words: &[&str]| parse(words).unwrap().place.namespaces();
    let only = |names: &[&str]| Namespaces::Only(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(namespaces(&[]), Namespaces::All);
    assert_eq!(namespaces(&["--all-namespaces=false"]), Namespaces::Only(BTreeSet::new()));
    assert_eq!(namespaces(&["--additional-namespaces", "a, b,"]), only(&["a", "b"]));
    assert_eq!(namespaces(&["--all-namespaces", "--additional-namespaces=a"]), only(&["a"]));
}

#[test]
fn flags_are_read_in_gos_forms() {
    let words = [
        "--update-status=false",
        "--skip-recreate",
        "--log-level",
        "WARN",
        "--key-renew-period=0",
        "--key-ttl=1h30m",
        "--drift=Heal",
    ];
    let args = parse(&words).unwrap();
    assert!(!args.rules.update_status && args.rules.skip_recreate);
    assert_eq!(args.log.log_level, LogLevel::Warn);
    assert_eq!(args.keys.policy().renew, None);
    assert_eq!(args.keys.key_ttl, Duration::from_secs(5400));
    assert_eq!(args.rules.rules(), Rules { drift: Drift::Heal, ..Rules::default() });
    assert!(parse(&["--update-status=false", "--update-status"]).unwrap().rules.update_status);
    assert!(parse(&["--version"]).unwrap().version);
    let policy = parse(&["--key-order-priority=SecretCreationTimestamp"]).unwrap().keys.policy();
    assert_eq!(policy.order, KeyOrder::SecretCreationTimestamp);
}

#[test]
fn the_folder_of_new_files_is_one_on_github_or_gitea() {
    for address in
        ["https://github.com/acme/gitops/tree/main/prod", "https://codeberg.org/acme/gitops/src/branch/main"]
    {
        let args = parse(&["--page-folder", address]).unwrap();
        assert_eq!(args.serving.page_folder.as_deref(), Some(address));
    }
}

#[test]
fn what_is_no_flag_is_not_looked_at() {
    let args = parse(&["--update-status", "false", "word"]).unwrap();
    assert!(args.rules.update_status);
    assert_eq!(args.ignored, ["false", "word"]);
}

#[test]
fn what_a_flag_does_not_take_is_an_error() {
    for words in [
        &["--key-prefix", "Key"][..],
        &["--key-size", "1024"],
        &["--key-ttl", "10y"],
        &["--update-status=perhaps"],
        &["--log-level=loud"],
        &["--drift=perhaps"],
        &["--kubeclient-qps=fast"],
        &["--privatekey-labels=a"],
        &["--key-cutoff-time=yesterday"],
        &["--page-folder=http://github.com/acme/gitops/tree/main"],
        &["--page-folder=https://me@github.com/acme/gitops/tree/main"],
        &["--page-folder=https://github.com/acme/gitops"],
        &["--no-such-flag"],
        &["--directory", "d", "--kubeconfig", "k"],
    ] {
        assert!(parse(words).is_err(), "{words:?}");
    }
    let size = parse(&["--key-size", "1024"]).unwrap_err().to_string();
    assert!(size.contains("it can be 2048, 3072, 4096 or 8192"), "{size}");
}

#[test]
fn the_environment_gives_flags_and_the_command_line_wins() {
    let variable = |name: &str| match name {
        "SEALED_SECRETS_KEY_SIZE" => Some(OsString::from("2048")),
        "SEALED_SECRETS_MY_CN" => Some(OsString::from("from the environment")),
        "SEALED_SECRETS_UPDATE_STATUS" => Some(OsString::from("false")),
        "SEALED_SECRETS_ROTATE_PERIOD" => Some(OsString::from("24h")),
        "SEALED_SECRETS_KUBECLIENT_QPS" => Some(OsString::from("-1")),
        "SEALED_SECRETS_KEY_TTL" => Some(OsString::from("nonsense")),
        _ => None,
    };
    let words = ["controller", "--key-size=3072"].map(OsString::from);
    let (all, ignored) = with_environment(words, variable);
    let args = Args::read(all).unwrap();
    assert_eq!((args.keys.key_size, args.keys.my_cn.as_str()), (3072, "from the environment"));
    assert!(!args.rules.update_status);
    assert_eq!(args.keys.key_renew_period, Duration::from_secs(24 * 3600));
    assert_eq!(args.place.kubeclient_qps, Some(-1.0));
    assert_eq!(ignored, ["SEALED_SECRETS_KEY_TTL"]);
}

#[test]
fn help_tells_every_flag_but_those_that_nobody_should_start_to_use() {
    let help = Args::command().render_long_help().to_string();
    for (flag, ..) in UPSTREAM {
        assert_eq!(help.contains(&format!("--{flag}")), *flag != "rotate-period", "{flag}");
    }
}
