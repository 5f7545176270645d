//! The names of classes that Go knows.

/// The classes of POSIX.
pub(super) const POSIX: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

const CATEGORIES: &[&str] = &[
    "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd",
    "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp",
    "Zs",
];

/// Other names of categories. The spelling is that of [`canonical`].
const ALIASES: &[(&str, &str)] = &[
    ("Casedletter", "Lc"),
    ("Closepunctuation", "Pe"),
    ("Cntrl", "Cc"),
    ("Combiningmark", "M"),
    ("Connectorpunctuation", "Pc"),
    ("Control", "Cc"),
    ("Currencysymbol", "Sc"),
    ("Dashpunctuation", "Pd"),
    ("Decimalnumber", "Nd"),
    ("Digit", "Nd"),
    ("Enclosingmark", "Me"),
    ("Finalpunctuation", "Pf"),
    ("Format", "Cf"),
    ("Initialpunctuation", "Pi"),
    ("Letter", "L"),
    ("Letternumber", "Nl"),
    ("Lineseparator", "Zl"),
    ("Lowercaseletter", "Ll"),
    ("Mark", "M"),
    ("Mathsymbol", "Sm"),
    ("Modifierletter", "Lm"),
    ("Modifiersymbol", "Sk"),
    ("Nonspacingmark", "Mn"),
    ("Number", "N"),
    ("Openpunctuation", "Ps"),
    ("Other", "C"),
    ("Otherletter", "Lo"),
    ("Othernumber", "No"),
    ("Otherpunctuation", "Po"),
    ("Othersymbol", "So"),
    ("Paragraphseparator", "Zp"),
    ("Privateuse", "Co"),
    ("Punct", "P"),
    ("Punctuation", "P"),
    ("Separator", "Z"),
    ("Spaceseparator", "Zs"),
    ("Spacingmark", "Mc"),
    ("Surrogate", "Cs"),
    ("Symbol", "S"),
    ("Titlecaseletter", "Lt"),
    ("Unassigned", "Cn"),
    ("Uppercaseletter", "Lu"),
];

/// Scripts. Go 1.26 finds none whose name has two words, or a capital letter inside.
const SCRIPTS: &str = " Adlam Ahom Arabic \
    Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille \
    Buginese Buhid Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic \
    Deseret Devanagari Dogra Duployan Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek \
    Gujarati Gurmukhi Han Hangul Hanunoo Hatran Hebrew Hiragana Inherited Javanese Kaithi Kannada \
    Katakana Kawi Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Lisu Lycian Lydian Mahajani \
    Makasar Malayalam Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro Multani Myanmar \
    Nabataean Nandinagari Newa Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic \
    Samaritan Saurashtra Sharada Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog \
    Tagbanwa Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai \
    Vithkuqi Wancho Yezidi Yi ";

/// A class of Unicode by Go's name for it, in the syntax of the crate `regex`.
pub(super) fn unicode(name: &str) -> Option<String> {
    let name = canonical(name);
    let category = match ALIASES.binary_search_by_key(&&*name, |(alias, _)| alias) {
        Ok(found) => ALIASES[found].1,
        Err(_) => &name,
    };
    match category {
        "Any" => return Some(r"\p{any}".into()),
        "Ascii" => return Some(r"\p{ascii}".into()),
        "Assigned" => return Some(r"\p{assigned}".into()),
        "Cs" => return Some(super::class::NOTHING.into()),
        "Lc" => return Some(r"\p{gc=Lu}\p{gc=Ll}\p{gc=Lt}".into()),
        _ => {}
    }
    if CATEGORIES.contains(&category) {
        return Some(format!(r"\p{{gc={category}}}"));
    }
    let one_word = !category.is_empty() && category.bytes().all(|byte| byte.is_ascii_alphabetic());
    (one_word && SCRIPTS.contains(&format!(" {category} "))).then(|| format!(r"\p{{sc={category}}}"))
}

/// A capital letter and then small ones, without spaces, underscores and hyphens.
fn canonical(name: &str) -> String {
    let mut out: String = name.chars().filter(|character| !" _-".contains(*character)).collect();
    out.make_ascii_lowercase();
    if let Some(first) = out.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    out
}

/// Every name that Go knows.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let others = ["Any", "ASCII", "Assigned", "LC"];
    let aliases = ALIASES.iter().map(|(alias, _)| *alias);
    CATEGORIES.iter().copied().chain(aliases).chain(SCRIPTS.split_whitespace()).chain(others)
}
