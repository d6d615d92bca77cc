//! `date` and `date_index_name`.

use crate::engine::failure::Failure;
use crate::engine::ingest::config::{Config, foreign};
use crate::engine::ingest::dates::{Format, Language, Zone, Zoned, language};
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::mustache::Template;
use crate::engine::ingest::number;
use crate::engine::ingest::path::Path;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::Value;

/// How one of the configured formats reads a text.
enum Reader {
    Iso8601(Format),
    Unix,
    UnixMillis,
    Tai64n,
    Pattern(Result<Format, Failure>),
}

struct Date {
    field: Field,
    target: Field,
    zone: Option<Template>,
    locale: Option<Template>,
    readers: Vec<Reader>,
    output: Format,
}

/// Creates a `date` processor.
pub(super) fn create(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let target = Field::fixed(
        &config
            .optional_string("target_field")?
            .unwrap_or_else(|| "@timestamp".into()),
    );
    let mut template = |key: &str| {
        let text = config.optional_string(key)?;
        text.map(|text| config.template(key, &text)).transpose()
    };
    let zone = template("timezone")?;
    let locale = template("locale")?;
    let formats = config.list("formats")?;
    let readers = formats
        .iter()
        .map(|format| Reader::new(&Value::from(format).to_java_string()))
        .collect::<Result<_, _>>()?;
    let output = match config.optional_string("output_format")? {
        Some(text) => Format::new(&text).map_err(|failure| {
            config.refuse(
                "output_format",
                &format!("invalid output format [{text}]: {}", failure.reason()),
            )
        })?,
        None => Format::new(ISO)?,
    };
    Ok(Box::new(Date {
        field,
        target,
        zone,
        locale,
        readers,
        output,
    }))
}

/// How dates are written by default.
const ISO: &str = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";

impl Reader {
    fn new(format: &str) -> Result<Self, Failure> {
        Ok(match format {
            "ISO8601" => Self::Iso8601(Format::new("iso8601")?),
            "UNIX" => Self::Unix,
            "UNIX_MS" => Self::UnixMillis,
            "TAI64N" => Self::Tai64n,
            // Once a prefix for java.time patterns.
            _ => Self::Pattern(Format::new(format.strip_prefix('8').unwrap_or(format))),
        })
    }

    fn read(
        &self,
        text: &str,
        zone: &Zone,
        language: Language,
        run: &Run<'_>,
    ) -> Result<Zoned, Failure> {
        let at_millis = |millis: i64| Zoned {
            seconds: millis.div_euclid(1000),
            nano: millis.rem_euclid(1000) * 1_000_000,
            zone: zone.clone(),
        };
        match self {
            Self::Unix => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "as the server: (long) (double)"
                )]
                let millis = (number::double(text)? * 1000.0) as i64;
                Ok(at_millis(millis))
            }
            Self::UnixMillis => number::whole(text, 10, number::LONG).map(at_millis),
            Self::Tai64n => tai64n(text).map(at_millis),
            Self::Iso8601(format) => {
                let said = format.parse(text, Language::ENGLISH)?;
                let when = said.when(None, zone)?;
                Ok(Zoned {
                    zone: zone.clone(),
                    ..when
                })
            }
            Self::Pattern(format) => {
                let format = format.as_ref().map_err(Clone::clone)?;
                let mut said = format.parse(text, language)?;
                if !said.has_year() {
                    said.or_year(year_of(run.now));
                }
                if matches!(zone, Zone::Fixed(0)) {
                    let when = said.when(None, zone)?;
                    return Ok(Zoned {
                        zone: zone.clone(),
                        ..when
                    });
                }
                said.when(Some(zone), zone)
            }
        }
    }
}

/// The year of an instant in nanoseconds.
fn year_of(now: i128) -> i64 {
    let seconds = i64::try_from(now.div_euclid(1_000_000_000)).unwrap_or_default();
    let when = Zoned {
        seconds,
        nano: 0,
        zone: Zone::UTC,
    };
    when.year()
}

/// Milliseconds of a TAI64N label.
fn tai64n(text: &str) -> Result<i64, Failure> {
    let label = text.strip_prefix('@').unwrap_or(text);
    let part = |from: usize, to: usize| {
        label.get(from..to).ok_or_else(|| {
            Failure::new(
                500,
                "string_index_out_of_bounds_exception",
                format!("begin {from}, end {to}, length {}", label.len()),
            )
        })
    };
    let base = number::whole(part(1, 16)?, 16, number::LONG)?;
    let rest = number::whole(part(16, 24)?, 16, number::LONG)?;
    base.checked_mul(1000)
        .and_then(|millis| millis.checked_add(rest / 1_000_000 - 10_000))
        .ok_or_else(|| Failure::illegal_argument(format!("[{text}] is out of range")))
}

impl Processor for Date {
    fn run(&self, document: &Document, run: &Run<'_>) -> Result<Flow, Failure> {
        let value = self.field.value(document, false)?.unwrap_or_default();
        let text = if value.is_null() {
            String::new()
        } else {
            value.to_java_string()
        };
        let mut last = None;
        for reader in &self.readers {
            match self.surroundings(document).and_then(|(zone, language)| {
                let when = reader.read(&text, &zone, language, run)?;
                self.output.print(&when, Language::ENGLISH)
            }) {
                Ok(text) => {
                    self.target.set(document, text.into())?;
                    return Ok(Flow::Continue);
                }
                Err(failure) => last = Some(failure),
            }
        }
        Err(unreadable(&value, last))
    }
}

/// The failure of a date that no format reads.
fn unreadable(value: &Value, last: Option<Failure>) -> Failure {
    let failure =
        Failure::illegal_argument(format!("unable to parse date [{}]", value.to_java_string()));
    match last {
        Some(cause) => failure.because(cause),
        None => failure,
    }
}

impl Date {
    /// The zone and language for a document.
    fn surroundings(&self, document: &Document) -> Result<(Zone, Language), Failure> {
        let zone = match &self.zone {
            Some(template) => Zone::of(&template.fill(document)?)?,
            None => Zone::UTC,
        };
        let language = match &self.locale {
            Some(template) => language(&template.fill(document)?)?,
            None => Language::ENGLISH,
        };
        Ok((zone, language))
    }
}

struct DateIndexName {
    field: Field,
    prefix: Template,
    rounding: Template,
    format: Template,
    readers: Vec<Reader>,
    zone: Zone,
    language: Language,
}

/// Creates a `date_index_name` processor.
pub(super) fn index_name(
    config: &mut Config,
    _: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let locale = config.optional_string("locale")?;
    let zone = config.optional_string("timezone")?;
    let zone = zone
        .map_or(Ok(Zone::UTC), |id| Zone::of(&id))
        .map_err(|failure| {
            let class = if failure.kind() == "zone_rules_exception" {
                "java.time.zone.ZoneRulesException"
            } else {
                "java.time.DateTimeException"
            };
            foreign(class, failure)
        })?;
    let language = locale.map_or(Ok(Language::ENGLISH), |locale| language(&locale))?;
    let formats = config
        .optional_strings("date_formats")?
        .unwrap_or_else(|| vec!["yyyy-MM-dd'T'HH:mm:ss.SSSXX".into()]);
    let readers = formats
        .iter()
        .map(|format| match Reader::new(format)? {
            Reader::Pattern(Err(failure)) => {
                Err(foreign("java.lang.IllegalArgumentException", failure))
            }
            reader => Ok(reader),
        })
        .collect::<Result<_, _>>()?;
    let field = config.field("field")?;
    let prefix = config
        .optional_string("index_name_prefix")?
        .unwrap_or_default();
    let prefix = config.template("index_name_prefix", &prefix)?;
    let rounding = config.string("date_rounding")?;
    let rounding = config.template("date_rounding", &rounding)?;
    let format = config
        .optional_string("index_name_format")?
        .unwrap_or_else(|| "yyyy-MM-dd".into());
    let format = config.template("index_name_format", &format)?;
    Ok(Box::new(DateIndexName {
        field,
        prefix,
        rounding,
        format,
        readers,
        zone,
        language,
    }))
}

impl Processor for DateIndexName {
    fn run(&self, document: &Document, run: &Run<'_>) -> Result<Flow, Failure> {
        let value = self.field.value(document, false)?.unwrap_or_default();
        let text = if value.is_null() {
            String::new()
        } else {
            value.to_java_string()
        };
        let mut last = None;
        let when = self.readers.iter().find_map(|reader| {
            reader
                .read(&text, &self.zone, self.language, run)
                .map_err(|failure| last = Some(failure))
                .ok()
        });
        let Some(when) = when else {
            return Err(unreadable(&value, last));
        };
        let format = self.format.fill(document)?;
        let day = Format::new(&format)?.print(&when, Language::ENGLISH)?;
        let zone = match &self.zone {
            Zone::Fixed(0) => "UTC".to_owned(),
            zone => zone.id(),
        };
        let name = format!(
            "<{}{{{day}||/{}{{{format}|{zone}}}}}>",
            self.prefix.fill(document)?,
            self.rounding.fill(document)?
        );
        document.set(&Path::parse("_index")?, name.into())?;
        Ok(Flow::Continue)
    }
}
