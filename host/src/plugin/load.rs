//! Makes plugins ready to be called: their code stands in this program, comes from the cache or is compiled, and is linked
//! with what the host answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use wasmtime::Engine;
use wasmtime::component::{Component, HasSelf, Linker};

use super::compiled::{Cached, CompiledCache};
use super::component::{self, ComponentError, check_interfaces};
use super::description::{Description, Rule};
use super::embedded;
use super::engine::compatibility;
use super::host::Host;
use super::limits::BASE_FUEL;
use super::run::{classify, host, instantiate, no_facts};
use super::source::Source;
use super::wit::{Plugin, PluginPre};
use crate::facts::Target;
use crate::parallel;

/// Why a plugin can't be used at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Component(#[from] ComponentError),
    #[error("it can't be compiled: {0}")]
    Compile(String),
    #[error("it can't be linked: {0}; it was built for another plimsoll")]
    Link(String),
    #[error("the runtime can't start: {0}")]
    Engine(String),
}

/// A plugin that is ready to be called.
pub(crate) struct Loaded {
    pub(crate) description: Arc<Description>,
    pub(crate) digest: String,
    /// None of one that nobody calls.
    pub(super) pre: Option<PluginPre<Host>>,
}

impl Loaded {
    /// A plugin that nobody calls: what it says is known.
    pub(crate) fn uncalled(source: &Source) -> Self {
        Self { description: Arc::clone(&source.description), digest: source.digest.clone(), pre: None }
    }
}

/// What runs plugins, once for the process.
struct Runtime {
    engine: Engine,
    linker: Linker<Host>,
    /// Plugins whose code stands in this program, by its address; none of code that does not fit.
    embedded: Mutex<BTreeMap<usize, Arc<Embedded>>>,
}

/// A plugin whose code stands in this program, once it was asked for.
type Embedded = OnceLock<Option<PluginPre<Host>>>;

impl Runtime {
    /// The one of this process.
    fn get() -> Result<&'static Self, LoadError> {
        static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
        let start = || Self::start().map_err(|error| error.to_string());
        RUNTIME.get_or_init(start).as_ref().map_err(|error| LoadError::Engine(error.clone()))
    }

    fn start() -> wasmtime::Result<Self> {
        let engine = super::engine::engine()?;
        let mut linker = Linker::new(&engine);
        Plugin::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host)?;
        Ok(Self { engine, linker, embedded: Mutex::default() })
    }

    /// The plugin of some code of this program.
    fn embedded(&self, code: &'static [u8]) -> Option<PluginPre<Host>> {
        let mut embedded = self.embedded.lock().unwrap_or_else(PoisonError::into_inner);
        let plugin = Arc::clone(embedded.entry(code.as_ptr().addr()).or_default());
        drop(embedded);
        plugin.get_or_init(|| self.link(&embedded::load(&self.engine, code)?).ok()).clone()
    }

    fn link(&self, component: &Component) -> Result<PluginPre<Host>, LoadError> {
        let pre = self.linker.instantiate_pre(component).and_then(PluginPre::new);
        pre.map_err(|error| LoadError::Link(format!("{error:#}")))
    }
}

/// Makes plugins ready whose code stands in this program, for a command that will soon want them.
pub(crate) fn prepare(codes: impl Iterator<Item = &'static [u8]> + Send + 'static) {
    let prepare = || {
        if let Ok(runtime) = Runtime::get() {
            codes.for_each(|code| drop(runtime.embedded(code)));
        }
    };
    parallel::ahead(prepare);
}

/// Loads plugins.
pub(crate) struct Loader {
    runtime: &'static Runtime,
    compatibility: String,
    /// Opened when this program does not carry what is asked for; else why there is none.
    cache: OnceLock<Result<CompiledCache, String>>,
}

impl Loader {
    /// Starts the runtime.
    ///
    /// # Errors
    /// When this machine can't run it.
    pub(crate) fn new() -> Result<Self, LoadError> {
        let runtime = Runtime::get()?;
        Ok(Self { compatibility: compatibility(&runtime.engine), runtime, cache: OnceLock::new() })
    }

    fn cache(&self) -> Option<&CompiledCache> {
        self.cache.get_or_init(CompiledCache::open).as_ref().ok()
    }

    /// What is to be said of the cache after some plugins were loaded.
    pub(crate) fn warning(&self) -> Option<String> {
        let reason = self.cache.get()?.as_ref().err()?;
        Some(format!("compiled plugins are not kept: {reason}"))
    }

    /// Makes a plugin ready: from this program, from the cache, or by compiling it. Also returns a warning about a cache
    /// entry that was not used. What is in the buffer does not matter; handing it on to the next call saves memory and
    /// time.
    ///
    /// # Errors
    /// When it can't be compiled or linked.
    pub(crate) fn load(&self, source: &Source, buffer: &mut Vec<u8>) -> Result<(Loaded, Option<String>), LoadError> {
        let mut warning = None;
        let pre = match self.runtime.embedded(source.code) {
            Some(pre) => pre,
            None => self.runtime.link(&self.cached(source, buffer, &mut warning)?)?,
        };
        let loaded =
            Loaded { description: Arc::clone(&source.description), digest: source.digest.clone(), pre: Some(pre) };
        Ok((loaded, warning))
    }

    fn cached(
        &self,
        source: &Source,
        buffer: &mut Vec<u8>,
        warning: &mut Option<String>,
    ) -> Result<Component, LoadError> {
        let cached = match self.cache() {
            Some(cache) => cache.load(&self.runtime.engine, &source.digest, &self.compatibility, buffer),
            None => Cached::Miss,
        };
        match cached {
            Cached::Hit(component) => Ok(component),
            Cached::Miss => self.compile(source, warning),
            Cached::Refused(reason) => {
                *warning = Some(format!("compiled anew: {reason}"));
                self.compile(source, &mut None)
            }
        }
    }

    /// Gives a component that carries no description what it says of itself when it is asked, and makes a plugin of it.
    /// The code is compiled once: it is kept for the finished plugin.
    ///
    /// # Errors
    /// When it is no component for this host, fails to answer, or gives a description that can't be read.
    pub(crate) fn describe(&self, mut wasm: Vec<u8>) -> anyhow::Result<Source> {
        check_interfaces(&wasm)?;
        let component = self.translate(&wasm)?;
        let pre = self.runtime.link(&component)?;
        let host = host(&no_facts(), Target::Repository, Arc::new(Rule::without_interest()));
        let (mut store, instance) = instantiate(&pre, host, BASE_FUEL)
            .map_err(|error| anyhow::anyhow!("it does not start: {}", error.message))?;
        let description = instance.plimsoll_plugin_rules().call_describe(&mut store).map_err(|error| {
            anyhow::anyhow!("it does not describe itself: {}", classify(&error, store.data()).message)
        })?;
        component::describe(&mut wasm, &description);
        let source = Source::new(wasm.into())?;
        self.keep(&source, &component, &mut None);
        Ok(source)
    }

    fn compile(&self, source: &Source, warning: &mut Option<String>) -> Result<Component, LoadError> {
        let component = self.translate(&source.wasm)?;
        self.keep(source, &component, warning);
        Ok(component)
    }

    /// Compiles a component.
    fn translate(&self, wasm: &[u8]) -> Result<Component, LoadError> {
        let compile = || Component::new(&self.runtime.engine, wasm);
        // A malformed component must not end the process, whatever the compiler thinks of it.
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(compile))
            .map_err(|_| LoadError::Compile("the compiler failed".to_owned()))?
            .map_err(|error| LoadError::Compile(format!("{error:#}")))
    }

    /// How long it takes to compile a plugin, whatever the cache has.
    ///
    /// # Errors
    /// When it can't be compiled.
    pub(crate) fn compile_time(&self, source: &Source) -> Result<Duration, LoadError> {
        let start = Instant::now();
        self.translate(&source.wasm)?;
        Ok(start.elapsed())
    }

    /// Puts compiled code into the cache.
    fn keep(&self, source: &Source, component: &Component, warning: &mut Option<String>) {
        if let (Some(cache), Ok(code)) = (self.cache(), component.serialize())
            && let Err(reason) = cache.store(&source.digest, &self.compatibility, &code)
        {
            *warning = Some(format!("compiled code is not kept: {reason}"));
        }
    }
}
