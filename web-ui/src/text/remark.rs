//! What there is to say about the values of typed Secrets.

use sealer_core::check::Remark;

use super::date;

pub const CORRECT_VALUE: &str = "A value needs a correction.";

pub fn remark(remark: Remark) -> String {
    let words = match remark {
        Remark::NoCertificate => {
            "There is no whole certificate in it: it begins with -----BEGIN CERTIFICATE-----."
        }
        Remark::NoKey => {
            "There is no whole private key in it: it begins with -----BEGIN PRIVATE KEY----- or alike."
        }
        Remark::KeyEncrypted => {
            "This key has a passphrase, which nobody would type. Take the passphrase off."
        }
        Remark::KeyForSsh => {
            "This private key is for SSH. One for TLS begins with -----BEGIN PRIVATE KEY----- or alike."
        }
        Remark::PublicKey => "This is a public key. The private one is in the file without .pub.",
        Remark::Mismatch => {
            "This key does not belong to the first certificate, which has to be the server's own."
        }
        Remark::NotDockerConfig => "This is no config.json of docker, with logins below “auths”.",
        Remark::NotCompared => "Whether this key belongs to the certificate could not be checked.",
        Remark::OutOfOrder => {
            "The certificates are not in order, or one is missing: the server's is the first, then each one's issuer follows."
        }
        Remark::Ended { on } => return format!("This certificate ended on {}.", date(on)),
        Remark::NotYetValid { from } => {
            return format!("This certificate is not valid before {}.", date(from));
        }
        Remark::NoLogin => {
            "There is no login in it. Docker keeps them elsewhere if it says “credsStore” or “credHelpers”."
        }
        Remark::ColonInUsername => "It holds a colon. Servers read what follows it as the password.",
        Remark::NoFinalLineBreak => "It does not end with a line break, where OpenSSH wants one.",
    };
    words.to_owned()
}
