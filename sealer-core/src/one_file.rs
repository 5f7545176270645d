//! The page as one file (`sealer.html`): puts the certificates that it seals for into it.
//!
//! They stand in it as JSON between two fixed tags. That is data and no script, so the hashes in the file's own policy
//! stay true and nothing that runs is touched.

use crate::emit::json_text;

const START: &str = r#"<script type="application/json" id="clusters">"#;
const END: &str = "</script>";
const EMPTY: &str = r#"{"clusters":["#;

/// A cluster that the page seals for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// For people: whose key it is.
    pub name: String,
    /// The certificate in PEM.
    pub certificate: String,
    /// The certificate's fingerprint.
    pub fingerprint: String,
}

/// The text is not the page as one file, whole. Nothing was put into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OneFileError {
    /// It is something else.
    #[error("this is not the page as one file: it has no single place for certificates")]
    NoPlace,
    /// It does not forbid every request.
    #[error("this page does not forbid itself every request, so it is not the one that was published")]
    NotLocked,
    /// Its end is missing.
    #[error("this file is cut off")]
    CutOff,
}

/// The page with these clusters in it, in place of those that were there. The first is the one it starts with.
pub fn with_clusters(page: &str, clusters: &[Cluster]) -> Result<String, OneFileError> {
    let mut parts = page.split(START);
    let (Some(before), Some(rest), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(OneFileError::NoPlace);
    };
    let (list, after) = rest.split_once(END).ok_or(OneFileError::NoPlace)?;
    if !list.starts_with(EMPTY) {
        return Err(OneFileError::NoPlace);
    }
    // Before the place, where no certificate's text can pretend it.
    if !before.contains("default-src 'none'; connect-src 'none'; script-src 'sha256-") {
        return Err(OneFileError::NotLocked);
    }
    if !after.trim_end().ends_with("</html>") {
        return Err(OneFileError::CutOff);
    }
    Ok([before, START, &list_of(clusters), END, after].concat())
}

fn list_of(clusters: &[Cluster]) -> String {
    let mut out = EMPTY.to_owned();
    for (index, cluster) in clusters.iter().enumerate() {
        for (start, text) in [
            (if index == 0 { r#"{"name":"# } else { r#",{"name":"# }, &cluster.name),
            (r#","fingerprint":"#, &cluster.fingerprint),
            (r#","certificate":"#, &cluster.certificate),
        ] {
            out.push_str(start);
            json_text(&mut out, text);
        }
        out.push('}');
    }
    out.push_str("]}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!doctype html><meta content=\"default-src 'none'; connect-src 'none'; script-src 'sha256-x'\">\n\
        <script type=\"application/json\" id=\"clusters\">{\"clusters\":[]}</script>\n<p>rest</p>\n</html>\n";

    fn cluster(name: &str) -> Cluster {
        let certificate = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".to_owned();
        Cluster { name: name.to_owned(), certificate, fingerprint: "4F:9A".to_owned() }
    }

    fn list(page: &str) -> serde_json::Value {
        let (_, rest) = page.split_once(START).unwrap();
        serde_json::from_str(rest.split_once(END).unwrap().0).unwrap()
    }

    #[test]
    fn clusters_are_put_in_and_every_other_byte_stays() {
        let one = with_clusters(PAGE, &[cluster("prod"), cluster("staging")]).unwrap();
        let expected = |name: &str| {
            let Cluster { name, certificate, fingerprint } = cluster(name);
            serde_json::json!({ "name": name, "fingerprint": fingerprint, "certificate": certificate })
        };
        assert_eq!(list(&one), serde_json::json!({ "clusters": [expected("prod"), expected("staging")] }));
        let none = with_clusters(&one, &[]).unwrap();
        assert_eq!(none, PAGE, "what was put in is taken out again");
    }

    #[test]
    fn no_name_can_end_the_data_or_begin_a_script() {
        let name = "</script><script>alert(1)</script>\u{2028}\"\\<!--";
        let page = with_clusters(PAGE, &[cluster(name)]).unwrap();
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("</script").count(), 1);
        assert!(!page.contains("<!--"));
        assert_eq!(list(&page)["clusters"][0]["name"], name);
    }

    #[test]
    fn what_is_not_the_whole_page_is_refused() {
        let twice = PAGE.replace("<p>", &format!("{START}{EMPTY}]}}{END}<p>"));
        let foreign = PAGE.replace(EMPTY, "[");
        let open = PAGE.replace("connect-src 'none'", "connect-src *");
        for (page, error) in [
            ("", OneFileError::NoPlace),
            (&PAGE[..PAGE.len() - 9], OneFileError::CutOff),
            ("<!doctype html></html>", OneFileError::NoPlace),
            (&twice, OneFileError::NoPlace),
            (&foreign, OneFileError::NoPlace),
            (&open, OneFileError::NotLocked),
        ] {
            assert_eq!(with_clusters(page, &[]), Err(error), "{page}");
        }
    }
}
