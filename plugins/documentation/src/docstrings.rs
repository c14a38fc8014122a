//! Functions with docstrings of several sections, read from the text of a module. Only modules in which such sections
//! were found are read, so that this costs little.

/// A function with its docstring.
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    /// Where its name begins in the module.
    pub(crate) start: usize,
    /// Names of its parameters, without `self`, `cls` and starred ones.
    pub(crate) parameters: Vec<&'a str>,
    pub(crate) docstring: &'a str,
    /// What follows the docstring, to the end of the function.
    pub(crate) body: &'a str,
    /// How deep it is indented.
    pub(crate) indent: usize,
}

/// The public functions of a module whose docstring has some section of Google style.
pub(crate) fn functions(text: &str) -> Vec<Function<'_>> {
    let mut found = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let at = offset;
        offset += line.len();
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        let head = trimmed.strip_prefix("async ").unwrap_or(trimmed);
        let Some(rest) = head.strip_prefix("def ") else { continue };
        let name = rest.split('(').next().unwrap_or_default().trim();
        if name.starts_with('_') || name.is_empty() {
            continue;
        }
        let start = at + indent + (trimmed.len() - head.len()) + "def ".len();
        found.extend(function(text, name, start, indent).filter(|one| has_section(one.docstring)));
    }
    found
}

fn function<'a>(text: &'a str, name: &'a str, start: usize, indent: usize) -> Option<Function<'a>> {
    let header = text.get(start..)?;
    let open = header.find('(')?;
    let close = closing(header, open)?;
    let after = header.get(close + 1..)?;
    let colon = after.find(':')?;
    let rest = after.get(colon + 1..)?.trim_start();
    let quotes = ["\"\"\"", "'''"].into_iter().find(|quotes| rest.starts_with(quotes))?;
    let inner = rest.get(quotes.len()..)?;
    let end = inner.find(quotes)?;
    let (docstring, tail) = (inner.get(..end)?, inner.get(end + quotes.len()..)?);
    let is_outside = |line: &str| !line.trim().is_empty() && line.len() - line.trim_start().len() <= indent;
    let mut length = 0;
    for (index, line) in tail.split_inclusive('\n').enumerate() {
        if index > 0 && is_outside(line) {
            break;
        }
        length += line.len();
    }
    Some(Function {
        name,
        start,
        parameters: parameters(header.get(open + 1..close)?),
        docstring,
        body: tail.get(..length)?,
        indent,
    })
}

/// Where the bracket that opens at a place closes.
fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (index, letter) in text.char_indices().skip_while(|(index, _)| *index < open).take(5_000) {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

fn parameters(list: &str) -> Vec<&str> {
    let mut depth = 0i32;
    let mut names = Vec::new();
    let parts = list.split(|letter: char| {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0
    });
    for part in parts {
        let part =
            part.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
        let name = part.split([':', '=', ' ']).next().unwrap_or_default();
        let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic()) && !matches!(name, "self" | "cls");
        if is_plain {
            names.push(name);
        }
    }
    names
}

/// Whether a docstring has some section of Google style.
fn has_section(docstring: &str) -> bool {
    ["Args", "Arguments", "Returns", "Raises", "Yields"].iter().any(|name| section(docstring, name).is_some())
}

/// The lines of a section: those behind `Name:` that are indented further.
pub(crate) fn section<'a>(docstring: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let mut lines = docstring.lines().skip_while(|line| line.trim().strip_suffix(':') != Some(name));
    let header = lines.next()?;
    let indent = header.len() - header.trim_start().len();
    let is_inside = |line: &&str| line.trim().is_empty() || line.len() - line.trim_start().len() > indent;
    let inside: Vec<&str> = lines.take_while(is_inside).collect();
    // A list that is not indented is prose in some other style.
    inside.iter().any(|line| !line.trim().is_empty()).then_some(inside)
}
