//! Tables of words and numbers for people.

use super::style::{BOLD, Paint};

/// Lays out rows below a head: the first column to the left, the others to the right unless they are the last and
/// `text_at_the_end`. Every line is indented by two.
pub(super) fn table(head: &[&str], rows: &[Vec<String>], text_at_the_end: bool, paint: Paint) -> String {
    let columns = head.len();
    let width_of = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width_of).collect();
    let line = |cells: &[&str]| {
        let mut line = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let padding = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
            line.push_str("  ");
            if column == 0 || (text_at_the_end && column + 1 == columns) {
                line.push_str(cell);
                line.push_str(&padding);
            } else {
                line.push_str(&padding);
                line.push_str(cell);
            }
        }
        line.truncate(line.trim_end().len());
        line
    };
    let mut text = paint.paint(BOLD, &line(head));
    text.push('\n');
    for row in rows {
        let cells: Vec<&str> = row.iter().take(columns).map(String::as_str).collect();
        text.push_str(&line(&cells));
        text.push('\n');
    }
    text
}
