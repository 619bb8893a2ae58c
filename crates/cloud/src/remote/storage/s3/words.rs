//! What S3 answers in XML (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>).

use super::Took;
use crate::Result;
use crate::error::Error;
use crate::remote::storage::state;
use crate::remote::{fault, seen};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// An answer, by how the name of its outermost element begins: servers end it with `Result`, `Response` or nothing.
pub trait Words: DeserializeOwned {
    const ELEMENT: &'static str;
}

#[derive(Deserialize)]
pub struct Begun {
    #[serde(rename = "UploadId")]
    pub upload_id: String,
}

impl Words for Begun {
    const ELEMENT: &'static str = "InitiateMultipartUpload";
}

#[derive(Deserialize)]
pub struct PartList {
    #[serde(rename = "Part", default)]
    pub parts: Vec<PartThere>,
    #[serde(rename = "IsTruncated", default)]
    pub is_truncated: bool,
    #[serde(rename = "NextPartNumberMarker")]
    pub next: Option<String>,
}

impl Words for PartList {
    const ELEMENT: &'static str = "ListParts";
}

/// A part that a server has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PartThere {
    #[serde(rename = "PartNumber")]
    pub number: u64,
    #[serde(rename = "ETag")]
    pub tag: String,
    #[serde(rename = "Size")]
    pub size: u64,
    #[serde(rename = "LastModified", default)]
    pub written: String,
}

impl PartThere {
    /// Whether it has this size and this MD5.
    pub fn is(&self, size: u64, md5: &str) -> bool {
        self.size == size && state::normal(&self.tag).eq_ignore_ascii_case(md5)
    }
}

#[derive(Deserialize)]
pub struct Completed {
    #[serde(rename = "ETag")]
    pub tag: String,
}

impl Words for Completed {
    const ELEMENT: &'static str = "CompleteMultipartUpload";
}

#[derive(Deserialize)]
pub struct Uploads {
    #[serde(rename = "Upload", default)]
    pub uploads: Vec<UploadThere>,
}

impl Words for Uploads {
    const ELEMENT: &'static str = "ListMultipartUploads";
}

/// An upload that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UploadThere {
    #[serde(rename = "Key")]
    pub key: String,
    #[serde(rename = "UploadId")]
    pub id: String,
    #[serde(rename = "Initiated")]
    pub begun: String,
}

/// An answer. The page that a network shows to who is to sign in is none, nor is half of one.
///
/// # Errors
/// [`Error::MayPass`] when it is something else.
pub fn read<T: Words>(body: &Bytes) -> Result<T> {
    let text = std::str::from_utf8(body)
        .ok()
        .filter(|_| seen::last_element(body).is_some_and(|name| name.starts_with(T::ELEMENT)));
    text.and_then(|text| quick_xml::de::from_str(text).ok()).ok_or_else(super::odd)
}

/// The parts of which a file is to be made, by their tags from number 1 on.
///
/// # Errors
/// None that is known: a list of texts can be written.
pub fn of_parts(tags: &[String]) -> Result<String> {
    #[derive(Serialize)]
    struct CompleteMultipartUpload<'a> {
        #[serde(rename = "Part")]
        parts: Vec<Part<'a>>,
    }
    #[derive(Serialize)]
    struct Part<'a> {
        #[serde(rename = "PartNumber")]
        number: usize,
        #[serde(rename = "ETag")]
        tag: &'a str,
    }
    let parts = tags.iter().zip(1..).map(|(tag, number)| Part { number, tag }).collect();
    quick_xml::se::to_string(&CompleteMultipartUpload { parts }).map_err(|error| Error::may_pass(error.to_string()))
}

/// What S3 says instead of doing what it is asked for.
pub struct Said {
    code: String,
    words: String,
}

impl Said {
    /// The body of a refusal, whatever it is.
    pub fn of(body: &Bytes) -> Self {
        let words = || String::from_utf8_lossy(body).into_owned();
        Said::read(body).unwrap_or_else(|| Said { code: String::new(), words: words() })
    }

    /// An answer, if it is a refusal.
    pub fn read(body: &Bytes) -> Option<Self> {
        #[derive(Deserialize)]
        struct Refusal {
            #[serde(rename = "Code")]
            code: String,
            #[serde(rename = "Message", default)]
            message: String,
        }
        impl Words for Refusal {
            const ELEMENT: &'static str = "Error";
        }
        let Refusal { code, message } = read(body).ok()?;
        Some(Said { words: format!("{code}: {message}"), code })
    }

    /// That an upload is not known, or not with these parts; else an error.
    ///
    /// # Errors
    /// See [`Said::error`].
    pub fn lost_or_error<T>(self, path: &str) -> Result<Took<T>> {
        match self.code.as_str() {
            "NoSuchUpload" | "InvalidPart" => Ok(Took::Lost),
            _ => Err(self.error(path)),
        }
    }

    /// The error for it. A part or an end that arrived damaged may do better; and what is said of a condition counts, whatever the status is.
    pub fn error(&self, path: &str) -> Error {
        match self.code.as_str() {
            "PreconditionFailed" | "ConditionalRequestConflict" => Error::Stale(path.to_owned()),
            "BadDigest" => Error::may_pass("a part of a file did not arrive as it was sent"),
            _ => fault::refused(&self.words, path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_answers_are_read() {
        let check = |text: &str, expected: Option<(usize, bool, Option<&str>)>| {
            let read = read::<PartList>(&Bytes::copy_from_slice(text.as_bytes())).ok();
            let told = read.as_ref().map(|list| (list.parts.len(), list.is_truncated, list.next.as_deref()));
            assert_eq!(told, expected, "{text}");
        };
        let part = |number: u32| {
            let tag = "<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag>";
            format!("<Part><PartNumber>{number}</PartNumber>{tag}<Size>5</Size><More>x</More></Part>")
        };
        let list =
            |inner: &str| format!("<?xml version=\"1.0\"?>\n<ListPartsResult xmlns=\"x\">{inner}</ListPartsResult>");
        check(&list(""), Some((0, false, None)));
        let truncated = "<NextPartNumberMarker>2</NextPartNumberMarker><IsTruncated>true</IsTruncated>";
        check(&list(&format!("{}{truncated}{}", part(1), part(2))), Some((2, true, Some("2"))));
        check(&list(&part(1)).replace("</ListPartsResult>", ""), None);
        check(&list("<Part><PartNumber>1</PartNumber></Part>"), None);
        check(&list(&part(1)).replace("ListPartsResult", "ListPartsResponse"), Some((1, false, None)));
        check("<Error><Code>NoSuchUpload</Code></Error>", None);
        check("<html><body>Sign in</body></html>", None);
        check("", None);
    }

    #[test]
    fn parts_are_ours_by_their_size_and_hash() {
        let part = |tag: &str| PartThere { number: 1, tag: tag.to_owned(), size: 5, written: String::new() };
        let check = |tag: &str, size: u64, expected: bool| {
            assert_eq!(part(tag).is(size, "d41d8cd98f00b204e9800998ecf8427e"), expected, "{tag} {size}");
        };
        check("\"d41d8cd98f00b204e9800998ecf8427e\"", 5, true);
        check("D41D8CD98F00B204E9800998ECF8427E", 5, true);
        check("\"d41d8cd98f00b204e9800998ecf8427e\"", 6, false);
        check("\"d41d8cd98f00b204e9800998ecf8427f\"", 5, false);
        check("", 5, false);
    }

    #[test]
    fn parts_are_named_in_their_order() {
        let expected = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a&amp;b</ETag></Part>\
                        <Part><PartNumber>2</PartNumber><ETag>c</ETag></Part></CompleteMultipartUpload>";
        assert_eq!(of_parts(&["a&b".to_owned(), "c".to_owned()]).unwrap(), expected);
    }

    #[test]
    fn refusals_mean_what_is_to_be_done() {
        let check = |code: &str, expected: &str| {
            let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>so</Message></Error>");
            let means = match Said::of(&Bytes::from(body)).lost_or_error::<()>("a.png") {
                Ok(Took::Lost) => "lost",
                Ok(Took::Done(())) => "done",
                Err(Error::Stale(_)) => "stale",
                Err(Error::MayPass { .. }) => "may pass",
                Err(Error::NeedsYou { .. }) => "needs you",
                Err(_) => "other",
            };
            assert_eq!(means, expected, "{code}");
        };
        check("NoSuchUpload", "lost");
        check("InvalidPart", "lost");
        check("PreconditionFailed", "stale");
        check("ConditionalRequestConflict", "stale");
        check("BadDigest", "may pass");
        check("InternalError", "may pass");
        check("NoSuchBucket", "needs you");
        assert!(Said::read(&Bytes::from_static(b"<html>NoSuchUpload</html>")).is_none());
    }
}
