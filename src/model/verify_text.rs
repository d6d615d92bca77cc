//! `VERIFY.txt`: how to check this very bundle with stock tools only.

use std::fmt::Write as _;

use crate::model::key_id::KeyId;
use crate::model::signed_list::{LIST_NAME, ListHeader};

/// The text for the bundle of `header`, signed by `signers` when it was packed.
#[must_use]
pub fn verify_text(header: &ListHeader, signers: &[KeyId]) -> String {
    let mut text = format!(
        "\
Bundle    {name}
Channel   {channel}, sequence {sequence}
Created   {created}
Expires   {expires}

To check this bundle with tar, OpenSSL 3 and GNU coreutils alone:

  tar -xf {name}.sealift
",
        name = header.name,
        channel = header.channel,
        sequence = header.sequence,
        created = header.created,
        expires = header.expires,
    );
    // Somebody else may sign later, and this text is under the signature.
    let unsigned = signers.is_empty().then(|| "KEYID".to_owned());
    for id in signers.iter().map(ToString::to_string).chain(unsigned) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  openssl pkeyutl -verify -rawin -pubin -inkey {id}.pub.pem -in {LIST_NAME} -sigfile {LIST_NAME}.{id}.sig"
        );
    }
    let _ = write!(
        text,
        "  sha256sum -c --strict {LIST_NAME}

Run them in an empty folder. KEYID.pub.pem stands for the signer's public key,
which must have come to you on another way than this bundle; its id is

  openssl pkey -pubin -in KEY.pub.pem -outform DER | sha256sum | cut -c 1-16

Each later signer adds a file {LIST_NAME}.KEYID.sig. sha256sum does not notice
files that are not in the list; compare `find . -type f` with it.
"
    );
    text
}
