//! What runs what. A unit is a job, recipe, session, hook, script or build stage; its commands may call other units.
//! Events flow from the pipelines along the calls, until nothing changes: calls in circles do no harm.
//!
//! The readers of files add units, tables of tasks and pieces of shell text here; [`super::calls`] knows which unit a
//! command calls.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::calls;
use super::commands::{commands_of, label};
use super::text::Script;
use crate::facts::Facts;
use crate::parallel;
use crate::plugin::wit::Place;
use crate::plugin::wit::automation::{Action, Command, Hook, Opaque, Task, Workflow};
use crate::repository::file_name;

pub(super) type UnitId = usize;
pub(super) type TableId = usize;
/// A set of events, one bit for each known to [`Events`].
pub(super) type EventSet = u64;

/// Every event.
pub(super) const ALL: EventSet = EventSet::MAX;
const MOST_COMMANDS: usize = 200_000;
const MOST_UNITS: usize = 50_000;
/// Bytes of stack of a thread that reads scripts.
const THREAD_STACK: usize = 16 << 20;
/// To start a thread for fewer pieces of shell text takes longer than to read them.
const PIECES_AT_ONCE: usize = 32;
/// Modules of task runners.
const TASK_MODULES: &[&str] = &["duties.py", "noxfile.py", "tasks.py"];
/// Longer chains of calls are cut.
const LONGEST_WAY: usize = 16;

/// Names of events and their bits. More than 63 different ones share the last bit with no name.
#[derive(Default)]
pub(super) struct Events {
    names: Vec<String>,
}

impl Events {
    pub(super) fn bit(&mut self, name: &str) -> EventSet {
        match self.names.iter().position(|known| known == name) {
            Some(index) => 1 << index,
            None if self.names.len() < 63 => {
                self.names.push(name.to_owned());
                1 << (self.names.len() - 1)
            }
            None => 0,
        }
    }

    pub(super) fn set<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> EventSet {
        names.into_iter().fold(0, |set, name| set | self.bit(name))
    }

    pub(super) fn names(&self, set: EventSet) -> Vec<String> {
        let mut names: Vec<String> = (0..self.names.len())
            .filter(|index| set & (1 << index) != 0)
            .map(|index| self.names[index].clone())
            .collect();
        names.sort();
        names
    }
}

/// What holds for the commands of a piece.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    pub(super) unit: UnitId,
    pub(super) source: &'static str,
    /// The unit's name as rules see it.
    pub(super) name: String,
    pub(super) folder: String,
    /// Folder of the script file that the piece is.
    pub(super) own_folder: Option<String>,
    /// Whether it runs in a container, so that its folders are none of the repository.
    pub(super) in_container: bool,
    /// Whether the text is for PowerShell or `cmd`, whose own words are no programs.
    pub(super) is_windows: bool,
    pub(super) tolerated: bool,
    pub(super) condition: Option<String>,
    /// The unit's events on which it runs.
    pub(super) events: Option<EventSet>,
    /// Ids of hooks that the environment tells pre-commit to skip.
    pub(super) skipped_hooks: Vec<String>,
}

/// Something to take commands from.
pub(super) enum Content {
    Shell(Script),
    Words(Vec<String>, Place),
}

/// A command with what is needed to link it.
pub(super) struct Entry {
    pub(super) command: Command,
    pub(super) context: Context,
}

#[derive(Default)]
pub(super) struct Unit {
    /// The events that reach it, and those on which its failure counts.
    events: EventSet,
    strict: EventSet,
    /// The unit that reached it first, and the call's label.
    reached_by: Option<(UnitId, Option<String>)>,
    label: Option<String>,
}

pub(super) struct Edge {
    pub(super) from: UnitId,
    pub(super) to: UnitId,
    pub(super) label: Option<String>,
    pub(super) events: EventSet,
    pub(super) tolerated: bool,
}

/// The tasks of one runner in one folder.
#[derive(Default)]
pub(super) struct Table {
    pub(super) runner: &'static str,
    pub(super) folder: String,
    pub(super) names: BTreeMap<String, UnitId>,
    /// Units in the order of the file.
    pub(super) order: Vec<UnitId>,
    /// What runs when no task is named; the first one by default.
    pub(super) default: Option<Vec<String>>,
    /// For runners whose tasks take parameters: how many, and whether any number more.
    pub(super) parameters: HashMap<UnitId, (usize, bool)>,
}

/// A hook and when pre-commit runs it.
pub(super) struct HookUnit {
    pub(super) unit: UnitId,
    pub(super) hook: Hook,
    pub(super) alias: String,
    /// None for all stages.
    pub(super) stages: Option<Vec<String>>,
    pub(super) folder: String,
}

/// A pipeline file, its unit and its own events.
pub(super) struct WorkflowUnit {
    pub(super) unit: UnitId,
    pub(super) workflow: Workflow,
    /// Whether other workflows may call it.
    pub(super) is_callable: bool,
}

/// Collects everything that automation does.
pub(super) struct Collector<'a> {
    pub(super) facts: &'a Facts,
    /// The paths of all files that may say by their names that they run something: far fewer than there are modules.
    pub(super) paths: Vec<&'a str>,
    pub(super) events: Events,
    units: Vec<Unit>,
    pub(super) tables: Vec<Table>,
    by_place: HashMap<(&'static str, String), TableId>,
    edges: Vec<Edge>,
    needs: Vec<(UnitId, TableId, String)>,
    pieces: Vec<(Content, Context)>,
    pub(super) entries: Vec<Entry>,
    pub(super) actions: Vec<(Action, Context)>,
    pub(super) opaque: Vec<(Opaque, Context)>,
    pub(super) hooks: Vec<HookUnit>,
    pub(super) workflows: Vec<WorkflowUnit>,
    pub(super) tasks: Vec<Task>,
    /// Units of script files by path and the folder that they run in.
    pub(super) scripts: BTreeMap<(String, String), UnitId>,
    /// Units of Dockerfiles and of compose files, by path.
    pub(super) builds: BTreeMap<String, UnitId>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(facts: &'a Facts) -> Self {
        let paths = facts.repository().files().iter().map(|file| file.path.as_str());
        let is_module = |path: &str| path.ends_with(".py") && !TASK_MODULES.contains(&file_name(path));
        Self {
            facts,
            paths: paths.filter(|path| !is_module(path)).collect(),
            events: Events::default(),
            units: vec![Unit::default()],
            tables: Vec::new(),
            by_place: HashMap::new(),
            edges: Vec::new(),
            needs: Vec::new(),
            pieces: Vec::new(),
            entries: Vec::new(),
            actions: Vec::new(),
            opaque: Vec::new(),
            hooks: Vec::new(),
            workflows: Vec::new(),
            tasks: Vec::new(),
            scripts: BTreeMap::new(),
            builds: BTreeMap::new(),
        }
    }

    /// A new unit. Unit 0 stands for those over the limit.
    pub(super) fn unit(&mut self) -> UnitId {
        if self.units.len() >= MOST_UNITS {
            return 0;
        }
        self.units.push(Unit::default());
        self.units.len() - 1
    }

    /// The table of a runner's tasks in a folder; `file` finds it as well.
    pub(super) fn table(&mut self, runner: &'static str, folder: &str, file: &str) -> TableId {
        let next = self.tables.len();
        let id = *self.by_place.entry((runner, folder.to_owned())).or_insert(next);
        if id == next {
            self.tables.push(Table { runner, folder: folder.to_owned(), ..Table::default() });
        }
        self.by_place.entry((runner, file.to_owned())).or_insert(id);
        id
    }

    pub(super) fn find_table(&self, runner: &'static str, place: &str) -> Option<TableId> {
        self.by_place.get(&(runner, place.to_owned())).copied()
    }

    /// The unit of a task; made when the table has none of this name.
    pub(super) fn task(&mut self, table: TableId, runner: &'static str, name: &str, place: Place) -> UnitId {
        if let Some(unit) = self.tables[table].names.get(name) {
            return *unit;
        }
        let unit = self.unit();
        self.tables[table].names.insert(name.to_owned(), unit);
        self.tables[table].order.push(unit);
        self.tasks.push(Task { place, runner: runner.to_owned(), name: name.to_owned() });
        unit
    }

    /// A call between units that no command shows.
    pub(super) fn call(&mut self, edge: Edge) {
        self.edges.push(edge);
    }

    /// A call that always happens when the caller runs.
    pub(super) fn include(&mut self, from: UnitId, to: UnitId) {
        self.call(Edge { from, to, label: None, events: ALL, tolerated: false });
    }

    /// A unit runs a task of a table first, whether that is known yet or not.
    pub(super) fn need(&mut self, unit: UnitId, table: TableId, name: &str) {
        self.needs.push((unit, table, name.to_owned()));
    }

    pub(super) fn shell(&mut self, script: Script, context: Context) {
        self.pieces.push((Content::Shell(script), context));
    }

    pub(super) fn words(&mut self, words: Vec<String>, place: Place, context: Context) {
        self.pieces.push((Content::Words(words, place), context));
    }

    /// Events that reach a unit from outside, with a label when no file shows that.
    pub(super) fn reach(&mut self, unit: UnitId, events: EventSet, label: Option<&str>) {
        self.units[unit].events |= events;
        self.units[unit].strict |= events;
        self.units[unit].label = label.map(str::to_owned);
    }

    /// Takes commands from all pieces and follows what they call, until nothing new is met.
    pub(super) fn link(&mut self) {
        let mut linked = 0;
        while !self.pieces.is_empty() {
            let pieces = std::mem::take(&mut self.pieces);
            let some: Vec<&[(Content, Context)]> = pieces.chunks(PIECES_AT_ONCE).collect();
            let commands = |(): &mut (), some: &&[(Content, Context)]| some.iter().flat_map(commands_of).collect();
            let found: Vec<Vec<Entry>> = parallel::map(&some, THREAD_STACK, || (), commands);
            for entry in found.into_iter().flatten() {
                if self.entries.len() < MOST_COMMANDS {
                    self.entries.push(entry);
                }
            }
            while linked < self.entries.len() {
                let entry = &self.entries[linked];
                let label = label(&entry.command);
                let (from, tolerated) = (entry.context.unit, entry.command.tolerated);
                let events = entry.context.events.unwrap_or(ALL);
                for to in calls::targets(self, linked) {
                    self.edges.push(Edge { from, to, label: Some(label.clone()), events, tolerated });
                }
                linked += 1;
            }
        }
        for (unit, table, name) in std::mem::take(&mut self.needs) {
            if let Some(to) = self.tables[table].names.get(&name) {
                self.edges.push(Edge { from: unit, to: *to, label: None, events: ALL, tolerated: false });
            }
        }
    }

    /// Lets the events flow along the calls. What a file shows comes first, so that the way to a unit leads through it.
    pub(super) fn flow(&mut self) {
        self.flow_from(|unit| unit.label.is_none());
        self.flow_from(|_| true);
    }

    fn flow_from(&mut self, is_start: fn(&Unit) -> bool) {
        let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); self.units.len()];
        for (index, edge) in self.edges.iter().enumerate() {
            outgoing[edge.from].push(index);
        }
        let mut queue: VecDeque<UnitId> =
            (1..self.units.len()).filter(|&unit| self.units[unit].events != 0 && is_start(&self.units[unit])).collect();
        let mut waiting: HashSet<UnitId> = queue.iter().copied().collect();
        while let Some(from) = queue.pop_front() {
            waiting.remove(&from);
            for &index in &outgoing[from] {
                let edge = &self.edges[index];
                let events = self.units[from].events & edge.events;
                let strict = if edge.tolerated { 0 } else { self.units[from].strict & edge.events };
                let to = &mut self.units[edge.to];
                if edge.to == 0 || (to.events | events == to.events && to.strict | strict == to.strict) {
                    continue;
                }
                if to.events == 0 {
                    to.reached_by = Some((from, edge.label.clone()));
                }
                to.events |= events;
                to.strict |= strict;
                if waiting.insert(edge.to) {
                    queue.push_back(edge.to);
                }
            }
        }
    }

    pub(super) fn events_of(&self, unit: UnitId) -> EventSet {
        self.units[unit].events
    }

    /// The events on which something of a context runs.
    pub(super) fn triggers(&self, context: &Context) -> Vec<String> {
        self.events.names(self.units[context.unit].events & context.events.unwrap_or(ALL))
    }

    /// Whether a unit is only ever reached by calls whose failure is ignored.
    pub(super) fn is_tolerated(&self, unit: UnitId) -> bool {
        let unit = &self.units[unit];
        unit.events != 0 && unit.strict == 0
    }

    /// The calls that lead to a unit, outermost first.
    pub(super) fn way(&self, unit: UnitId) -> Vec<String> {
        let mut way = Vec::new();
        let mut current = unit;
        for _ in 0..LONGEST_WAY {
            if let Some(label) = &self.units[current].label {
                way.push(label.clone());
            }
            let Some((from, label)) = &self.units[current].reached_by else { break };
            way.extend(label.clone());
            current = *from;
        }
        way.reverse();
        way
    }
}
