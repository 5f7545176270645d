//! Prints the resource definition, for `cargo xtask gen`.

fn main() {
    print!("{}", sealwright_controller::crd::yaml());
}
