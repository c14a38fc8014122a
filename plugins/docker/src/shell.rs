//! The commands of a RUN instruction or a script.

/// The commands of a shell text: continued lines joined, comments dropped, split at `&&`, `||`, `;`, `|` and line ends,
/// each as its words without quotes.
pub(crate) fn commands(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut joined = String::new();
    for line in lines {
        match line.trim_end().strip_suffix('\\') {
            Some(start) => joined.push_str(start),
            None => joined.extend([line, "\n"]),
        }
        joined.push(' ');
    }
    let split = joined.replace("&&", "\n").replace("||", "\n").replace([';', '|'], "\n");
    split.lines().map(words).filter(|words| !words.is_empty()).collect()
}

fn words(line: &str) -> Vec<String> {
    const OPENERS: &[&str] = &["if", "then", "else", "do", "(", "{", "!", "sudo", "time", "exec"];
    let words = line.split_whitespace().map(|word| word.trim_matches(['"', '\'']).to_owned());
    words.skip_while(|word| OPENERS.contains(&word.as_str()) || is_assignment(word)).collect()
}

/// Whether a word sets a variable for the command that follows.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}
