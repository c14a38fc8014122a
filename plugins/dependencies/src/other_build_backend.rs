//! Libraries that another backend than Hatchling builds.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;

use crate::hatchling::built;

rule! {
    /// A library is not built with Hatchling.
    ///
    /// Hatchling is configured in `pyproject.toml` alone, builds the same files everywhere, and has plug-ins for
    /// versions and metadata. Backends for native code are right where there is some; `uv_build`, which `uv init`
    /// writes, is a guess only.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["setuptools"]
    /// build-backend = "setuptools.build_meta"  # error: `setuptools` builds the library
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "lib"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python fixed src/lib/__init__.py
    /// ```
    ///
    /// The packages and the source of the version stay the same:
    ///
    /// ```toml bad pyproject.toml
    /// [build-system]
    /// requires = ["setuptools>=64", "wheel"]
    /// build-backend = "setuptools.build_meta"  # error: `setuptools` builds the library
    ///
    /// [project]
    /// name = "lib"
    /// dynamic = ["version"]
    /// classifiers = ["Topic :: Utilities"]
    ///
    /// [tool.setuptools.packages.find]
    /// include = ["lib*"]
    ///
    /// [tool.setuptools.dynamic]
    /// version = { attr = "lib.__version__" }
    ///
    /// [tool.ruff]
    /// line-length = 88
    /// ```
    /// ```python bad lib/__init__.py
    /// __version__ = "1.2.0"
    /// ```
    /// ```toml fixed pyproject.toml
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    ///
    /// [project]
    /// name = "lib"
    /// dynamic = ["version"]
    /// classifiers = ["Topic :: Utilities"]
    ///
    /// [tool.ruff]
    /// line-length = 88
    ///
    /// [tool.hatch.version]
    /// path = "lib/__init__.py"
    ///
    /// [tool.hatch.build.targets.wheel]
    /// packages = ["lib"]
    /// ```
    /// ```python fixed lib/__init__.py
    /// __version__ = "1.2.0"
    /// ```
    ///
    /// No fix where the backend is told what Hatchling does not know:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["pdm-backend"]
    /// build-backend = "pdm.backend"  # error: `PDM` builds the library
    /// [tool.pdm.build]
    /// excludes = ["src/lib/local"]
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["setuptools", "cffi"]
    /// build-backend = "setuptools.build_meta"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    pub(crate) static OTHER_BUILD_BACKEND = {
        id: "other-build-backend",
        requirements: ["3.17.1", "27.3.2"],
        check: Check::Project(other_build_backend),
        wants: [Want::Search(NATIVE, BUILD_FILES)],
    }
}

/// Backends that Hatchling replaces, by the beginning of their names, and what they are called.
const REPLACED: &[(&str, &str)] =
    &[("setuptools", "setuptools"), ("poetry", "Poetry"), ("flit", "Flit"), ("pdm", "PDM"), ("uv_build", "uv_build")];
/// Signs of native code.
const NATIVE: &[&str] =
    &[r"ext_modules|cffi_modules|ext-modules|Extension\(|cythonize|mypycify|rust_extensions|RustExtension"];
const BUILD_FILES: &[&str] = &["setup.py", "setup.cfg", "pyproject.toml"];
/// What builds native code.
const NATIVE_REQUIREMENTS: &[&str] =
    &["cffi", "cython", "setuptools-rust", "numpy", "pybind11", "mypy", "maturin", "scikit-build*"];

fn other_build_backend(report: &mut Report, project: &Project) {
    let not = |report: &mut Report, reason: &str| {
        OTHER_BUILD_BACKEND.requirements.iter().for_each(|requirement| report.not_applicable(requirement, reason));
    };
    if !project.has_profile("library") || !is_product(project) {
        return not(report, "no library");
    }
    let Some(backend) = &project.backend else { return };
    let Some((_, name)) = REPLACED.iter().find(|(start, _)| backend.starts_with(start)) else { return };
    let is_native = project::dependencies(NATIVE_REQUIREMENTS).iter().any(|one| one.kind == "build")
        || repository::search(NATIVE, BUILD_FILES).iter().any(|found| found.role != Role::Test);
    if is_native {
        return not(report, "native code needs its own backend");
    }
    let path = project.path("pyproject.toml");
    let value = documents::read(&path, &["build-system", "build-backend"]).unwrap_or_default();
    let place = Item::root(&value).map_or_else(|| project.place.clone(), |backend| backend.place(&path));
    let finding = report
        .finding(&place, format!("`{name}` builds the library"))
        .help("set `build-backend = \"hatchling.build\"`, and move the build's settings to `tool.hatch.build`")
        .unsafe_fix(built(project).into_iter().flatten());
    if *name == "uv_build" {
        finding.low()
    } else {
        finding.medium()
    };
}
