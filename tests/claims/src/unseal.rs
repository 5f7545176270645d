//! Any bytes as a sealed value are refused with a message and a likely cause, or open to as many bytes as their envelope says.

use std::sync::LazyLock;

use sealer_core::{Envelope, Scope, SealedSecret, encode_base64};
use unsealer::{Job, Keyring, PrivateKey};

use crate::MemoryLimit;

static RING: LazyLock<Keyring> = LazyLock::new(|| {
    let key = PrivateKey::from_pem(include_str!("../../../vectors/keys/2048.pkcs1.pem"));
    Keyring::from_private_keys(vec![key.expect("the vector is a key")])
});

/// The claim about one input; a panic says that it does not hold.
pub fn holds(bytes: &[u8]) {
    let _limit = MemoryLimit::for_input(bytes.len());
    let mut sealed = SealedSecret::default();
    sealed.metadata.namespace = "payments".to_owned();
    sealed.metadata.name = "db".to_owned();
    Scope::ClusterWide.write_annotations(&mut sealed.metadata.annotations);
    sealed.encrypted_data.insert("value".to_owned(), encode_base64(bytes));
    let job = Job::new(&sealed, true).expect("the object has its names");
    match job.assemble(job.open_all(&RING), &RING) {
        Ok(opened) => {
            let length = opened.secret.data["value"].len();
            assert_eq!(Ok(length), Envelope::parse(bytes).map(|e| e.plaintext_len()));
        }
        Err(error) => {
            let words = error.to_string();
            assert!(words.ends_with("(value)"));
            let (told, trials) = job.diagnose(error, &RING);
            assert!(told.to_string().starts_with(&(words + ": ")));
            assert!(trials <= 2);
        }
    }
}
