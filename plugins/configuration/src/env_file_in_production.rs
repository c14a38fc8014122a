//! `.env` files outside of development.

use plimsoll_sdk::prelude::*;

use crate::settings::is_application;

rule! {
    /// A `.env` file goes into an image or overrides the environment.
    ///
    /// The file is for one developer's machine. In an image it hands the same secrets to everyone who pulls it, and
    /// `load_dotenv(override=True)` lets a forgotten file win over what the platform sets.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-dotenv"]
    /// ```
    /// ```python bad src/app/main.py
    /// from dotenv import load_dotenv
    /// from fastapi import FastAPI
    /// load_dotenv(override=True)  # error: the file wins over the environment
    /// app = FastAPI()
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY .env /app/  # error: `.env` gets into the image
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-dotenv"]
    /// ```
    /// ```python good src/app/main.py
    /// from dotenv import load_dotenv
    /// from fastapi import FastAPI
    /// load_dotenv()
    /// app = FastAPI()
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY .env.example /app/
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    pub(crate) static ENV_FILE_IN_PRODUCTION = {
        id: "env-file-in-production",
        requirements: ["14.4.4"],
        check: Check::Project(env_file_in_production),
        roles: [Role::Source],
        wants: [Want::Calls(LOADERS)],
    }
}

const LOADERS: &[&str] = &["dotenv.load_dotenv"];

fn env_file_in_production(report: &mut Report, project: &Project) {
    if !is_application(report, project, ENV_FILE_IN_PRODUCTION.requirements) {
        return;
    }
    for call in &python::calls(LOADERS) {
        let over = Item::root(&call.value).and_then(|root| root.get("override"));
        let is_by_hand = call.site.surroundings.contains(Surroundings::MAIN_GUARD);
        if let Some(over) = over.filter(|over| over.boolean() == Some(true) && !is_by_hand) {
            report
                .finding(&over.key_place(&call.site.place.path), "the file wins over the environment")
                .help("leave `override` out: what the platform sets must count")
                .medium();
        }
    }
    for dockerfile in containers::dockerfiles().iter().filter(|dockerfile| dockerfile.purpose == "image") {
        let instructions = dockerfile.stages.iter().flat_map(|stage| &stage.instructions);
        for copy in instructions.filter(|one| matches!(one.keyword.as_str(), "COPY" | "ADD")) {
            let sources = copy.words.iter().filter(|word| !word.starts_with("--"));
            let count = sources.clone().count();
            let file = sources.take(count.saturating_sub(1)).find(|source| crate::examples::is_dotenv(source));
            if let Some(file) = file {
                report
                    .finding(&copy.place, format!("`{file}` gets into the image"))
                    .help("leave it out, and set the variables where the container runs");
            }
        }
    }
}
