//! What stands in for an API server with a controller behind it.

use crate::support::{Answer, Server, kubeseal, told};

pub const SERVICE: &str = "/api/v1/namespaces/kube-system/services/sealed-secrets-controller";
/// Said by the API server until a Pod behind the Service is ready.
pub const NO_ENDPOINTS: &str = "no endpoints available for service \"http:sealed-secrets-controller:web\"";

/// A folder with a kubeconfig `config` for that server.
pub fn kubeconfig(server: &Server) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "{{clusters: [{{name: c, cluster: {{server: 'http://{}'}}}}], current-context: x,\n\
         contexts: [{{name: x, context: {{cluster: c, user: u}}}}, {{name: y, context: {{cluster: none}}}}],\n\
         users: [{{name: u, user: {{token: a-token}}}}]}}",
        server.address
    );
    std::fs::write(folder.path().join("config"), text).unwrap();
    folder
}

pub fn service(ports: &str) -> Answer {
    let body = format!(
        "{{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{{\"name\":\"s\"}},\"spec\":{{\"ports\":{ports}}}}}"
    );
    Answer::Reply("200 OK", body)
}

pub fn status(line: &'static str, code: u16, message: &str) -> Answer {
    Answer::Reply(
        line,
        format!(
            "{{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"status\":\"Failure\",\"code\":{code},\"message\":{message:?}}}"
        ),
    )
}

/// A server whose Service has one port, and that asks `controller` what to answer to a POST: its path behind the proxy
/// and its body.
pub fn serving(controller: impl Fn(&str, &str) -> Answer + Send + 'static) -> Server {
    Server::new(in_front_of(controller))
}

/// What such a server answers.
pub fn in_front_of(
    controller: impl Fn(&str, &str) -> Answer + Send + 'static,
) -> impl Fn(&str) -> Answer + Send + 'static {
    const PROXY: &str = "/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:http/proxy";
    move |request| {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let path = head.split(' ').nth(1).unwrap();
        match path.strip_prefix(PROXY) {
            Some(path) if head.starts_with("POST ") => controller(path, body),
            None if path == SERVICE => service("[{\"name\":\"http\",\"port\":8080}]"),
            _ => status("404 Not Found", 404, "unexpected request"),
        }
    }
}

/// An answer of our controller's that refuses.
pub fn refusal(line: &'static str, text: &str) -> Answer {
    Answer::Reply(line, format!("{text}\n"))
}

/// The bodies that were posted.
pub fn posted(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let posts = requests.iter().filter(|request| request.starts_with("POST "));
    posts.map(|request| request.split_once("\r\n\r\n").unwrap().1.to_owned()).collect()
}

/// What kubeseal says of this input, in a folder that has nothing but a kubeconfig for that server.
pub fn asked(server: &Server, args: &[&str], stdin: &str) -> (i32, String, String) {
    let folder = kubeconfig(server);
    let args = [&["--kubeconfig", "config"], args].concat();
    told(&kubeseal(folder.path(), &args, &[], stdin.as_bytes()))
}
