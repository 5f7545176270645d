//! Prints the rules of the checks as a table; `cargo xtask gen` puts it into docs/lint.md.

use sealer_core::lint::Rule;

fn main() {
    println!("| rule | | finds | what to do |\n|---|---|---|---|");
    for rule in Rule::ALL {
        let cells = [rule.summary(), rule.advice()].map(|text| text.replace('|', "\\|"));
        println!("| `{rule}` | {} | {} | {} |", rule.severity(), cells[0], cells[1]);
    }
}
