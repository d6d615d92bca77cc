//! Tables for people, as wide as the terminal and no wider.

use comfy_table::{ColumnConstraint, ContentArrangement, Table};

use crate::cli::escape;

/// The narrowest last column: below that its words would fall apart.
const MIN_LAST: usize = 14;

/// A table with a header line; cells are escaped here. Only the last column is
/// wrapped, unless the ones before it leave it no room.
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
    let leading = header.len().saturating_sub(1);
    let whole = leading_width(header, rows, leading) + MIN_LAST <= usize::from(width);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if whole && index < leading {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let text = table.to_string();
    let trimmed: Vec<&str> = text.lines().map(str::trim_end).collect();
    trimmed.join("\n")
}

/// What the first `leading` columns take, with the space between them.
fn leading_width(header: &[&str], rows: &[Vec<String>], leading: usize) -> usize {
    let cell_width = |cell: &str| cell.lines().map(|line| line.chars().count()).max();
    (0..leading)
        .map(|index| {
            let cells = rows.iter().filter_map(|row| row.get(index));
            let widest = cells.filter_map(|cell| cell_width(cell)).max();
            let title = header.get(index).map_or(0, |title| title.chars().count());
            widest.unwrap_or(0).max(title) + 2
        })
        .sum()
}
