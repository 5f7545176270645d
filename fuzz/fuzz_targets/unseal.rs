//! Any bytes as a sealed value are refused with a message, or open to as many bytes as their envelope says.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sealer_core::{Envelope, Scope, SealedSecret, encode_base64};
use unsealer::{Keyring, PrivateKey, unseal};

static RING: LazyLock<Keyring> = LazyLock::new(|| {
    let key = PrivateKey::from_pem(include_str!("../../vectors/keys/2048.pkcs1.pem"));
    Keyring::from_private_keys(vec![key.expect("the vector is a key")])
});

fuzz_target!(|bytes: &[u8]| {
    let mut sealed = SealedSecret::default();
    Scope::ClusterWide.write_annotations(&mut sealed.metadata.annotations);
    sealed.encrypted_data.insert("value".to_owned(), encode_base64(bytes));
    match unseal(&sealed, &RING) {
        Ok(secret) => {
            assert_eq!(Ok(secret.data["value"].len()), Envelope::parse(bytes).map(|e| e.plaintext_len()));
        }
        Err(error) => assert!(error.to_string().ends_with("(value)")),
    }
});
