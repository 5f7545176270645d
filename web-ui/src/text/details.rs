//! The words about what a Secret has besides its values.

use crate::details::Mistake;

pub const DETAILS: &str = "Labels, annotations, template";
pub const DETAILS_HOW: &str = "Not encrypted: all of this stands in the file as it is. Put no secret here.";
pub const LABELS: &str = "Labels, one key=value in each line";
pub const LABELS_LIKE: &str = "app.kubernetes.io/name=shop";
pub const ANNOTATIONS: &str = "Annotations, one key=value in each line";
pub const ANNOTATIONS_LIKE: &str = "example.com/owner=payments team";
pub const IMMUTABLE: &str = "Immutable";
pub const IMMUTABLE_HOW: &str =
    "No value can be changed in the cluster. For another one, the Secret has to be deleted first.";
pub const TEMPLATE: &str = "A template";
pub const ADD_TEMPLATE: &str = "Add a template";
pub const TEMPLATES_HOW: &str = "A template is a text into which the controller fills values: {{ .password }} becomes the value of password. It takes the place of a value of the same key.";
pub const TEMPLATE_LIKE: &str = "user = app\npassword = {{ .password }}";
pub const NOT_ENCRYPTED: &str = "Not encrypted: it stands in the file as it is.";
pub const CORRECT_DETAILS: &str = "The labels, annotations or templates need a correction.";
pub const NO_COMMAND: &str = "No command line does the same: “sealwright create” makes no templates.";

pub fn template_of(key: &str) -> String {
    if key.is_empty() { "Text".to_owned() } else { format!("Text of {key}") }
}

/// Makes the name of a button whole.
pub fn of_template(key: &str) -> String {
    format!(" the template {key}")
}

/// What is wrong with a line of labels or annotations, and what to do.
pub fn mistake((line, mistake): (usize, Mistake)) -> String {
    let what = match mistake {
        Mistake::NoPair => "write it as key=value.",
        Mistake::Key => {
            "a key has letters, digits, “-”, “_” and “.”, at most 63, with a letter or digit at both ends. A domain and “/” may stand before it."
        }
        Mistake::Value => {
            "the value of a label has letters, digits, “-”, “_” and “.”, at most 63, with a letter or digit at both ends. Annotations take any text."
        }
        Mistake::Scope => "choose the scope above, which writes this annotation.",
        Mistake::Twice => "this key stands further up already. Remove one of the two.",
    };
    format!("Line {line}: {what}")
}
