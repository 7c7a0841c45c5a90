//! The header by which a caller says which trace its question is part of.

use http::{HeaderMap, HeaderName};
use pdp_core::Trace;

/// W3C Trace Context, section 3.2.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The length of what version 00 holds; later versions begin with the same.
const LENGTH: usize = 55;
/// The flag by which a caller says that it keeps the trace.
const SAMPLED: u8 = 1;

/// What a caller says of the trace that it asks in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent<'a> {
    /// The trace, and the span that asks.
    pub trace: Trace<'a>,
    /// Whether the caller keeps the trace.
    pub is_sampled: bool,
}

impl<'a> TraceParent<'a> {
    /// What `headers` say; `None` where they say nothing, or what is no `traceparent`: a trace is
    /// nothing that a question could fail for.
    pub fn of(headers: &'a HeaderMap) -> Option<Self> {
        let mut stated = headers.get_all(TRACEPARENT).iter();
        let first = stated.next()?;
        if stated.next().is_some() {
            return None;
        }
        Self::parse(first.to_str().ok()?)
    }

    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_ascii();
        let (known, later) = text.split_at_checked(LENGTH)?;
        let parts: Vec<&str> = known.split('-').collect();
        let &[version, trace_id, span_id, flags] = parts.as_slice() else { return None };
        let digits = [(version, 2), (trace_id, 32), (span_id, 16), (flags, 2)];
        if !digits.iter().all(|(part, length)| part.len() == *length && is_hexadecimal(part)) {
            return None;
        }
        // More may follow in versions that are yet to come; version ff is none.
        let is_whole = if version == "00" { later.is_empty() } else { is_apart(later) };
        if version == "ff" || !is_whole || is_zero(trace_id) || is_zero(span_id) {
            return None;
        }
        let flags = u8::from_str_radix(flags, 16).ok()?;
        let is_sampled = flags & SAMPLED == SAMPLED;
        Some(TraceParent { trace: Trace { trace_id, span_id }, is_sampled })
    }
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

fn is_apart(later: &str) -> bool {
    later.is_empty() || later.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    fn parsed(text: &str) -> Option<TraceParent<'_>> {
        TraceParent::parse(text)
    }

    #[test]
    fn what_is_well_formed_is_taken() {
        for (version, flags, later, is_sampled) in [
            ("00", "01", "", true),
            ("00", "00", "", false),
            ("00", "fe", "", false),
            ("00", "03", "", true),
            ("01", "01", "", true),
            ("cc", "01", "-what-will-come", true),
        ] {
            let text = format!(" {version}-{TRACE}-{SPAN}-{flags}{later} ");
            let parent = parsed(&text).expect(&text);
            assert_eq!((parent.trace.trace_id, parent.trace.span_id), (TRACE, SPAN));
            assert_eq!(parent.is_sampled, is_sampled, "{text}");
        }
    }

    #[test]
    fn what_is_not_is_nothing() {
        let good = format!("00-{TRACE}-{SPAN}-01");
        assert!(parsed(&good).is_some());
        for end in 0..good.len() {
            assert_eq!(parsed(&good[..end]), None, "{}", &good[..end]);
        }
        for faulty in [
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("cc-{TRACE}-{SPAN}-01more"),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("0x-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-+1"),
            format!("00_{TRACE}_{SPAN}_01"),
            format!("00-{SPAN}-{TRACE}-01"),
            "ї".repeat(30),
        ] {
            assert_eq!(parsed(&faulty), None, "{faulty}");
        }
    }

    #[test]
    fn two_headers_are_none() {
        let mut headers = HeaderMap::new();
        let value = format!("00-{TRACE}-{SPAN}-01").parse().expect("a value");
        assert_eq!(TraceParent::of(&headers), None);
        headers.append(TRACEPARENT, value);
        assert!(TraceParent::of(&headers).is_some());
        let other = headers[TRACEPARENT].clone();
        headers.append(TRACEPARENT, other);
        assert_eq!(TraceParent::of(&headers), None);
    }
}
