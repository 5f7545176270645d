//! Conversations in `tests/cmd`: arguments, standard input, both outputs and the exit code.

#[test]
fn transcripts_are_as_written() {
    trycmd::TestCases::new()
        .env("HOME", "/nonexistent")
        .env("KUBECONFIG", "")
        .env("KUBERNETES_SERVICE_HOST", "")
        .case("tests/cmd/kubeseal/*.toml")
        .case("tests/cmd/sealwright/*.toml");
}
