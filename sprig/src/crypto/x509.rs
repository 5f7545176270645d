//! Certificates in DER, as Go's `x509.CreateCertificate` writes them for Sprig's templates.

use std::time::Duration;

use der::asn1::{Any, AnyRef, BitString, Ia5String, ObjectIdentifier, OctetString, PrintableString, UintRef};
use der::asn1::{SetOfVec, Utf8StringRef};
use der::oid::AssociatedOid;
use der::{DateTime, Decode, Encode, Sequence};
use go_template::{Call, Fault};
use sha2::{Digest, Sha256};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::Extension;
pub(super) use x509_cert::ext::pkix::name::GeneralName as Name;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::spki::AlgorithmIdentifierRef;
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, Version};

use super::private_key::{PrivateKey, UNWRITABLE};

/// What a certificate says.
pub(super) struct Contents<'a> {
    pub serial: [u8; 16],
    pub common_name: &'a [u8],
    pub names: Vec<Name>,
    /// Seconds since 1970.
    pub not_before: i64,
    pub not_after: i64,
    pub is_ca: bool,
}

/// What of a certificate goes into those that its holder issues.
pub(super) struct Issuer {
    subject: Vec<u8>,
    key_id: Option<Vec<u8>>,
    public: Vec<u8>,
}

#[derive(Sequence)]
struct ToBeSigned<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: Version,
    serial: UintRef<'a>,
    signature: AlgorithmIdentifierRef<'a>,
    issuer: AnyRef<'a>,
    validity: Validity,
    subject: AnyRef<'a>,
    public_key: AnyRef<'a>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

#[derive(Sequence)]
struct Signed<'a> {
    contents: AnyRef<'a>,
    algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitString,
}

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// A certificate for the holder of `key`, signed with the issuer's key, or else with its own.
pub(super) fn create(
    call: &mut Call<'_>,
    contents: &Contents<'_>,
    key: &PrivateKey,
    issuer: Option<(&Issuer, &PrivateKey)>,
) -> Result<Vec<u8>, Fault> {
    let signer = issuer.map_or(key, |(_, signer)| signer);
    let algorithm = signer.signature_algorithm()?;
    let public = key.public()?;
    if let Some((issuer, signer)) = issuer
        && signer.public()?.info != issuer.public
    {
        return Err(Fault::new("the authority's key does not fit its certificate"));
    }
    let subject = subject(contents.common_name)?;
    let issuer_name = issuer.map_or(&subject, |(issuer, _)| &issuer.subject);
    let issuer_key_id =
        issuer.filter(|_| *issuer_name != subject).and_then(|(issuer, _)| issuer.key_id.as_deref());
    let key_id = contents.is_ca.then(|| Sha256::digest(&public.bits)[..20].to_vec());
    let encode = || {
        ToBeSigned {
            version: Version::V3,
            serial: UintRef::new(&contents.serial)?,
            signature: algorithm,
            issuer: AnyRef::from_der(issuer_name)?,
            validity: Validity::new(time(contents.not_before)?, time(contents.not_after)?),
            subject: AnyRef::from_der(&subject)?,
            public_key: AnyRef::from_der(&public.info)?,
            extensions: extensions(contents, key_id.as_deref(), issuer_key_id)?,
        }
        .to_der()
    };
    let to_be_signed = encode().map_err(|_: der::Error| UNWRITABLE)?;
    let signature = signer.sign(call, &to_be_signed)?;
    let encode = || {
        Signed {
            contents: AnyRef::from_der(&to_be_signed)?,
            algorithm,
            signature: BitString::from_bytes(&signature)?,
        }
        .to_der()
    };
    encode().map_err(|_: der::Error| UNWRITABLE)
}

/// A name of nothing but the common name, or of nothing at all.
fn subject(common_name: &[u8]) -> Result<Vec<u8>, Fault> {
    let text = std::str::from_utf8(common_name).map_err(|_| Fault::new("the common name is not UTF-8"))?;
    let encode = || {
        let value = match PrintableString::new(text) {
            Ok(printable) => Any::from(&printable),
            Err(_) => Any::from(Utf8StringRef::new(text)?),
        };
        let attribute = AttributeTypeAndValue { oid: COMMON_NAME, value };
        let names: Vec<SetOfVec<_>> =
            if text.is_empty() { Vec::new() } else { vec![SetOfVec::try_from(vec![attribute])?] };
        names.to_der()
    };
    encode().map_err(|_: der::Error| UNWRITABLE)
}

/// UTCTime up to 2049, GeneralizedTime from then on.
fn time(seconds: i64) -> der::Result<Time> {
    let seconds = u64::try_from(seconds).map_err(|_| der::ErrorKind::DateTime)?;
    DateTime::from_unix_duration(Duration::from_secs(seconds)).map(Time::from)
}

fn extensions(
    contents: &Contents<'_>,
    key_id: Option<&[u8]>,
    issuer_key_id: Option<&[u8]>,
) -> der::Result<Vec<Extension>> {
    let mut usages = KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment;
    if contents.is_ca {
        usages |= KeyUsages::KeyCertSign;
    }
    let constraints = BasicConstraints { ca: contents.is_ca, path_len_constraint: None };
    let mut extensions = vec![
        extension(true, &KeyUsage(usages))?,
        extension(false, &ExtendedKeyUsage(vec![SERVER_AUTH, CLIENT_AUTH]))?,
        extension(true, &constraints)?,
    ];
    if let Some(key_id) = key_id {
        extensions.push(extension(false, &SubjectKeyIdentifier(OctetString::new(key_id)?))?);
    }
    if let Some(key_id) = issuer_key_id {
        let key_identifier = Some(OctetString::new(key_id)?);
        extensions.push(extension(false, &AuthorityKeyIdentifier { key_identifier, ..Default::default() })?);
    }
    if !contents.names.is_empty() {
        // Critical if nothing else names the subject.
        let critical = contents.common_name.is_empty();
        extensions.push(extension(critical, &SubjectAltName(contents.names.clone()))?);
    }
    Ok(extensions)
}

fn extension<T: Encode + AssociatedOid>(critical: bool, value: &T) -> der::Result<Extension> {
    Ok(Extension { extn_id: T::OID, critical, extn_value: OctetString::new(value.to_der()?)? })
}

/// A DNS name. Go lets everything pass that is ASCII.
pub(super) fn dns_name(name: &[u8]) -> Result<Name, Fault> {
    let name = Ia5String::new(name).map_err(|_| Fault::new("an alternative DNS name is not ASCII"))?;
    Ok(Name::DnsName(name))
}

/// An IP address, in 4 bytes if it can be.
pub(super) fn ip_address(text: &[u8]) -> Result<Name, Fault> {
    let unfit = Fault::new("one of the IP addresses is none");
    let address: std::net::IpAddr =
        std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(unfit)?;
    let bytes = match address.to_canonical() {
        std::net::IpAddr::V4(address) => OctetString::new(address.octets()),
        std::net::IpAddr::V6(address) => OctetString::new(address.octets()),
    };
    bytes.map(Name::IpAddress).map_err(|_| UNWRITABLE)
}

impl Issuer {
    /// The holder of the certificate.
    pub fn parse(der: &[u8]) -> Result<Self, Fault> {
        let read = || {
            let certificate = Certificate::from_der(der)?;
            let contents = certificate.tbs_certificate();
            let extensions = contents.extensions().map_or(&[][..], Vec::as_slice);
            let key_id = extensions.iter().find(|extension| extension.extn_id == SubjectKeyIdentifier::OID);
            let key_id = match key_id {
                Some(extension) => Some(SubjectKeyIdentifier::from_der(extension.extn_value.as_bytes())?),
                None => None,
            };
            Ok(Self {
                subject: contents.subject().to_der()?,
                // An empty one counts as none.
                key_id: key_id.map(|id| id.0.into_bytes().to_vec()).filter(|id| !id.is_empty()),
                public: contents.subject_public_key_info().to_der()?,
            })
        };
        read().map_err(|_: der::Error| Fault::new("the certificate is not well-formed"))
    }
}
