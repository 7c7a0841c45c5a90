use crate::Text;

/// A scalar as it was written; what it means follows the core schema of YAML 1.2.
///
/// Numbers with a leading zero and with underscores are strings, as in YAML 1.2 parsers that keep
/// identifiers intact.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar<'t> {
    text: Text<'t>,
    plain: bool,
}

impl<'t> Scalar<'t> {
    pub(super) fn new(text: Text<'t>, plain: bool) -> Self {
        Scalar { text, plain }
    }

    /// The text between the quotes, or the plain text, whatever it means.
    pub fn text(&self) -> &Text<'t> {
        &self.text
    }

    /// The text, if it is a string.
    pub fn string(&self) -> Option<&str> {
        let other = self.is_null() || self.bool().is_some() || self.is_number();
        (!other).then_some(self.text.as_ref())
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_ref(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The truth value, if it is one.
    pub fn bool(&self) -> Option<bool> {
        match self.text.as_ref() {
            _ if !self.plain => None,
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// The whole number, if it is one of 64 signed bits.
    pub fn int(&self) -> Option<i64> {
        if !self.plain {
            return None;
        }
        match integer(&self.text) {
            Some((negative, digits, radix)) => {
                let sign = if negative { "-" } else { "" };
                i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
            }
            None => None,
        }
    }

    /// The whole number that is too large for [`Scalar::int`], if it fits 64 bits without a sign.
    pub fn uint(&self) -> Option<u64> {
        match integer(&self.text).filter(|_| self.plain) {
            Some((false, digits, radix)) => u64::from_str_radix(digits, radix).ok(),
            _ => None,
        }
    }

    /// The number with fraction or exponent, if it is a finite one.
    pub fn double(&self) -> Option<f64> {
        if self.plain && is_decimal(&self.text) {
            self.text.parse().ok().filter(|value: &f64| value.is_finite())
        } else {
            None
        }
    }

    /// What it is, in words for a diagnostic.
    pub fn description(&self) -> &'static str {
        if self.is_null() {
            "nothing"
        } else if self.bool().is_some() {
            "a truth value"
        } else if self.is_number() {
            "a number"
        } else {
            "a string"
        }
    }

    fn is_number(&self) -> bool {
        self.plain
            && (integer(&self.text).is_some() || is_decimal(&self.text) || is_special(&self.text))
    }
}

/// Sign, digits and radix of an integer of the core schema.
fn integer(text: &str) -> Option<(bool, &str, u32)> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let signed = unsigned.len() != text.len();
    let (digits, radix) = match unsigned.get(..2) {
        Some("0o") if !signed => (&unsigned[2..], 8),
        Some("0x") if !signed => (&unsigned[2..], 16),
        _ => (unsigned, 10),
    };
    let leading_zero = radix == 10 && digits.len() > 1 && digits.starts_with('0');
    let all_digits = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    (all_digits && !leading_zero).then_some((negative, digits, radix))
}

fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(index) => (&unsigned[..index], Some(&unsigned[index + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits_only = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits_only.is_empty() && digits(digits_only)
    });
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let has_point_or_exponent = mantissa.len() != whole.len() || exponent.is_some();
    has_point_or_exponent
        && digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent_fits
        && !leading_zero
}

fn is_special(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar<'_> {
        Scalar::new(text.into(), true)
    }

    #[test]
    fn words_of_yaml_1_1_are_strings() {
        for text in [
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "0777",
            "017",
            "1_000",
            "12:30:45",
            "0b1",
            "2026-11-26",
            "1.2.3",
            "+",
            "-",
            ".",
            "e5",
            "0x",
            "-0x1f",
            "tRUE",
        ] {
            assert_eq!(plain(text).string(), Some(text));
        }
    }

    #[test]
    fn numbers_truth_and_nothing_are_not() {
        assert_eq!(plain("-12").int(), Some(-12));
        assert_eq!(plain("0o17").int(), Some(15));
        assert_eq!(plain("0x1F").int(), Some(31));
        assert_eq!(plain("-9223372036854775808").int(), Some(i64::MIN));
        assert_eq!(plain("9223372036854775808").int(), None);
        assert_eq!(plain("9223372036854775808").string(), None);
        assert_eq!(plain("1.5e3").double(), Some(1500.0));
        assert_eq!(plain(".5").double(), Some(0.5));
        assert_eq!(plain("1e999").double(), None);
        for text in ["", "~", "null", "true", "FALSE", "1", "1.", ".inf", "-.INF", ".nan", "1e5"] {
            assert_eq!(plain(text).string(), None, "{text}");
            assert_eq!(Scalar::new(text.into(), false).string(), Some(text));
        }
    }
}
