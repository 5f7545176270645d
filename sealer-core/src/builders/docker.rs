//! `kubernetes.io/dockerconfigjson`.

use zeroize::Zeroizing;

use super::{Built, Note};
use crate::base64;
use crate::emit::json_text;
use crate::manifest::{Kind, NodeId, Position, Tree, json_tree};
use crate::secret::{DOCKER_CONFIG, Plaintext};

/// The registry that is meant where none is named: Docker Hub, under the name that its logins are stored under.
pub const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// A login to one registry.
#[derive(Debug, Clone, Copy)]
pub struct DockerLogin<'a> {
    /// The registry, or [`DOCKER_HUB`].
    pub registry: &'a str,
    /// The user.
    pub username: &'a str,
    /// The password or token.
    pub password: &'a Plaintext,
    /// An e-mail address, which registries no longer ask for; may be empty.
    pub email: &'a str,
}

/// No registry could be logged in to with this. No text of it holds a piece of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DockerError {
    /// The registry has no name.
    #[error("the registry is missing")]
    RegistryMissing,
    /// The user has no name.
    #[error("the user name is missing")]
    UsernameMissing,
    /// The login could not be taken apart again.
    #[error("a user name can't hold a colon: registries read what follows it as the password")]
    Colon,
    /// There is no password.
    #[error("the password is empty")]
    PasswordEmpty,
    /// JSON can't hold it.
    #[error("the password is not UTF-8, so it can't stand in a configuration of docker")]
    PasswordEncoding,
    /// The configuration is no JSON object.
    #[error("{}this is no config.json of docker", at.map(|at| format!("line {}, column {}: ", at.line, at.column)).unwrap_or_default())]
    NotJson {
        /// Where.
        at: Option<Position>,
    },
    /// The file is as docker wrote it before version 1.7.
    #[error(
        "the logins have to stand below \"auths\"; this looks like a .dockercfg, the format before config.json"
    )]
    NoAuths,
    /// The passwords are in the keychain of somebody's desktop.
    #[error(
        "there is no password in it: docker keeps them in a credential store (credsStore, credHelpers). \
         Give the registry, the user and the password themselves"
    )]
    CredentialStore,
    /// No registry has a login.
    #[error("none of its registries has a login")]
    NoLogin,
    /// A login that can't be read.
    #[error("line {}, column {}: \"auth\" has to be base64 of user:password", at.line, at.column)]
    Auth {
        /// Where.
        at: Position,
    },
}

/// A login, written as `kubectl create secret docker-registry` writes it.
pub fn docker_login(login: DockerLogin<'_>) -> Result<Built, DockerError> {
    let DockerLogin { registry, username, password, email } = login;
    // Exposed to be written into the configuration; every copy is wiped.
    let password = str::from_utf8(password.expose()).map_err(|_| DockerError::PasswordEncoding)?;
    if registry.is_empty() {
        return Err(DockerError::RegistryMissing);
    }
    if username.is_empty() {
        return Err(DockerError::UsernameMissing);
    }
    if username.contains(':') {
        return Err(DockerError::Colon);
    }
    if password.is_empty() {
        return Err(DockerError::PasswordEmpty);
    }
    let mut pair = Zeroizing::new(String::with_capacity(username.len() + 1 + password.len()));
    for piece in [username, ":", password] {
        pair.push_str(piece);
    }
    let auth = Zeroizing::new(base64::encode(pair.as_bytes()));
    // Enough room for the longest escapes, so that no copy is left behind by a text that grows.
    let room = 6 * (registry.len() + username.len() + password.len() + email.len()) + auth.len() + 128;
    let mut json = Zeroizing::new(String::with_capacity(room));
    json.push_str("{\"auths\":{");
    json_text(&mut json, registry);
    json.push_str(":{");
    for (name, text) in [("username", username), ("password", password), ("email", email)] {
        if !text.is_empty() {
            json_text(&mut json, name);
            json.push(':');
            json_text(&mut json, text);
            json.push(',');
        }
    }
    json.push_str("\"auth\":");
    json_text(&mut json, &auth);
    json.push_str("}}}");
    let notes = if is_other_name_of_docker_hub(registry) { vec![Note::DockerHub] } else { Vec::new() };
    Ok(built(Plaintext::new(std::mem::take(&mut *json).into_bytes()), notes))
}

/// An existing `config.json`, as it is, if somebody could log in with it.
pub fn docker_config(config: Plaintext) -> Result<Built, DockerError> {
    // Exposed to be looked at.
    let text = str::from_utf8(config.expose()).map_err(|_| DockerError::NotJson { at: None })?;
    let tree = json_tree(text).map_err(|error| DockerError::NotJson { at: error.position() })?;
    let root = tree.root.and_then(|root| entries(&tree, root)).ok_or(DockerError::NotJson { at: None })?;
    let field =
        |name: &str| root.iter().find(|(key, _)| text_of(&tree, *key) == Some(name)).map(|(_, id)| *id);
    let stores = field("credsStore").is_some() || field("credHelpers").is_some();
    let without = || if stores { DockerError::CredentialStore } else { DockerError::NoLogin };
    let auths = match field("auths").and_then(|auths| entries(&tree, auths)) {
        Some(auths) => auths,
        None if stores || root.is_empty() => return Err(without()),
        None => return Err(DockerError::NoAuths),
    };
    let mut notes = Vec::new();
    let mut logins = 0;
    for (registry, login) in auths {
        if has_login(&tree, *login)? {
            logins += 1;
        } else if notes.is_empty() {
            notes.push(Note::WithoutLogin { at: tree.source.position(tree.nodes[*registry].at) });
        }
    }
    if logins == 0 {
        return Err(without());
    }
    drop(tree);
    Ok(built(config, notes))
}

fn built(value: Plaintext, notes: Vec<Note>) -> Built {
    Built::of("kubernetes.io/dockerconfigjson", [(DOCKER_CONFIG, value)], notes)
}

/// Names that people know Docker Hub by.
fn is_other_name_of_docker_hub(registry: &str) -> bool {
    let host = registry.trim_start_matches("https://").trim_end_matches('/');
    registry != DOCKER_HUB
        && ["docker.io", "hub.docker.com", "index.docker.io", "registry-1.docker.io"].contains(&host)
}

/// Whether the entry of a registry says who logs in.
fn has_login(tree: &Tree<'_>, id: NodeId) -> Result<bool, DockerError> {
    let fields = entries(tree, id).unwrap_or_default();
    let text = |name: &str| {
        let value = fields.iter().find(|(key, _)| text_of(tree, *key) == Some(name)).map(|(_, id)| *id)?;
        text_of(tree, value).filter(|text| !text.is_empty()).map(|text| (value, text))
    };
    if let Some((id, auth)) = text("auth") {
        let pair = base64::decode(auth).map(Plaintext::new);
        if !pair.is_ok_and(|pair| pair.expose().contains(&b':')) {
            return Err(DockerError::Auth { at: tree.source.position(tree.nodes[id].at) });
        }
        return Ok(true);
    }
    let pair = text("username").is_some() && text("password").is_some();
    Ok(pair || text("identitytoken").is_some() || text("registrytoken").is_some())
}

fn entries<'t>(tree: &'t Tree<'_>, id: NodeId) -> Option<&'t [(NodeId, NodeId)]> {
    match tree.kind(id) {
        Kind::Map(entries) => Some(entries),
        Kind::Scalar(_) | Kind::List(_) => None,
    }
}

/// The text of a string; nothing for a number or another word.
fn text_of<'t>(tree: &'t Tree<'_>, id: NodeId) -> Option<&'t str> {
    match tree.kind(id) {
        Kind::Scalar(scalar) if !scalar.plain => Some(scalar.text.as_str()),
        Kind::Scalar(_) | Kind::List(_) | Kind::Map(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Plaintext {
        Plaintext::new(text.into())
    }

    fn value(built: &Built) -> &str {
        assert_eq!(built.type_, Some("kubernetes.io/dockerconfigjson"));
        str::from_utf8(built.data[".dockerconfigjson"].expose()).unwrap()
    }

    #[test]
    fn a_login_is_written_as_kubectl_writes_it() {
        let password = plain("p<&>é\"");
        let login = DockerLogin { registry: DOCKER_HUB, username: "u", password: &password, email: "e@x" };
        let built = docker_login(login).unwrap();
        assert_eq!(
            value(&built),
            r#"{"auths":{"https://index.docker.io/v1/":{"username":"u","password":"p\u003c\u0026\u003eé\"","email":"e@x","auth":"dTpwPCY+w6ki"}}}"#
        );
        assert_eq!(built.notes, []);
        let built = docker_login(DockerLogin { registry: "r.io", email: "", ..login }).unwrap();
        assert!(value(&built).starts_with(r#"{"auths":{"r.io":{"username":"u","password":"p"#));
        assert!(!value(&built).contains("email"));
        let built = docker_login(DockerLogin { registry: "docker.io", ..login }).unwrap();
        assert_eq!(built.notes, [Note::DockerHub]);
    }

    #[test]
    fn half_a_login_is_refused() {
        let password = plain("hunter2");
        let login = DockerLogin { registry: "r.io", username: "u", password: &password, email: "" };
        for (login, error) in [
            (DockerLogin { registry: "", ..login }, DockerError::RegistryMissing),
            (DockerLogin { username: "", ..login }, DockerError::UsernameMissing),
            (DockerLogin { username: "a:b", ..login }, DockerError::Colon),
            (DockerLogin { password: &plain(""), ..login }, DockerError::PasswordEmpty),
            (DockerLogin { password: &Plaintext::new(vec![0xff]), ..login }, DockerError::PasswordEncoding),
        ] {
            assert_eq!(docker_login(login), Err(error));
        }
    }

    #[test]
    fn a_configuration_with_a_login_is_taken_byte_for_byte() {
        for text in [
            r#"{"auths":{"r.io":{"auth":"dTpw"}}}"#,
            "{\n  \"auths\": {\"r.io\": {\"username\": \"u\", \"password\": \"p\"}},\n  \"credsStore\": \"x\"\n}\n",
            r#"{"auths":{"r.io":{"auth":"","identitytoken":"t"}},"HttpHeaders":{"a":1}}"#,
        ] {
            let built = docker_config(plain(text)).unwrap();
            assert_eq!((value(&built), built.notes.as_slice()), (text, &[][..]));
        }
        let built = docker_config(plain("{\"auths\":{\n\"a\":{},\"b\":{\"auth\":\"dTpw\"}}}")).unwrap();
        assert_eq!(built.notes, [Note::WithoutLogin { at: Position { line: 2, column: 1 } }]);
    }

    #[test]
    fn a_configuration_that_nobody_could_log_in_with_is_refused() {
        let at = |line, column| Position { line, column };
        for (text, error) in [
            (r#"{"auths":{"r.io":{}},"credsStore":"desktop"}"#, DockerError::CredentialStore),
            (r#"{"credHelpers":{"r.io":"ecr-login"}}"#, DockerError::CredentialStore),
            (r#"{"auths":{},"credsStore":"desktop"}"#, DockerError::CredentialStore),
            (r#"{"auths":{"r.io":{}}}"#, DockerError::NoLogin),
            (r#"{"auths":{}}"#, DockerError::NoLogin),
            ("{}", DockerError::NoLogin),
            (r#"{"https://index.docker.io/v1/":{"auth":"dTpw"}}"#, DockerError::NoAuths),
            (r#"{"auths":{"r.io":{"auth":"dTpw="}}}"#, DockerError::Auth { at: at(1, 26) }),
            (r#"{"auths":{"r.io":{"auth":"aHVudGVy"}}}"#, DockerError::Auth { at: at(1, 26) }),
            ("[]", DockerError::NotJson { at: None }),
            ("", DockerError::NotJson { at: None }),
            ("{\"auths\": hunter2}", DockerError::NotJson { at: Some(at(1, 11)) }),
            ("{} hunter2", DockerError::NotJson { at: Some(at(1, 4)) }),
        ] {
            let found = docker_config(plain(text)).unwrap_err();
            assert_eq!(found, error, "{text}");
            assert!(!found.to_string().contains("hunter"), "{found}");
        }
    }
}
