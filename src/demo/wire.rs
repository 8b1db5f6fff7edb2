//! Percent-encoding and forms, read by the tenant's own hand so that a client's mistake is not shared.

/// Decodes `%XX`, and `+` as a space where it is a form. What is no valid escape stays as it is.
pub(super) fn percent_decoded(text: &str, form: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let escaped = (byte == b'%').then(|| escape(&rest)).flatten();
        match (byte, escaped) {
            (_, Some(value)) => {
                bytes.push(value);
                rest.nth(1);
            }
            (b'+', None) if form => bytes.push(b' '),
            (byte, None) => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escape(rest: &std::str::Bytes<'_>) -> Option<u8> {
    let mut digits = rest.clone().map(|byte| char::from(byte).to_digit(16));
    let (high, low) = (digits.next()??, digits.next()??);
    u8::try_from(high * 16 + low).ok()
}

/// The fields of a form or a query, in order.
pub(super) fn form_fields(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (percent_decoded(name, true), percent_decoded(value, true)))
        .collect()
}

/// The first field with this name, unless it is empty.
pub(super) fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_and_broken_ones_kept() {
        assert_eq!(percent_decoded("a%20b%2B%c3%b8", false), "a b+ø");
        assert_eq!(percent_decoded("a+b", false), "a+b");
        assert_eq!(percent_decoded("a+b%2b", true), "a b+");
        assert_eq!(percent_decoded("100%", false), "100%");
        assert_eq!(percent_decoded("%zz%4", false), "%zz%4");
    }

    #[test]
    fn forms_are_read() {
        let fields = form_fields("a=1&b=p%7EQ%2B%2F%3D%26&&c");
        assert_eq!(field(&fields, "b"), Some("p~Q+/=&"));
        assert_eq!(field(&fields, "c"), None);
        assert_eq!(fields.len(), 3);
    }
}
