//! Base images other than a slim Debian image of a current Python.

use plimsoll_sdk::prelude::*;

use crate::image;

rule! {
    /// An image is not based on a slim Debian image of a current Python.
    ///
    /// The full image carries hundreds of megabytes of compilers, Alpine's C library has no wheels for many packages,
    /// an old Debian gets no security updates, and a floating tag is another image tomorrow. Base the image on
    /// `python:3.12-slim-bookworm` or a newer Python or Debian of that form; builder stages are free.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12  # error: `python:3.12` is a full image
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad alpine.Dockerfile
    /// FROM python:3.12-alpine  # error: `python:3.12-alpine` is Alpine, not Debian
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad old.Dockerfile
    /// FROM python:3.12-slim-bullseye  # error: `python:3.12-slim-bullseye` is on a Debian without support
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad interpreter.Dockerfile
    /// FROM docker.io/library/python:3.9-slim-bookworm  # error: `docker.io/library/python:3.9-slim-bookworm` has a Python older than 3.12
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad floating.Dockerfile
    /// FROM python:3-slim-bookworm  # error: `python:3-slim-bookworm` is a floating tag
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad release.Dockerfile
    /// FROM python:3.13-slim  # error: `python:3.13-slim` names no Debian release
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad stages.Dockerfile
    /// FROM mirror.gcr.io/python:3.10 AS builder
    /// RUN python -m venv /venv
    ///
    /// FROM mirror.gcr.io/python:3.10  # error: `mirror.gcr.io/python:3.10` has a Python older than 3.12
    /// COPY --from=builder /venv /venv
    /// CMD ["/venv/bin/python", "-m", "app"]
    /// ```
    /// ```dockerfile bad compiled.Dockerfile
    /// FROM python:3.13 AS builder
    /// RUN pip install --target /deps uvloop
    ///
    /// FROM python:3.13  # error: `python:3.13` is a full image
    /// COPY --from=builder /deps /deps
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad uv.Dockerfile
    /// FROM ghcr.io/astral-sh/uv:0.9-python3.13-bookworm  # error: `ghcr.io/astral-sh/uv:0.9-python3.13-bookworm` is a full image
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed alpine.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed old.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed interpreter.Dockerfile
    /// FROM docker.io/library/python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed floating.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed release.Dockerfile
    /// FROM python:3.13-slim-bookworm
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed stages.Dockerfile
    /// FROM mirror.gcr.io/python:3.12-bookworm AS builder
    /// RUN python -m venv /venv
    ///
    /// FROM mirror.gcr.io/python:3.12-slim-bookworm
    /// COPY --from=builder /venv /venv
    /// CMD ["/venv/bin/python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed compiled.Dockerfile
    /// FROM python:3.13 AS builder
    /// RUN pip install --target /deps uvloop
    ///
    /// FROM python:3.13-slim-bookworm
    /// COPY --from=builder /deps /deps
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed uv.Dockerfile
    /// FROM ghcr.io/astral-sh/uv:0.9-python3.13-bookworm-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// ARG PYTHON=3.13
    /// FROM python:3.12 AS builder
    /// RUN pip install --target /deps uvicorn
    ///
    /// FROM python:${PYTHON}-slim-bookworm
    /// COPY --from=builder /deps /deps
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good hardened.Dockerfile
    /// FROM dhi.io/python:3.13-debian13
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good uv.Dockerfile
    /// FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    pub(crate) static UNSUITABLE_BASE_IMAGE = {
        id: "unsuitable-base-image",
        requirements: ["13.1.1"],
        check: Check::Dockerfiles(unsuitable_base_image),
    }
}

fn unsuitable_base_image(report: &mut Report, dockerfile: &Dockerfile) {
    if !image::is_judged(dockerfile) {
        return;
    }
    let Some((stage, name, tag)) = image::base(dockerfile) else { return };
    let written = stage.image.as_deref().unwrap_or(name).split('@').next().unwrap_or(name);
    // Hardened images are smaller than the slim ones, and have no tag of that name.
    if written.starts_with("dhi.io/") && !tag.contains("alpine") && !tag.ends_with("-dev") {
        return;
    }
    let (what, confidence) = match name {
        "python" | "ghcr.io/astral-sh/uv" => match fault(tag, name == "python") {
            Some(fault) => fault,
            None => return,
        },
        "debian" | "ubuntu" => ("is not a Python image", Confidence::Medium),
        "alpine" => ("is Alpine, not Debian", Confidence::High),
        _ => return,
    };
    let finding = report
        .finding(&stage.place, format!("`{written}` {what}"))
        .help("use `python:3.12-slim-bookworm`, or a newer Python or Debian of that form")
        .unsafe_fix(suitable(dockerfile, written).unwrap_or_default());
    match confidence {
        Confidence::High => {}
        Confidence::Medium => drop(finding.medium()),
        Confidence::Low => drop(finding.low()),
    }
}

/// Puts the slim image of the same Python, or of the oldest one that is supported, in place of an image. Stages that build
/// on it keep their compilers and get the same Python. None where the rest of the file would have to follow: packages of
/// Alpine, a digest, other versions beside it.
fn suitable(dockerfile: &Dockerfile, written: &str) -> Option<Vec<Edit>> {
    const ALPINE: &[&str] = &["apk ", "adduser -", "addgroup "];
    let (base, ..) = image::base(dockerfile)?;
    let (name, tag) = image::name_and_tag(written);
    let (is_alpine, is_old) = (tag.contains("alpine"), !matches!(minor(tag), Some(12..)));
    let version = match is_old {
        true => "3.12",
        // The patch release stays.
        false => tag.split('-').map(|part| part.trim_start_matches("python")).find(|part| part.starts_with("3."))?,
    };
    let own = tag.split('-').next().filter(|part| name != "python" && part.starts_with(|it: char| it.is_ascii_digit()));
    let (slim, full) = match name {
        "python" => (format!("{version}-slim-bookworm"), format!("{version}-bookworm")),
        "ghcr.io/astral-sh/uv" => {
            let own = own.map(|own| format!("{own}-")).unwrap_or_default();
            (format!("{own}python{version}-bookworm-slim"), format!("{own}python{version}-bookworm"))
        }
        _ => return None,
    };
    let registry = written.strip_suffix(tag)?.trim_end_matches(':');
    let mut edits = Vec::new();
    for stage in dockerfile.stages.iter().filter(|stage| stage.needed) {
        let has =
            |words: &[&str]| stage.instructions.iter().any(|item| words.iter().any(|word| item.text.contains(word)));
        if is_old && has(&["python3."]) || is_alpine && has(ALPINE) {
            return None;
        }
        let image = stage.image.as_deref().filter(|_| stage.parent.is_none()).unwrap_or_default();
        let (other_name, other_tag) = image::name_and_tag(image);
        let is_base = stage.place.span.start == base.place.span.start;
        if is_base || (image == written && (is_old || is_alpine)) {
            let new = if is_base || is_alpine || tag.contains("slim") { &slim } else { &full };
            edits.push(
                edit::replace_words(&stage.place, image, &format!("{registry}:{new}")).filter(|_| image == written)?,
            );
        } else if other_name == "python" || other_tag.contains("python3") {
            // What it builds is for its own Python.
            if is_old || is_alpine || minor(other_tag) != minor(tag) {
                return None;
            }
        }
    }
    Some(edits)
}

/// The minor version of Python in a tag.
fn minor(tag: &str) -> Option<u32> {
    let mut versions = tag.split('-').map(|part| part.strip_prefix("python").unwrap_or(part));
    versions.find_map(|part| {
        let digits: String = part.strip_prefix("3.")?.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    })
}

/// What is wrong with the tag of a Python image, most serious first.
fn fault(tag: &str, is_python: bool) -> Option<(&'static str, Confidence)> {
    const OLD: &[&str] = &["stretch", "buster", "bullseye", "jessie"];
    const CURRENT: &[&str] = &["bookworm", "trixie", "forky"];
    let parts: Vec<&str> = tag.split('-').collect();
    if tag.contains('$') {
        return None;
    }
    if parts.iter().any(|part| part.starts_with("alpine")) {
        return Some(("is Alpine, not Debian", Confidence::High));
    }
    if parts.iter().any(|part| OLD.contains(part)) {
        return Some(("is on a Debian without support", Confidence::High));
    }
    if parts.iter().any(|part| part.starts_with("windows") || part.starts_with("nanoserver")) {
        return None;
    }
    match minor(tag) {
        Some(minor) if minor < 12 => return Some(("has a Python older than 3.12", Confidence::High)),
        Some(_) => {}
        None if is_python => return Some(("is a floating tag", Confidence::High)),
        None => return None,
    }
    if !parts.contains(&"slim") {
        return Some(("is a full image", Confidence::High));
    }
    let is_named = parts.iter().any(|part| CURRENT.contains(part));
    (!is_named).then_some(("names no Debian release", Confidence::Low))
}
