//! Names of months and days in the languages that logs are written in, as the
//! `COMPAT` locale data of Java has them (with which Elasticsearch ran until
//! Java dropped it).

/// Which of a language's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    Short,
    Full,
    Narrow,
}

/// A language that the engine knows.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::ingest) struct Language {
    code: &'static str,
    months: &'static str,
    short_months: &'static str,
    days: &'static str,
    short_days: &'static str,
}

/// Names are separated by blanks; days begin with Monday.
const LANGUAGES: [Language; 7] = [
    Language {
        code: "en",
        months: "January February March April May June July August September October November December",
        short_months: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        days: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        short_days: "Mon Tue Wed Thu Fri Sat Sun",
    },
    Language {
        code: "de",
        months: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        short_months: "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        days: "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        short_days: "Mo Di Mi Do Fr Sa So",
    },
    Language {
        code: "fr",
        months: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        short_months: "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        days: "lundi mardi mercredi jeudi vendredi samedi dimanche",
        short_days: "lun. mar. mer. jeu. ven. sam. dim.",
    },
    Language {
        code: "es",
        months: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        short_months: "ene feb mar abr may jun jul ago sep oct nov dic",
        days: "lunes martes miércoles jueves viernes sábado domingo",
        short_days: "lun mar mié jue vie sáb dom",
    },
    Language {
        code: "it",
        months: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        short_months: "gen feb mar apr mag giu lug ago set ott nov dic",
        days: "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        short_days: "lun mar mer gio ven sab dom",
    },
    Language {
        code: "nl",
        months: "januari februari maart april mei juni juli augustus september oktober november december",
        short_months: "jan feb mrt apr mei jun jul aug sep okt nov dec",
        days: "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        short_days: "ma di wo do vr za zo",
    },
    Language {
        code: "pt",
        months: "Janeiro Fevereiro Março Abril Maio Junho Julho Agosto Setembro Outubro Novembro Dezembro",
        short_months: "Jan Fev Mar Abr Mai Jun Jul Ago Set Out Nov Dez",
        days: "Segunda-feira Terça-feira Quarta-feira Quinta-feira Sexta-feira Sábado Domingo",
        short_days: "Seg Ter Qua Qui Sex Sáb Dom",
    },
];

impl Language {
    /// The names of English, which Java's root locale uses, too.
    pub(in crate::engine::ingest) const ENGLISH: Self = LANGUAGES[0];

    /// The language of an ISO 639 code; English for those not known here.
    pub(super) fn of(code: &str) -> Self {
        LANGUAGES
            .into_iter()
            .find(|language| language.code == code)
            .unwrap_or(Self::ENGLISH)
    }

    /// Names of the months, January first.
    pub(super) fn months(self, width: Width) -> Vec<String> {
        names(self.months, self.short_months, width)
    }

    /// Names of the days, Monday first.
    pub(super) fn days(self, width: Width) -> Vec<String> {
        names(self.days, self.short_days, width)
    }
}

fn names(full: &str, short: &str, width: Width) -> Vec<String> {
    let chosen = if width == Width::Short { short } else { full };
    chosen
        .split(' ')
        .map(|name| match width {
            Width::Narrow => name.chars().take(1).flat_map(char::to_uppercase).collect(),
            Width::Short | Width::Full => name.to_owned(),
        })
        .collect()
}

/// Reads a locale as the server's date processor does: `en`, `en-US`, `en_US`.
///
/// # Errors
/// The lower-case name of a language whose code has no ISO 639 entry.
pub(super) fn language(locale: &str) -> Result<Language, String> {
    let code = locale.split(['-', '_']).next().unwrap_or_default();
    let lower = code.to_ascii_lowercase();
    let known = lower.is_empty()
        || (2..=3).contains(&lower.len()) && lower.bytes().all(|byte| byte.is_ascii_lowercase());
    if known {
        Ok(Language::of(&lower))
    } else {
        Err(lower)
    }
}
