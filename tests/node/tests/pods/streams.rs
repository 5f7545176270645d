//! kubectl logs, exec and port-forward.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::json;

use crate::support::{script, until, with_node};

#[test]
fn exec_runs_beside_the_program_with_its_input_and_its_exit_code() {
    with_node("streams::exec_runs_beside_the_program_with_its_input_and_its_exit_code", |world| {
        let mut container = script("echo $WORD > word; exec sleep 600");
        container["env"] = json!([{ "name": "WORD", "value": "beside" }]);
        world.pod("host", &container);
        world.wait("pod/host", "condition=Ready");
        until("the program wrote its file", || world.run(&["exec", "host", "--", "ls"]) == "word\n");

        let mut kubectl = world.cluster.kubectl();
        kubectl.args(["exec", "--stdin", "host", "--"]);
        kubectl.args(["sh", "-c", "cat word -; echo $WORD >&2; ps -e -o args | grep -c ^sleep; exit 7"]);
        let mut child =
            kubectl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"from the input\n").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(7));
        // Of all processes it sees the Pod's own.
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "beside\nfrom the input\n1\n");
        assert!(String::from_utf8(output.stderr).unwrap().starts_with("beside\n"));
    });
}

#[test]
fn logs_show_the_last_lines_and_follow_to_the_end() {
    with_node("streams::logs_show_the_last_lines_and_follow_to_the_end", |world| {
        world.apply(&json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "counter" },
            "spec": { "restartPolicy": "Never", "containers": [
                script("seq 1 2000; while [ ! -e go ]; do sleep 0.05; done; echo last words >&2"),
            ] },
        }));
        world.wait("pod/counter", "condition=Ready");
        until("all is counted", || world.run(&["logs", "counter", "--tail=1"]) == "2000\n");
        assert_eq!(world.run(&["logs", "counter", "--tail=2"]), "1999\n2000\n");
        assert_eq!(world.run(&["logs", "counter"]).lines().count(), 2000);

        let mut kubectl = world.cluster.kubectl();
        kubectl.args(["logs", "--follow", "--tail=1", "counter"]);
        let mut follower = kubectl.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "2000");
        world.run(&["exec", "counter", "--", "touch", "go"]);
        assert_eq!(lines.next().unwrap().unwrap(), "last words");
        assert!(lines.next().is_none());
        assert!(follower.wait().unwrap().success());
    });
}
