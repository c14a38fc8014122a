/**
 * Queries for facts, an object for each kind. The types and their meaning are those of the interface in `interfaces.d.ts`.
 */

import { host } from "./host.js";
import { Item } from "./item.js";

/** @import { Node, Place } from "plimsoll:plugin/types" */
/** @import { File } from "plimsoll:plugin/repository" */
/** @import { Dockerfile, Stage } from "plimsoll:plugin/containers" */
/** @import { Commit } from "plimsoll:plugin/git" */
/** @import { Project } from "plimsoll:plugin/project" */

/**
 * What a query gives, or `undefined` where the host says that there is nothing to give.
 * @template T
 * @param {() => T} query
 * @returns {T | undefined}
 */
function orNothing(query) {
  try {
    return query();
  } catch (absence) {
    if (absence instanceof Error && !("payload" in absence)) throw absence;
    return undefined;
  }
}

/** The files that are checked. */
export const repository = {
  /** The files of the target that one of the globs names, sorted by path. @param {...string} globs */
  find: (...globs) => host().repository.find(globs),
  /** Whether a file or folder of this path is in the repository. @param {string} path */
  exists: (path) => host().repository.exists(path),
  /** The text of a file; `undefined` when there is none, or it is no text, or larger than 1 MiB. @param {string} path */
  read: (path) => orNothing(() => host().repository.read(path)),
  /**
   * Where regular expressions match; declare them with `want.search`.
   * @param {string[]} patterns
   * @param {string[]} globs
   */
  search: (patterns, globs) => host().repository.search(patterns, globs),
  /**
   * For each file with matches the first one and their number, where `search` would hand over all of them.
   * @param {string[]} patterns
   * @param {string[]} globs
   */
  tallies: (patterns, globs) => host().repository.tallies(patterns, globs),
  /** For each path, whether `.gitignore` covers it. @param {...string} paths */
  ignored: (...paths) => host().repository.ignored(paths),
  /**
   * For each path, whether a glob of ruff's dialect, relative to `base`, covers it.
   * @param {string} base
   * @param {string} glob
   * @param {string[]} paths
   */
  covered: (base, glob, paths) => host().repository.covered(base, glob, paths),
};

/** A configuration file, parsed. */
export class Document {
  /**
   * @param {File} file
   * @param {readonly Node[]} value the nodes of its content
   */
  constructor(file, value) {
    this.file = file;
    this.root = new Item(value);
  }

  /** Its path. @returns {string} */
  get path() {
    return this.file.path;
  }

  /**
   * The node at a path of keys.
   * @param {...string} keys
   * @returns {Item | undefined}
   */
  at(...keys) {
    return this.root.at(...keys);
  }

  /** The document's first byte: where something is missing that has no nearer owner. @returns {Place} */
  get start() {
    return { path: this.path, span: { start: 0, end: 0 } };
  }
}

/** Configuration files as trees. */
export const documents = {
  /**
   * The value at a path of keys; `undefined` when the file or key is missing, or the file can't be read or parsed.
   * @param {string} path
   * @param {...string} keys
   */
  read(path, ...keys) {
    const value = orNothing(() => host().documents.read(path, keys));
    return value && new Item(value);
  },
  /**
   * The documents of the target that one of the globs names. Those that don't parse the host reports itself.
   * @param {...string} globs
   * @returns {Generator<Document>}
   */
  *find(...globs) {
    for (const file of repository.find(...globs)) {
      const value = orNothing(() => host().documents.read(file.path, []));
      if (value) yield new Document(file, value);
    }
  },
};

/** Python code; what is asked for beyond a rule's own facts is declared with `want`. */
export const python = {
  /** Imports by resolved name. @param {...string} names */
  imports: (...names) => host().python.imports(names),
  /** Calls by resolved name. @param {...string} names */
  calls: (...names) => host().python.calls(names),
  /**
   * Definitions by kind (`function`, `method`, `class`, `type-alias`) and name.
   * @param {string[]} kinds
   * @param {string[]} names
   */
  definitions: (kinds, names) => host().python.definitions(kinds, names),
  /**
   * Outlines of definitions by kind and name.
   * @param {string[]} kinds
   * @param {string[]} names
   */
  outlines: (kinds, names) => host().python.outlines(kinds, names),
  /** Exception handlers by exception. @param {...string} exceptions */
  handlers: (...exceptions) => host().python.handlers(exceptions),
  /** Assignments by the target's last part. @param {...string} names */
  assignments: (...names) => host().python.assignments(names),
  /** Statements by kind. @param {...string} kinds */
  statements: (...kinds) => host().python.statements(kinds),
  /** Where classes come from, by dotted names; `null` for one that the repository does not define. @param {...string} classes */
  lineages: (...classes) => host().python.lineages(classes),
};

/** Projects and their dependencies. */
export const project = {
  /** The projects of the target. */
  projects: () => host().project.projects(),
  /** Declared dependencies by normalised name. @param {...string} names */
  dependencies: (...names) => host().project.dependencies(names),
  /** The locked version of a package. @param {string} name */
  locked: (name) => host().project.locked(name) ?? undefined,
  /** How many Python files of production code the project with this root has. @param {string} root */
  sourceFiles: (root) => host().project.sourceFiles(root),
  /**
   * Whether a project is of a kind: `library`, `api`, `containerized`, …
   * @param {Project} project
   * @param {string} id
   */
  hasProfile: (project, id) => project.profiles.some((profile) => profile.id === id),
  /**
   * A path below a project's root.
   * @param {Project} project
   * @param {string} relative
   */
  path: (project, relative) => (project.root ? `${project.root}/${relative}` : relative),
};

/** What CI, hooks and task runners run. */
export const automation = {
  /** Commands by program. @param {...string} programs */
  commands: (...programs) => host().automation.commands(programs),
  /** Uses of GitHub actions by name. @param {...string} names */
  actions: (...names) => host().automation.actions(names),
  /** Hooks of pre-commit by id. @param {...string} ids */
  hooks: (...ids) => host().automation.hooks(ids),
  /** The CI pipelines, sorted by path. */
  workflows: () => host().automation.workflows(),
  /** What CI runs and no one can look into. */
  opaqueSteps: () => host().automation.opaqueSteps(),
  /** The tasks of all task runners. */
  tasks: () => host().automation.tasks(),
};

/** Dockerfiles and compose files. */
export const containers = {
  /** The Dockerfiles of the target, sorted by path. */
  dockerfiles: () => host().containers.dockerfiles(),
  /** The compose files of the target, sorted by path. */
  composeFiles: () => host().containers.composeFiles(),
  /**
   * For each path below the build context, whether the Dockerfile's ignore file leaves it out.
   * @param {string} dockerfile
   * @param {...string} paths
   */
  ignored: (dockerfile, ...paths) => host().containers.ignored(dockerfile, paths),
  /**
   * The stages that make the image, in order: those that the built one is FROM, then itself.
   * @param {Dockerfile} dockerfile
   * @returns {Stage[]}
   */
  builtChain(dockerfile) {
    /** @type {Stage[]} */
    const chain = [];
    /** @type {number | null} */
    let index = dockerfile.built;
    while (index !== null && chain.length <= dockerfile.stages.length) {
      /** @type {Stage | undefined} */
      const stage = dockerfile.stages[index];
      if (stage === undefined) break;
      chain.push(stage);
      index = stage.parent;
    }
    return chain.reverse();
  },
};

/** The repository's history. */
export const git = {
  /** How much of the history is there. */
  available: () => host().git.available(),
  /**
   * The newest commits: so many, or all that ever were. `undefined` when a shallow clone has too few to tell, where a
   * rule says `report.unknown`: a verdict must not depend on how deep a clone is.
   * @param {number} count
   * @returns {Commit[] | undefined}
   */
  newest(count) {
    const commits = host().git.commits(count);
    return commits.length === count || host().git.available() !== "shallow" ? commits : undefined;
  },
  /** Names of the tags, sorted. */
  tags: () => host().git.tags(),
  /** Names of the local branches, sorted. */
  branches: () => host().git.branches(),
};
