//! Payments.
//!
//! - SEPA credit transfer: European Payments Council, EPC069-12 ("Quick Response Code: Guidelines to enable data capture
//!   for the initiation of a SEPA credit transfer").
//! - Swiss QR-bill: SIX, "Swiss Implementation Guidelines QR-bill", versions 2.0 to 2.3.
//! - UPI: National Payments Corporation of India, "UPI Linking Specifications".
//! - Bitcoin: BIP 21. Ethereum: ERC-681.

use legible_reading::recognition::{Meaning, Payment, Scheme};

use super::uri::parts;
use super::{after, filled, iban};

/// A payment.
pub fn payment(text: &str) -> Option<Meaning> {
    let readers: [fn(&str) -> Option<Payment>; 5] = [sepa, swiss, upi, bitcoin, ethereum];
    readers.into_iter().find_map(|read| read(text)).map(Meaning::Payment)
}

/// `BCD`, version, character set, `SCT`, BIC, name, IBAN, amount, purpose, reference, text, note: one a line, the last
/// ones may be absent.
fn sepa(text: &str) -> Option<Payment> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let ["BCD", "001" | "002", _, "SCT" | "INST", _, payee, account, rest @ ..] = lines.as_slice() else { return None };
    let line = |at: usize| rest.get(at).and_then(|line| filled(*line));
    let amount = match line(0) {
        Some(amount) => Some(decimal(amount.strip_prefix("EUR")?)?),
        None => None,
    };
    Some(Payment {
        scheme: Scheme::Sepa,
        payee: payee.to_string(),
        account: iban::checked(account)?,
        currency: amount.is_some().then(|| "EUR".to_string()),
        amount,
        reference: line(2),
        message: line(3),
    })
}

/// Version and account, then seven lines of who is paid, seven for who is paid in the end, amount and currency, seven of
/// who pays, then the reference and what it is for.
fn swiss(text: &str) -> Option<Payment> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let ["SPC", version, "1", account, _, payee, ..] = lines.as_slice() else { return None };
    let of_switzerland = |account: &String| account.starts_with("CH") || account.starts_with("LI");
    let line = |at: usize| lines.get(at).and_then(|line| filled(*line));
    let amount = match line(18) {
        Some(amount) => Some(decimal(&amount)?),
        None => None,
    };
    let currency = line(19).filter(|currency| ["CHF", "EUR"].contains(&currency.as_str()))?;
    version.starts_with("02").then_some(())?;
    Some(Payment {
        scheme: Scheme::SwissQr,
        payee: payee.to_string(),
        account: iban::checked(account).filter(of_switzerland)?,
        amount,
        currency: Some(currency),
        reference: line(28),
        message: line(29),
    })
}

fn upi(text: &str) -> Option<Payment> {
    let (path, parameters) = parts(after(text, "upi://")?);
    let value =
        |key: &str| parameters.iter().find(|(found, _)| found == key).and_then(|(_, value)| filled(value.as_str()));
    let account = value("pa").filter(|account| account.contains('@') && path.starts_with("pay"))?;
    let amount = value("am").and_then(|amount| decimal(&amount));
    Some(Payment {
        scheme: Scheme::Upi,
        payee: value("pn").unwrap_or_default(),
        account,
        currency: value("cu").or_else(|| amount.is_some().then(|| "INR".to_string())),
        amount,
        reference: value("tr"),
        message: value("tn"),
    })
}

fn bitcoin(text: &str) -> Option<Payment> {
    let (account, parameters) = parts(after(text, "bitcoin:")?);
    let is_address = (26..=90).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let value =
        |key: &str| parameters.iter().find(|(found, _)| found == key).and_then(|(_, value)| filled(value.as_str()));
    let amount = value("amount").and_then(|amount| decimal(&amount));
    is_address.then(|| Payment {
        scheme: Scheme::Bitcoin,
        payee: value("label").unwrap_or_default(),
        account,
        currency: amount.is_some().then(|| "BTC".to_string()),
        amount,
        reference: None,
        message: value("message"),
    })
}

fn ethereum(text: &str) -> Option<Payment> {
    let (target, parameters) = parts(after(text, "ethereum:")?);
    let target = target.strip_prefix("pay-").unwrap_or(&target);
    let account = target.split(['@', '/']).next().unwrap_or(target);
    let digits = account.strip_prefix("0x").filter(|digits| digits.len() == 40);
    digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    // A call of a contract moves what the contract says, not ether.
    let calls = target.contains('/');
    let value = parameters.iter().find(|(key, _)| key == "value").filter(|_| !calls);
    let amount = value.and_then(|(_, wei)| ether(wei));
    Some(Payment {
        scheme: Scheme::Ethereum,
        account: account.to_string(),
        currency: amount.is_some().then(|| "ETH".to_string()),
        amount,
        ..Payment::default()
    })
}

/// Wei, such as `2.014e18`, in ether; 10¹⁸ wei are one.
fn ether(wei: &str) -> Option<String> {
    let lower = wei.to_ascii_lowercase();
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().ok().filter(|exponent| (0..=40).contains(exponent))?;
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.len() > 60 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Where the point goes, counted from the left of the digits.
    let point = whole.len() as i32 + exponent - 18;
    let zeros_in_front = usize::try_from(1 - point).unwrap_or(0);
    let point = usize::try_from(point).unwrap_or(0).max(1);
    let digits = format!("{}{digits}", "0".repeat(zeros_in_front));
    let digits = format!("{digits:0<point$}");
    decimal(&format!("{}.{}", &digits[..point], &digits[point..]))
}

/// A decimal number as people write it: no zeros too many in front or after, as many decimals as there are.
fn decimal(text: &str) -> Option<String> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let sane = all_digits(whole) && all_digits(fraction) && text.len() <= 80 && whole.len() + fraction.len() > 0;
    sane.then(|| {
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let fraction = if fraction.len() > 2 { fraction.trim_end_matches('0') } else { fraction };
        if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
    })
}
