//! How many values one core opens in a second, for each size of key. RSA is nearly all of it.

use std::time::{Duration, Instant};

use getrandom::SysRng;
use sealer_core::{Overrides, Plaintext, SealRequest, SecretManifest, seal};
use unsealer::{Keyring, PrivateKey, unseal};

/// Long enough for a steady figure, for each size.
const BUDGET: Duration = Duration::from_secs(2);

fn main() {
    for bits in [2048, 3072, 4096] {
        let key = PrivateKey::generate(bits).expect("the size is one that can be made");
        let mut manifest = SecretManifest::default();
        "db".clone_into(&mut manifest.metadata.name);
        "payments".clone_into(&mut manifest.metadata.namespace);
        manifest.data.insert("password".to_owned(), Plaintext::new(b"correct horse battery staple".to_vec()));
        let request = SealRequest::new(manifest, Overrides::default()).expect("the Secret has its names");
        let sealed = seal(&request, key.public(), &mut SysRng).expect("the system has randomness");
        let ring = Keyring::from_private_keys(vec![key]);
        let start = Instant::now();
        let mut opened = 0_u32;
        while start.elapsed() < BUDGET {
            unseal(&sealed, &ring).expect("the value opens with its key");
            opened += 1;
        }
        println!("unwrap RSA-{bits}: {:.0}/s on one core", f64::from(opened) / start.elapsed().as_secs_f64());
    }
}
