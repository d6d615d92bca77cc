//! Downloads of assets, whole or from some byte on.

use std::io::Write;

use crate::error::{Error, ErrorKind, Result};
use crate::io::http::{Response, Setback, Url};
use crate::model::release::Asset;
use crate::progress::Progress;

use super::{GitHub, status};

/// An asset on its way.
#[derive(Debug)]
pub struct Download {
    response: Response,
    offset: u64,
    left: u64,
}

impl Download {
    /// Where in the asset the bytes start: 0, or what was asked for.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Writes the bytes to `writer` as they come, never more than the asset has,
    /// and tells `seen` each piece.
    ///
    /// # Errors
    /// As [`Response::copy_to`].
    pub fn copy_to(self, writer: &mut dyn Write, seen: &mut dyn FnMut(&[u8])) -> Result<u64> {
        self.response.copy_to(writer, self.left, seen)
    }
}

impl GitHub {
    /// The whole of a small `asset`.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when it cannot be had or is larger than `limit`.
    pub fn asset_bytes(
        &self,
        asset: &Asset,
        limit: u64,
        progress: &dyn Progress,
    ) -> Result<Vec<u8>> {
        if asset.size > limit {
            return Err(Error::new(
                ErrorKind::Network,
                format!(
                    "{} has {} bytes, at most {limit} are read",
                    asset.name, asset.size
                ),
            ));
        }
        self.retry().run(progress, || {
            let response = self.ask(asset, 0)?;
            Ok(status::good(response)?.bytes(limit)?)
        })
    }

    /// `asset` from byte `offset` on, or from its start where the server does not
    /// do parts.
    ///
    /// # Errors
    /// A [`Setback`] of kind [`ErrorKind::Network`]; of kind
    /// [`ErrorKind::Integrity`] when what the server offers has another size.
    pub fn download(&self, asset: &Asset, offset: u64) -> Result<Download, Setback> {
        let response = self.ask(asset, offset)?;
        if response.status() == 416 && offset > 0 {
            return self.download(asset, 0);
        }
        let partial = response.status() == 206;
        if !partial && response.status() != 200 {
            return Err(status::refusal(response));
        }
        let offset = if partial { offset } else { 0 };
        let left = asset.size.saturating_sub(offset);
        let range = response.header("content-range");
        let range_fits = !partial
            || range.is_some_and(|range| {
                let last = asset.size.saturating_sub(1);
                range == format!("bytes {offset}-{last}/{}", asset.size)
            });
        let length_fits = response
            .content_length()
            .is_none_or(|length| length == left);
        if !range_fits || !length_fits {
            return Err(Error::new(
                ErrorKind::Integrity,
                format!(
                    "{} should have {} bytes, the server offers another number",
                    asset.name, asset.size
                ),
            )
            .into());
        }
        Ok(Download {
            response,
            offset,
            left,
        })
    }

    fn ask(&self, asset: &Asset, offset: u64) -> Result<Response, Setback> {
        let mut headers = vec![
            ("accept", "application/octet-stream".to_owned()),
            ("accept-encoding", "identity".to_owned()),
        ];
        if offset > 0 {
            headers.push(("range", format!("bytes={offset}-")));
        }
        let url = self.asset_url(asset)?;
        self.client.follow(
            &url,
            &headers,
            self.authorization
                .as_ref()
                .filter(|_| url.same_origin(&self.api)),
        )
    }

    /// The API's own address of the asset, which works for private repositories
    /// too, or the public one where that is not at the API (a mirror).
    fn asset_url(&self, asset: &Asset) -> Result<Url> {
        let own = Url::parse(&asset.url).ok();
        match own.filter(|url| url.same_origin(&self.api)) {
            Some(url) => Ok(url),
            None => Url::parse(&asset.browser_download_url).map_err(|error| {
                Error::new(
                    ErrorKind::Malformed,
                    format!("{} has no usable address", asset.name),
                )
                .because(error)
            }),
        }
    }
}
