//! The preprocessors of a definition.

use std::collections::HashMap;
use std::mem::take;

use super::{MAX_NESTING, nested_too_deeply, unknown_kind};
use crate::engine::failure::Failure;
use crate::engine::inference::definition::{Encoding, Ends, NGram, Preprocessor};
use crate::engine::inference::xcontent::{
    Accepts, Field, Mode, Named, Schema, Tokens, boolean, construct_object, double, double_map,
    int, ints, parse_object, several_named, string_map, text,
};

const FIELD: Field = Field::new("field", Accepts::Text);
const FEATURE_NAME: Field = Field::new("feature_name", Accepts::Text);
const CUSTOM: Field = Field::new("custom", Accepts::Flag);

/// Reads the preprocessor of the given kind, with the parser at the kind's name.
pub(super) fn preprocessor(
    tokens: &mut Tokens<'_>,
    kind: &str,
    mode: Mode,
    depth: usize,
) -> Result<Preprocessor, Failure> {
    match kind {
        _ if depth > MAX_NESTING => Err(nested_too_deeply()),
        "one_hot_encoding" => one_hot(tokens, mode),
        "target_mean_encoding" => target_mean(tokens, mode),
        "frequency_encoding" => frequency(tokens, mode),
        "n_gram_encoding" => n_gram(tokens, mode),
        "multi_encoding" => multi(tokens, mode, depth),
        _ => Err(unknown_kind(tokens, kind)),
    }
}

/// The arguments of the encodings that give one value per value of a field.
#[derive(Default)]
struct Parts {
    field: String,
    feature: String,
    custom: bool,
    hot_map: Vec<(String, String)>,
    map: HashMap<Box<str>, f64>,
    default: f64,
}

impl Parts {
    fn set(&mut self, tokens: &mut Tokens<'_>, name: &str) -> Result<(), Failure> {
        match name {
            "field" => self.field = text(tokens)?,
            "feature_name" => self.feature = text(tokens)?,
            "custom" => self.custom = boolean(tokens)?,
            "hot_map" => self.hot_map = string_map(tokens)?,
            "default_value" => self.default = double(tokens)?,
            _ => self.map = double_map(tokens)?,
        }
        Ok(())
    }
}

/// Reads an encoding whose arguments are [`Parts`], and makes it of them.
fn from_parts(
    tokens: &mut Tokens<'_>,
    mode: Mode,
    schema: Schema<'_>,
    required: &[&'static str],
    encoding: impl Fn(&mut Parts) -> Encoding,
) -> Result<Preprocessor, Failure> {
    construct_object(
        tokens,
        schema,
        mode,
        required,
        Parts::default(),
        Parts::set,
        |parts| {
            Ok(Preprocessor {
                encoding: encoding(parts),
                custom: parts.custom,
            })
        },
    )
}

fn one_hot(tokens: &mut Tokens<'_>, mode: Mode) -> Result<Preprocessor, Failure> {
    let schema = Schema {
        name: "one_hot_encoding",
        fields: &[FIELD, Field::new("hot_map", Accepts::Object), CUSTOM],
    };
    from_parts(tokens, mode, schema, &["field", "hot_map"], |parts| {
        let mut hot_map = take(&mut parts.hot_map);
        // The server keeps them in a sorted map; two values of one column make a difference.
        hot_map.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
        Encoding::OneHot {
            field: take(&mut parts.field),
            hot_map,
        }
    })
}

fn target_mean(tokens: &mut Tokens<'_>, mode: Mode) -> Result<Preprocessor, Failure> {
    let schema = Schema {
        name: "target_mean_encoding",
        fields: &[
            FIELD,
            FEATURE_NAME,
            Field::new("target_map", Accepts::Object),
            Field::new("default_value", Accepts::Number),
            CUSTOM,
        ],
    };
    let required = &["field", "feature_name", "target_map", "default_value"];
    from_parts(tokens, mode, schema, required, |parts| {
        Encoding::TargetMean {
            field: take(&mut parts.field),
            feature: take(&mut parts.feature),
            map: take(&mut parts.map),
            default: parts.default,
        }
    })
}

fn frequency(tokens: &mut Tokens<'_>, mode: Mode) -> Result<Preprocessor, Failure> {
    let schema = Schema {
        name: "frequency_encoding",
        fields: &[
            FIELD,
            FEATURE_NAME,
            Field::new("frequency_map", Accepts::Object),
            CUSTOM,
        ],
    };
    let required = &["field", "feature_name", "frequency_map"];
    from_parts(tokens, mode, schema, required, |parts| {
        Encoding::Frequency {
            field: take(&mut parts.field),
            feature: take(&mut parts.feature),
            map: take(&mut parts.map),
        }
    })
}

/// The arguments of an n-gram encoding.
#[derive(Default)]
struct NGramParts {
    field: String,
    prefix: Option<String>,
    grams: Vec<i32>,
    start: Option<i32>,
    length: Option<i32>,
    custom: bool,
}

fn n_gram(tokens: &mut Tokens<'_>, mode: Mode) -> Result<Preprocessor, Failure> {
    let schema = Schema {
        name: "n_gram_encoding",
        fields: &[
            FIELD,
            Field::new("n_grams", Accepts::Numbers),
            Field::new("start", Accepts::Number),
            Field::new("length", Accepts::Number),
            CUSTOM,
            Field::new("feature_prefix", Accepts::Text),
        ],
    };
    construct_object(
        tokens,
        schema,
        mode,
        &["field", "n_grams"],
        NGramParts::default(),
        |parts, tokens, name| {
            match name {
                "field" => parts.field = text(tokens)?,
                "n_grams" => parts.grams = ints(tokens)?,
                "start" => parts.start = Some(int(tokens)?),
                "length" => parts.length = Some(int(tokens)?),
                "custom" => parts.custom = boolean(tokens)?,
                _ => parts.prefix = Some(text(tokens)?),
            }
            Ok(())
        },
        NGramParts::build,
    )
}

impl NGramParts {
    const DEFAULT_LENGTH: i32 = 50;
    const MAX_LENGTH: i32 = 100;
    const MAX_GRAM: i32 = 5;

    fn build(&mut self) -> Result<Preprocessor, Failure> {
        let start = self.start.unwrap_or(0);
        let length = self.length.unwrap_or(Self::DEFAULT_LENGTH);
        self.grams.sort_unstable();
        self.grams.dedup();
        check_grams(&self.grams, start, length).map_err(Failure::bad_request)?;
        let prefix = self
            .prefix
            .take()
            .unwrap_or_else(|| format!("ngram_{start}_{length}"));
        Ok(Preprocessor {
            encoding: Encoding::NGram(NGram {
                field: take(&mut self.field),
                prefix,
                grams: self
                    .grams
                    .iter()
                    .filter_map(|&gram| usize::try_from(gram).ok())
                    .collect(),
                start,
                length,
            }),
            custom: self.custom,
        })
    }
}

fn check_grams(grams: &[i32], start: i32, length: i32) -> Result<(), String> {
    let maximum = NGramParts::MAX_GRAM;
    if grams.is_empty() {
        return Err("[n_grams] must not be empty".to_owned());
    }
    if grams.iter().any(|&gram| gram < 1 || gram > maximum) {
        let listed: Vec<String> = grams.iter().map(ToString::to_string).collect();
        return Err(format!(
            "[n_grams] is invalid [{}]; minimum supported value is [1]; maximum supported value is [{maximum}]",
            listed.join(", ")
        ));
    }
    if start < 0 && length.saturating_add(start) > 0 {
        return Err("if [start] is negative, [length] + [start] must be less than 0".to_owned());
    }
    if length <= 0 {
        return Err("[length] must be a positive integer".to_owned());
    }
    if length > NGramParts::MAX_LENGTH {
        return Err(format!(
            "[length] must be not be greater than [{}]",
            NGramParts::MAX_LENGTH
        ));
    }
    if grams.iter().any(|&gram| gram > length) {
        return Err(format!(
            "[n_grams] and [length] are invalid; all ngrams must be shorter than or equal to length [{length}]"
        ));
    }
    Ok(())
}

fn multi(tokens: &mut Tokens<'_>, mode: Mode, depth: usize) -> Result<Preprocessor, Failure> {
    let schema = Schema {
        name: "multi_encoding",
        fields: &[Field::new("processors", Accepts::Objects), CUSTOM],
    };
    let mut steps = Named {
        items: Vec::new(),
        ordered: false,
    };
    let mut custom = false;
    parse_object(tokens, schema, mode, |tokens, field| {
        if field == "processors" {
            steps = several_named(tokens, field, |tokens, kind| {
                preprocessor(tokens, kind, mode, depth + 1)
            })?;
        } else {
            custom = boolean(tokens)?;
        }
        Ok(())
    })?;
    if !steps.ordered {
        return Err(Failure::illegal_argument(
            "processors must be an array of objects",
        ));
    }
    if steps.items.len() < 2 {
        return Err(Failure::illegal_argument(
            "processors must be an array of objects with at least length 2",
        ));
    }
    let whole = Preprocessor {
        encoding: Encoding::Multi(steps.items),
        custom,
    };
    let Ends { inputs, outputs } = whole.ends();
    if !custom && inputs.len() > 1 {
        return Err(Failure::illegal_argument(format!(
            "[custom] cannot be false as [multi_encoding] is unable to accurately determine field reverse encoding for input fields [{}] and output fields [{}]",
            inputs.join(","),
            outputs.join(", ")
        )));
    }
    Ok(whole)
}
