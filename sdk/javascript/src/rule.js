/**
 * A rule: its data, and the function that checks one fact.
 *
 * Each function of `rule` says what the rule is handed, one by one. A rule is not called at all where nothing matches, so
 * a rule about something absent takes `rule.projects` or `rule.repository`.
 *
 * Patterns of names are exact, `prefix*`, `*suffix`, `*` or a `/regular expression/`; globs are those of `.gitignore`:
 * without a slash they match a file's name in any folder.
 */

import { automation, containers, documents, project, python, repository } from "./facts.js";

/** @import { Report } from "./report.js" */
/** @import { Role } from "plimsoll:plugin/types" */

/**
 * A declaration of interest in Python facts or searches.
 * @typedef {object} Want
 * @property {string} kind
 * @property {string[]} names
 * @property {string[]} globs
 */

/**
 * A setting of a rule: its value without a setting, and what it does in one line.
 * @typedef {object} Option
 * @property {string | boolean | number | string[]} default
 * @property {string} description
 * @property {number} [minimum] the least number that it takes
 * @property {number} [maximum] the greatest
 * @property {string[]} [choices] the texts that it takes; all when left out
 */

/**
 * What a rule is besides its facts.
 * @template Fact
 * @typedef {object} Settings
 * @property {string[]} requirements ids of those that it decides
 * @property {Role[]} [roles] of the Python files that it looks at; all when left out
 * @property {Want[]} [wants] what else it may ask for while it checks
 * @property {string[]} [accepts] codes of other linters whose reviewed suppression on the line counts here too
 * @property {Record<string, Option>} [options] what the manifest may set
 * @property {"high" | "medium" | "low"} [confidence] the most that its findings can be sure of; a rule of low confidence
 * is called only when somebody asks for guesses
 * @property {(report: Report, fact: Fact) => void} check checks one fact
 */

/**
 * One rule of a plugin.
 * @template Fact
 * @typedef {object} Rule
 * @property {Want} trigger what it is handed
 * @property {() => Iterable<Fact>} facts asks the host for that
 * @property {Settings<Fact>} settings
 */

/** @type {(kind: string, names?: string[], globs?: string[]) => Want} */
const wanted = (kind, names = [], globs = []) => ({ kind, names, globs });

/**
 * Declarations of interest beyond what a rule is handed. The host extracts what some rule declared and nothing else; a
 * query for something undeclared fails. All other facts need no declaration. In searches `\w`, `\d`, `\s`, `\b` and
 * `(?i)` mean ASCII.
 */
export const want = {
  /** Calls by resolved name. @param {...string} names */
  calls: (...names) => wanted("calls", names),
  /** Imports by resolved name. @param {...string} names */
  imports: (...names) => wanted("imports", names),
  /** Definitions by kind and name. @param {string[]} kinds @param {string[]} names */
  definitions: (kinds, names) => wanted("definitions", names, kinds),
  /** Outlines of definitions by kind and name. @param {string[]} kinds @param {string[]} names */
  outlines: (kinds, names) => wanted("outlines", names, kinds),
  /** Exception handlers by exception. @param {...string} exceptions */
  handlers: (...exceptions) => wanted("handlers", exceptions),
  /** Assignments by the target's last part. @param {...string} names */
  assignments: (...names) => wanted("assignments", names),
  /** Statements by kind. @param {...string} kinds */
  statements: (...kinds) => wanted("statements", kinds),
  /** Where classes come from. */
  lineages: () => wanted("lineages"),
  /** Regular expressions in files; of Python files, in those whose role the rule looks at. @param {string[]} patterns @param {string[]} globs */
  search: (patterns, globs) => wanted("search", patterns, globs),
  /** The same in Python files of all roles. @param {string[]} patterns @param {string[]} globs */
  searchEverywhere: (patterns, globs) => wanted("search-everywhere", patterns, globs),
};

/**
 * @template Fact
 * @param {Want} trigger
 * @param {() => Iterable<Fact>} facts
 * @param {Settings<Fact>} settings
 * @returns {Rule<Fact>}
 */
const handed = (trigger, facts, settings) => ({ trigger, facts, settings });

/** @typedef {import("plimsoll:plugin/python").Call} Call */
/** @typedef {import("plimsoll:plugin/python").Import} Import */
/** @typedef {import("plimsoll:plugin/python").Definition} Definition */
/** @typedef {import("plimsoll:plugin/python").Outline} Outline */
/** @typedef {import("plimsoll:plugin/python").Handler} Handler */
/** @typedef {import("plimsoll:plugin/python").Assignment} Assignment */
/** @typedef {import("plimsoll:plugin/python").Statement} Statement */
/** @typedef {import("plimsoll:plugin/repository").Match} Match */
/** @typedef {import("plimsoll:plugin/repository").File} File */
/** @typedef {import("./facts.js").Document} Document */
/** @typedef {import("plimsoll:plugin/project").Dependency} Dependency */
/** @typedef {import("plimsoll:plugin/project").Project} Project */
/** @typedef {import("plimsoll:plugin/automation").Command} Command */
/** @typedef {import("plimsoll:plugin/automation").Action} Action */
/** @typedef {import("plimsoll:plugin/containers").Dockerfile} Dockerfile */
/** @typedef {import("plimsoll:plugin/containers").ComposeFile} ComposeFile */

export const rule = {
  /** Python calls by resolved name. @param {string[]} names @param {Settings<Call>} settings */
  calls: (names, settings) => handed(want.calls(...names), () => python.calls(...names), settings),

  /** Python imports by resolved name. @param {string[]} names @param {Settings<Import>} settings */
  imports: (names, settings) => handed(want.imports(...names), () => python.imports(...names), settings),

  /**
   * Python definitions by kind (`function`, `method`, `class`, `type-alias`) and name.
   * @param {string[]} kinds
   * @param {string[]} names
   * @param {Settings<Definition>} settings
   */
  definitions: (kinds, names, settings) =>
    handed(want.definitions(kinds, names), () => python.definitions(kinds, names), settings),

  /**
   * Outlines of Python functions, methods and classes by kind and name.
   * @param {string[]} kinds
   * @param {string[]} names
   * @param {Settings<Outline>} settings
   */
  outlines: (kinds, names, settings) =>
    handed(want.outlines(kinds, names), () => python.outlines(kinds, names), settings),

  /** Python exception handlers by exception. @param {string[]} exceptions @param {Settings<Handler>} settings */
  handlers: (exceptions, settings) =>
    handed(want.handlers(...exceptions), () => python.handlers(...exceptions), settings),

  /** Python assignments by the target's last part. @param {string[]} names @param {Settings<Assignment>} settings */
  assignments: (names, settings) =>
    handed(want.assignments(...names), () => python.assignments(...names), settings),

  /** Python statements by kind. @param {string[]} kinds @param {Settings<Statement>} settings */
  statements: (kinds, settings) => handed(want.statements(...kinds), () => python.statements(...kinds), settings),

  /** Matches of regular expressions in the files of these globs. @param {string[]} patterns @param {string[]} globs @param {Settings<Match>} settings */
  matches: (patterns, globs, settings) =>
    handed(want.search(patterns, globs), () => repository.search(patterns, globs), settings),

  /** Files by glob. @param {string[]} globs @param {Settings<File>} settings */
  files: (globs, settings) => handed(wanted("files", [], globs), () => repository.find(...globs), settings),

  /**
   * Configuration files by glob, parsed. Files that don't parse are left out: the host reports them.
   * @param {string[]} globs
   * @param {Settings<Document>} settings
   */
  documents: (globs, settings) => handed(wanted("documents", [], globs), () => documents.find(...globs), settings),

  /** Declared dependencies by normalised name. @param {string[]} names @param {Settings<Dependency>} settings */
  dependencies: (names, settings) =>
    handed(wanted("dependencies", names), () => project.dependencies(...names), settings),

  /** Commands by program, wherever they are run. @param {string[]} programs @param {Settings<Command>} settings */
  commands: (programs, settings) =>
    handed(wanted("commands", programs), () => automation.commands(...programs), settings),

  /** Uses of GitHub actions by name. @param {string[]} names @param {Settings<Action>} settings */
  actions: (names, settings) => handed(wanted("actions", names), () => automation.actions(...names), settings),

  /** Dockerfiles. @param {Settings<Dockerfile>} settings */
  dockerfiles: (settings) => handed(wanted("dockerfiles"), () => containers.dockerfiles(), settings),

  /** Compose files. @param {Settings<ComposeFile>} settings */
  composeFiles: (settings) => handed(wanted("compose-files"), () => containers.composeFiles(), settings),

  /** Each project. @param {Settings<Project>} settings */
  projects: (settings) => handed(wanted("project"), () => project.projects(), settings),

  /** The repository, once. @param {Settings<null>} settings */
  repository: (settings) => handed(wanted("repository"), () => [null], settings),
};
