//! What Elasticsearch's REST layer does before and after an API's own work:
//! routes and verbs, parameters, bodies, `filter_path`, `pretty`, errors.

mod answer;
mod body;
mod call;
mod filter_path;
mod params;
mod pretty;
mod render;
mod router;

pub use answer::{Answer, Answered, Content};
pub use body::Body;
pub use call::Call;
pub use filter_path::FilterPath;
pub(crate) use filter_path::fits;
pub use params::Params;
pub use pretty::pretty;
pub(crate) use render::CHALLENGES;
pub use render::{render, render_failure};
pub(crate) use router::split;
pub use router::{Found, Handler, Method, Route, Router};
