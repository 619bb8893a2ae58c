//! The words that make a date a due date, without accents and in small letters, with their language (ISO 639-1).

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Money.
    Payment,
    /// A thing that was lent.
    Return,
    /// Something else that ends.
    Deadline,
}

/// Words that say by themselves that the date after them is a due date.
pub const DUE: &[(&str, &str, What)] = &[
    ("payment due", "en", What::Payment),
    ("due date", "en", What::Payment),
    ("due by", "en", What::Payment),
    ("due on", "en", What::Payment),
    ("due", "en", What::Payment),
    ("pay by", "en", What::Payment),
    ("pay before", "en", What::Payment),
    ("payable by", "en", What::Payment),
    ("pay no later than", "en", What::Payment),
    ("return by", "en", What::Return),
    ("deadline", "en", What::Deadline),
    ("reply by", "en", What::Deadline),
    ("respond by", "en", What::Deadline),
    ("zahlbar bis", "de", What::Payment),
    ("zahlbar", "de", What::Payment),
    ("zahlungsziel", "de", What::Payment),
    ("zahlungsfrist", "de", What::Payment),
    ("zu zahlen bis", "de", What::Payment),
    ("fallig", "de", What::Payment),
    ("falligkeit", "de", What::Payment),
    ("falligkeitsdatum", "de", What::Payment),
    ("ruckgabe bis", "de", What::Return),
    ("leihfrist", "de", What::Return),
    ("frist bis", "de", What::Deadline),
    ("abgabe bis", "de", What::Deadline),
    ("a payer avant", "fr", What::Payment),
    ("date d'echeance", "fr", What::Payment),
    ("date limite", "fr", What::Deadline),
    ("echeance", "fr", What::Payment),
    ("a regler avant", "fr", What::Payment),
    ("payable avant", "fr", What::Payment),
    ("a rendre avant", "fr", What::Return),
    ("scadenza", "it", What::Payment),
    ("data di scadenza", "it", What::Payment),
    ("da pagare entro", "it", What::Payment),
    ("pagare entro", "it", What::Payment),
    ("vence el", "es", What::Payment),
    ("vencimiento", "es", What::Payment),
    ("fecha de vencimiento", "es", What::Payment),
    ("fecha limite", "es", What::Deadline),
    ("pagar antes del", "es", What::Payment),
    ("vencimento", "pt", What::Payment),
    ("vence em", "pt", What::Payment),
    ("pagar ate", "pt", What::Payment),
    ("te betalen voor", "nl", What::Payment),
    ("vervaldatum", "nl", What::Payment),
    ("uiterste betaaldatum", "nl", What::Payment),
    ("支払期限", "ja", What::Payment),
    ("お支払期限", "ja", What::Payment),
    ("支払期日", "ja", What::Payment),
    ("返却期限", "ja", What::Return),
    ("提出期限", "ja", What::Deadline),
    ("付款截止", "zh", What::Payment),
    ("到期日", "zh", What::Payment),
];

/// Words that say it only beside one of [`PAY`], as in "please transfer the sum by 5 December".
pub const UNTIL: &[(&str, &str)] = &[
    ("by", "en"),
    ("before", "en"),
    ("until", "en"),
    ("no later than", "en"),
    ("bis", "de"),
    ("bis zum", "de"),
    ("bis spatestens", "de"),
    ("avant le", "fr"),
    ("jusqu'au", "fr"),
    ("entro il", "it"),
    ("entro", "it"),
    ("antes del", "es"),
    ("hasta el", "es"),
    ("antes de", "pt"),
    ("voor", "nl"),
];

/// Words about paying, by their beginnings.
pub const PAY: &[(&str, &str)] = &[
    ("pay", "en"),
    ("transfer", "en"),
    ("settle", "en"),
    ("uberweis", "de"),
    ("zahl", "de"),
    ("begleich", "de"),
    ("payer", "fr"),
    ("paiement", "fr"),
    ("regler", "fr"),
    ("virement", "fr"),
    ("pagar", "es"),
    ("pago", "es"),
    ("pagare", "it"),
    ("pagamento", "it"),
    ("versare", "it"),
    ("betal", "nl"),
];

/// Words that stand after the date, as in `2026年12月5日までにお支払い`.
pub const AFTER: &[(&str, &str, What)] = &[
    ("までにお支払い", "ja", What::Payment),
    ("までに支払", "ja", What::Payment),
    ("までにご返却", "ja", What::Return),
    ("前付款", "zh", What::Payment),
];
