//! A folder of a repository on the web, by the address that browsers show of it, and the form there for a new file.

use std::rc::Rc;

use percent_encoding::utf8_percent_encode;

use crate::link::ESCAPED;

/// The longest address that servers and what stands before them can be trusted to take.
const MAX_BYTES: usize = 6 * 1024;
const SCHEME: &str = "https://";

/// The address of the form for a new file in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(Rc<str>);

impl Folder {
    /// Reads the address of a folder on GitHub (`…/OWNER/REPOSITORY/tree/BRANCH/FOLDER`), Gitea or Forgejo
    /// (`…/src/branch/BRANCH/FOLDER`). All three take the name and the text of a new file by its address. Credentials, a
    /// query and a fragment are none of a folder's.
    pub fn read(address: &str) -> Option<Self> {
        let place = address.strip_prefix(SCHEME)?.trim_end_matches('/');
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:%+,=".contains(&byte);
        let depth = |repository: &str| repository.matches('/').count();
        let (repository, form, within) = match place.split_once("/tree/") {
            Some((repository, within)) if depth(repository) == 2 => (repository, "new", within),
            _ => place.split_once("/src/branch/").map(|(repository, within)| (repository, "_new", within))?,
        };
        let is_one = place.bytes().all(fits) && !place.split('/').any(|part| matches!(part, "" | "." | ".."));
        (is_one && depth(repository) >= 2)
            .then(|| Self(format!("{SCHEME}{repository}/{form}/{within}").into()))
    }

    /// The server that it is on.
    pub fn host(&self) -> &str {
        self.0[SCHEME.len()..].split('/').next().unwrap_or_default()
    }

    /// The address that opens the form with this file in it; `None` where it would be too long. Only ciphertext is ever put into
    /// one.
    pub fn new_file(&self, name: &str, text: &str) -> Option<String> {
        // A long text is not even written out.
        let text = Some(text).filter(|text| text.len() <= MAX_BYTES)?;
        let escaped = |text| utf8_percent_encode(text, ESCAPED);
        let address = format!("{}?filename={}&value={}", self.0, escaped(name), escaped(text));
        (address.len() <= MAX_BYTES).then_some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;

    #[test]
    fn the_form_for_a_new_file_is_found_from_the_address_of_the_folder() {
        for (folder, form, host) in [
            (
                "https://github.com/acme/gitops/tree/main",
                "https://github.com/acme/gitops/new/main",
                "github.com",
            ),
            (
                "https://github.com/acme/gitops/tree/main/clusters/prod/",
                "https://github.com/acme/gitops/new/main/clusters/prod",
                "github.com",
            ),
            (
                "https://github.example.com/acme/src/tree/src/branch/main",
                "https://github.example.com/acme/src/new/src/branch/main",
                "github.example.com",
            ),
            (
                "https://codeberg.org/acme/gitops/src/branch/main/a%20b",
                "https://codeberg.org/acme/gitops/_new/main/a%20b",
                "codeberg.org",
            ),
            (
                "https://example.com:3000/git/acme/gitops/src/branch/main",
                "https://example.com:3000/git/acme/gitops/_new/main",
                "example.com:3000",
            ),
        ] {
            let read = Folder::read(folder).unwrap();
            assert_eq!((&*read.0, read.host()), (form, host), "{folder}");
        }
    }

    #[test]
    fn what_is_no_such_folder_is_not_taken() {
        for address in [
            "",
            "github.com/acme/gitops/tree/main",
            "http://github.com/acme/gitops/tree/main",
            "javascript:alert(1)//acme/gitops/tree/main",
            "https://github.com/acme/gitops",
            "https://github.com/acme/gitops/tree",
            "https://github.com/acme/gitops/tree/",
            "https://github.com/acme/gitops/blob/main/db.yaml",
            "https://me:token@github.com/acme/gitops/tree/main",
            "https://github.com@example.com/acme/gitops/tree/main",
            "https://github.com\\@example.com/acme/gitops/tree/main",
            "https://github.com/acme/gitops/tree/main?plain=1",
            "https://github.com/acme/gitops/tree/main#top",
            "https://github.com/acme/gitops/tree/main/../../x",
            "https://github.com//acme/gitops/tree/main",
            "https://github.com/acme/gitops/tree/ma in",
            "https://gitlab.com/acme/gitops/-/tree/main",
            "https://git.sr.ht/~acme/gitops/tree/main",
            "https://codeberg.org/acme/gitops/src/branch",
            "https://codeberg.org/acme/gitops/src/tag/v1",
            "https://codeberg.org/acme/src/branch/main",
        ] {
            assert_eq!(Folder::read(address), None, "{address}");
        }
    }

    #[test]
    fn name_and_text_come_back_whole_from_the_address() {
        let folder = Folder::read("https://github.com/acme/gitops/tree/main/prod").unwrap();
        let text = "# ä & b=c?\n  a: \"AgB+/x==\"\n%41\t+\r\n";
        let address = folder.new_file("payments-db.sealedsecret.yaml", text).unwrap();
        let (form, query) = address.split_once('?').unwrap();
        assert_eq!(form, "https://github.com/acme/gitops/new/main/prod");
        let fields: Vec<_> = query.split('&').filter_map(|field| field.split_once('=')).collect();
        assert_eq!(fields[0], ("filename", "payments-db.sealedsecret.yaml"));
        assert_eq!((fields.len(), fields[1].0), (2, "value"));
        // Forms read `+` as a space: none is left.
        assert!(!fields[1].1.contains(['+', ' ', '#']));
        assert_eq!(percent_decode_str(fields[1].1).decode_utf8().unwrap(), text);
    }

    #[test]
    fn an_address_has_at_most_six_kilobytes() {
        let folder = Folder::read("https://github.com/acme/gitops/tree/main").unwrap();
        let frame = folder.new_file("a", "").unwrap().len();
        assert_eq!(folder.new_file("a", &"x".repeat(6144 - frame)).map(|address| address.len()), Some(6144));
        assert_eq!(folder.new_file("a", &"x".repeat(6145 - frame)), None);
        assert_eq!(folder.new_file("a", &"\n".repeat(6144 - frame)), None);
    }
}
