//! Tables for people, as wide as the terminal and no wider.

use comfy_table::{ContentArrangement, Table};

use crate::cli::escape;

/// A table with a header line; cells are escaped here.
#[must_use]
pub fn table(width: u16, header: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(header.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|cell| escape::lines(cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let text = table.to_string();
    let trimmed: Vec<&str> = text.lines().map(str::trim_end).collect();
    trimmed.join("\n")
}
