//! Images whose process runs as root.

use plimsoll_sdk::prelude::*;

use crate::{dockerfile_edits, image, shell};

/// Programs that give up root before they start another program.
const DROPPERS: &[&str] = &["gosu", "su-exec", "setpriv", "runuser", "s6-setuidgid", "chroot", "/init", "supervisord"];

rule! {
    /// The process in a container runs as root.
    ///
    /// Whoever breaks out of the application owns the container, and often more. Create a user in the image and switch
    /// to it with `USER` before `CMD`; a name that nothing creates keeps the container from starting at all.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app"]  # error: the process runs as root
    /// ```
    /// ```dockerfile bad back.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// RUN useradd appuser
    /// USER appuser
    /// USER root  # error: the process runs as `root`
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad unknown.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// USER appuser  # error: no instruction creates the user `appuser`
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad late.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// RUN useradd appuser
    ///
    /// # Serves.
    /// CMD ["python", "-m", "app"]
    ///
    /// # Nobody is root.
    /// USER appuser  # error: `USER` stands after `CMD`
    ///
    /// EXPOSE 8000
    /// ```
    /// ```dockerfile bad alpine.Dockerfile
    /// FROM python:3.12-alpine AS base
    /// RUN addgroup -S app && adduser -S -G app app
    ///
    /// FROM base
    /// # Serves until it is told to stop.
    /// CMD ["python", "-m", "app"]  # error: the process runs as root
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// RUN useradd --create-home --uid 10001 appuser
    /// USER appuser
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed back.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// RUN useradd appuser
    /// USER appuser
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed unknown.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// RUN useradd --create-home --uid 10001 appuser
    /// USER appuser
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed late.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// RUN useradd appuser
    ///
    /// # Nobody is root.
    /// USER appuser
    ///
    /// # Serves.
    /// CMD ["python", "-m", "app"]
    ///
    /// EXPOSE 8000
    /// ```
    /// ```dockerfile fixed alpine.Dockerfile
    /// FROM python:3.12-alpine AS base
    /// RUN addgroup -S app && adduser -S -G app app
    ///
    /// FROM base
    /// USER app
    /// # Serves until it is told to stop.
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm AS base
    /// RUN groupadd appuser && \
    ///     useradd --create-home --gid appuser appuser
    /// USER appuser
    ///
    /// FROM base
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good number.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// USER 10001:10001
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good reset.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENTRYPOINT []
    /// USER 10001
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good dropped.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENTRYPOINT ["gosu", "nobody", "python", "-m", "app"]
    /// ```
    /// ```dockerfile good renamed.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY ./docker/entry.sh /app/run.sh
    /// ENTRYPOINT ["/app/run.sh"]
    /// ```
    /// ```sh good docker/entry.sh
    /// exec gosu nobody python -m app
    /// ```
    /// ```dockerfile good .worktree-container/Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["sleep", "infinity"]
    /// ```
    pub(crate) static ROOT_USER = {
        id: "root-user",
        requirements: ["9.6.8", "13.3.1", "13.3.2", "13.3.4"],
        // Manifests often lie outside the project whose image they run.
        check: Check::Repository(root_users),
        wants: [Want::Search(ACCOUNTS, MANIFESTS)],
        accepts: ["DL3002"],
    }
}

/// What gives a container of Kubernetes another user than root.
const ACCOUNTS: &[&str] = &[r"runAsNonRoot:\s*true|runAsUser:\s*[1-9]"];
const MANIFESTS: &[&str] = &["*.yaml", "*.yml", "*.tpl"];

fn root_users(report: &mut Report) {
    let dockerfiles = containers::dockerfiles();
    if !dockerfiles.iter().any(image::is_judged) {
        for requirement in ["9.6.8", "13.3.1", "13.3.2", "13.3.4"] {
            report.not_applicable(requirement, "no image that runs Python");
        }
    }
    for dockerfile in dockerfiles {
        root_user(report, &dockerfile);
    }
}

fn root_user(report: &mut Report, dockerfile: &Dockerfile) {
    if !image::is_judged(dockerfile) || !image::has_plain_base(dockerfile) || drops_privileges(dockerfile) {
        return;
    }
    let starts = image::starts(dockerfile);
    let last = image::instructions(dockerfile, "USER").pop();
    let name = last.and_then(|user| user.words.first()).map_or("root", |word| word.split(':').next().unwrap_or(word));
    let help = "create a user and switch to it with `USER` before `CMD`";
    if matches!(name, "root" | "0") {
        let stage = dockerfile.built_stage().map(|stage| &stage.place);
        let place = last.map(|user| &user.place).or_else(|| starts.last().map(|start| &start.place)).or(stage);
        let message = last.map_or("the process runs as root".to_owned(), |_| format!("the process runs as `{name}`"));
        if let Some(place) = place {
            let finding = report
                .finding(place, message)
                .help(help)
                .requirement("13.3.1")
                .requirement("9.6.8")
                .unsafe_fix(switch(dockerfile, last));
            if is_set_outside(dockerfile) {
                drop(finding.low());
            }
        }
        return;
    }
    let Some(user) = last else { return };
    if !name.contains('$') && name.parse::<u32>().is_err() && !is_created(dockerfile, name) {
        report
            .finding(&user.place, format!("no instruction creates the user `{name}`"))
            .help("create it in a `RUN` before: `useradd --create-home …`")
            .requirement("13.3.2")
            .unsafe_fix(creation(dockerfile, name).and_then(|run| dockerfile_edits::before(&user.place, &run)));
    }
    let late = starts
        .iter()
        // `ENTRYPOINT []` starts nothing.
        .filter(|start| !start.words.is_empty())
        .find(|start| start.place.path == user.place.path && start.place.span.start < user.place.span.start);
    if let Some(start) = late {
        report
            .finding(&user.place, format!("`USER` stands after `{}`", start.keyword))
            .help("put it in front of what is started")
            .requirement("13.3.4")
            .safe_fix(moved(dockerfile, user).unwrap_or_default())
            .low();
    }
}

/// Whether only root can be meant: what is installed in its home nobody else can read.
fn needs_root(dockerfile: &Dockerfile) -> bool {
    let chain = dockerfile.built_chain();
    chain.iter().flat_map(|stage| &stage.instructions).any(|item| {
        let text = item.text.replace("/root/.cache", "");
        text.contains("/root") || item.words.windows(2).any(|pair| pair[0] == "install" && pair[1] == "--user")
    })
}

/// The instruction that creates a user.
fn creation(dockerfile: &Dockerfile, name: &str) -> Option<String> {
    let (_, _, tag) = image::base(dockerfile)?;
    is_plain(name).then(|| match tag.contains("alpine") {
        true => format!("RUN adduser -D -u 10001 {name}"),
        false => format!("RUN useradd --create-home --uid 10001 {name}"),
    })
}

/// Switches to a user in front of what is started: the one that the image has already, else a new one.
fn switch(dockerfile: &Dockerfile, last: Option<&Instruction>) -> Option<Edit> {
    let (_, base, tag) = image::base(dockerfile)?;
    // Elsewhere the interpreter is installed in some way, often below root's home.
    if needs_root(dockerfile) || !(base == "python" || tag.contains("python3")) {
        return None;
    }
    let mut names = image::instructions(dockerfile, "USER").into_iter().filter_map(|user| user.words.first());
    let used = names.rfind(|name| !matches!(name.split(':').next(), Some("root" | "0")));
    if let (Some(user), Some(name)) = (last, used) {
        let start = user.place.span.start;
        let stage = dockerfile.built_stage()?;
        let mut after = stage.instructions.iter().filter(|item| item.place.span.start > start);
        let is_needed = after.any(|item| matches!(item.keyword.as_str(), "RUN" | "COPY" | "ADD" | "WORKDIR"));
        return match !is_needed && start > stage.place.span.start {
            true => edit::delete_lines(&user.place),
            false => dockerfile_edits::before_start(dockerfile, &format!("USER {name}")),
        };
    }
    let runs = image::instructions(dockerfile, "RUN");
    let mut commands = runs.iter().flat_map(|run| shell::commands(&run.text));
    // `adduser app audio` adds an old user to a group.
    let makes = |words: &Vec<String>| match words[0].rsplit('/').next() {
        Some("useradd") => words.len() > 1,
        Some("adduser") => words.len() == 2 || words.get(1).is_some_and(|word| word.starts_with('-')),
        _ => false,
    };
    let made = commands.rfind(makes);
    let lines = match made.as_ref().and_then(|words| words.last()) {
        Some(name) if is_plain(name) => format!("USER {name}"),
        Some(_) => return None,
        None => format!("{}\nUSER appuser", creation(dockerfile, "appuser")?),
    };
    dockerfile_edits::before_start(dockerfile, &lines)
}

/// Moves an instruction that says the user, with its comment, in front of what is started.
fn moved(dockerfile: &Dockerfile, user: &Instruction) -> Option<Vec<Edit>> {
    let stage = dockerfile.built_stage()?;
    let first = dockerfile_edits::first_start(dockerfile)?;
    let (start, end) = (first.place.span.start, user.place.span.start);
    let mut between = stage.instructions.iter().filter(|item| (start..end).contains(&item.place.span.start));
    if start < stage.place.span.start
        || between.any(|item| matches!(item.keyword.as_str(), "RUN" | "COPY" | "ADD" | "WORKDIR" | "USER"))
    {
        return None;
    }
    let place = dockerfile_edits::with_comment(&user.place)?;
    let text = repository::read(&place.path).ok()?;
    let lines = text.get(place.span.start as usize..place.span.end as usize)?.trim_end();
    Some(vec![
        dockerfile_edits::delete(&user.place)?,
        dockerfile_edits::before(&first.place, &lines.replace('\r', ""))?,
    ])
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
}

fn is_created(dockerfile: &Dockerfile, name: &str) -> bool {
    const GIVEN: &[&str] = &["nobody", "www-data", "daemon", "ubuntu", "nonroot"];
    let is_named = |text: &str| text.contains(name) || text.contains('$');
    GIVEN.contains(&name)
        || image::instructions(dockerfile, "RUN").iter().any(|run| {
            let makes = run.text.contains("useradd") || run.text.contains("adduser") || run.text.contains("passwd");
            // A script may create it.
            (makes && is_named(&run.text)) || shell::commands(&run.text).iter().any(|words| words[0].ends_with(".sh"))
        })
        || image::instructions(dockerfile, "COPY").iter().any(|copy| copy.text.contains("passwd"))
}

/// Whether what the image starts switches to another user itself, directly or in a script of the repository.
fn drops_privileges(dockerfile: &Dockerfile) -> bool {
    let starts = image::starts(dockerfile);
    starts.iter().any(|start| image::runs(&start.words, DROPPERS) || start.words.iter().any(|word| word == "/init"))
        || image::scripts(dockerfile)
            .iter()
            .any(|(_, text)| DROPPERS.iter().any(|dropper| text.contains(dropper)) || text.contains("su -"))
}

/// Whether a compose file or a manifest says which user the containers have.
fn is_set_outside(dockerfile: &Dockerfile) -> bool {
    let accounts = repository::search(ACCOUNTS, MANIFESTS);
    if accounts.iter().any(|account| image::may_be_run_by(dockerfile, &account.place.path)) {
        return true;
    }
    containers::compose_files().iter().any(|file| {
        let services = Item::root(&file.value).and_then(|root| root.get("services"));
        services.is_some_and(|services| {
            services.children().any(|service| service.get("build").is_some() && service.get("user").is_some())
        })
    })
}
