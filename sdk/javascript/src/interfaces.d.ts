// The host's modules, as a component sees them. Written from the interface in `wit/`; not to be edited.

/** Words that every other interface uses. */
declare module "plimsoll:plugin/types" {
  /** A half-open range of bytes in a file. Both ends stand on character boundaries. */
  export interface Span {
    /** First byte. */
    start: number;
    /** First byte after the range; equal to `start` for a place without extent. */
    end: number;
  }
  /** A range in a file of the repository. */
  export interface Place {
    /** Path relative to the repository's root, with `/`. */
    path: string;
    /** Where in the file. */
    span: Span;
  }
  /** What a node of a value is. */
  export type NodeKind =
    /** JSON's and YAML's null, Python's `None`. */
    | "null"
    /** `true` or `false`, as `text`. */
    | "boolean"
    /** A whole number; `text` is its decimal form. */
    | "integer"
    /** A number with a fraction or exponent; `text` is as written. */
    | "float"
    /** A string; `text` is its decoded value. */
    | "text"
    /** A Python f-string; its children are the literal parts (`text`) and the interpolated expressions. */
    | "template"
    /** Python bytes; `text` is as written. */
    | "bytes"
    /** A TOML date, time or both; `text` is as written. */
    | "datetime"
    /** A list; children in order, without keys. */
    | "list"
    /** A Python tuple; children in order. */
    | "tuple"
    /** A Python set; children in order. */
    | "set"
    /** A table, mapping, object or Python dict. A child whose key is no constant string has no key. */
    | "table"
    /**
     * A Python name or attribute chain; `text` is the resolved dotted name. When the name is a local or module
     * variable with a single assignment, its only child, keyed `value`, is the assigned expression.
     */
    | "name"
    /**
     * A parameter of the enclosing function; `text` is the parameter's name, and a child keyed `annotation` is the
     * resolved annotation, if there is one.
     */
    | "parameter"
    /** A Python call; `text` is the callee's resolved dotted name, children are arguments, keyed when by keyword. */
    | "call"
    /** A Python operator, comparison or boolean operation; `text` is the operator, children are the operands. */
    | "operator"
    /** A Python subscript; children are the value and the index. */
    | "subscript"
    /**
     * Any other expression; `text` is the kind of syntax, for instance `lambda`, `await` or `conditional`, and the
     * children are its operands.
     */
    | "other"
  ;
  /**
   * One node of a value. A value is a list of nodes in which the root comes first and every parent before its
   * children.
   */
  export interface Node {
    /** Index of the parent in the list; the root is its own parent. */
    parent: number;
    /** Key in the parent, where the parent has keys. */
    key: string | null;
    /** Where the key stands; for a node without key, the node's own span. */
    keySpan: Span;
    /** What the node is. */
    kind: NodeKind;
    /** The scalar's value, or what `kind` says. */
    text: string;
    /** Where the value stands. */
    span: Span;
  }
  /** A value as a list of nodes; never empty. */
  export type Value = Node[];
  /** What a file is there for, judged from its path, its content and what the build backend and tools say of it. */
  export type Role =
    /** Code or configuration of the product itself. */
    | "source"
    /** Automated tests and their fixtures. */
    | "test"
    /** Helper programs beside the product. */
    | "script"
    /** Documentation and its configuration. */
    | "documentation"
    /** Examples, samples, tutorials and benchmarks. */
    | "example"
    /** Database migrations. */
    | "migration"
    /** Written by a generator. */
    | "generated"
    /** Third-party code kept in the repository. */
    | "vendored"
    /** Input of a project generator: not yet code. */
    | "template"
  ;
  /** Why a file gives no answer. */
  export type Absence =
    /** There is no such file, or no such key in it. */
    | "missing"
    /** The file is there and can't be read as text. */
    | "unreadable"
    /** The file's syntax is broken. The host has reported it, and what the rule leaves undecided counts as unknown. */
    | "invalid"
  ;
}

/** The files that are checked: the tracked ones, or without Git all that no ignore file names. */
declare module "plimsoll:plugin/repository" {
  import type { Place, Role, Absence } from "plimsoll:plugin/types";
  /** A file of the repository. */
  export interface File {
    /** Path relative to the repository's root. */
    path: string;
    /** What it is there for. */
    role: Role;
    /** Whether there is nothing in it. */
    empty: boolean;
    /** Whether it may be executed. */
    executable: boolean;
    /** Root of the project it belongs to: the nearest one upwards; empty for the repository's root. */
    project: string;
  }
  /** A match of `search`. */
  export interface Match {
    /** Which of the patterns, counted from 0. */
    pattern: number;
    /** What the pattern's first group matched; without a group, the whole match. */
    place: Place;
    /** The text at `place`, at most 1,024 bytes of it. */
    text: string;
    /** The whole line, at most 1,024 bytes around the match. */
    line: string;
    /** What the file is there for. */
    role: Role;
  }
  /** The matches of `search` in one file. */
  export interface Tally {
    /** The first one. */
    first: Match;
    /** How many there are; of one pattern at most 200 are counted. */
    count: number;
  }
  const host: {
    /**
     * The files of the target whose paths match one of the globs, sorted by path. `*` stops at `/`, `**` does not;
     * a glob without `/` matches the file's name anywhere.
     */
    find(globs: string[]): File[];
    /** Whether a file or folder of this path, or a link to one, is in the repository, the target's or not. */
    exists(path: string): boolean;
    /** The text of a file, without a byte order mark; files over 1 MiB are `unreadable`. */
    read(path: string): string;
    /**
     * Where regular expressions (syntax of Rust's `regex` crate) match in the target's text files under 1 MiB that one
     * of the globs names; of Python files, in those whose role the rule looks at, or in all if it declared so. The
     * patterns must be declared by the rule.
     */
    search(patterns: string[], globs: string[]): Match[];
    /** The same, told in brief: for each file with matches the first one and their number, sorted by path. */
    tallies(patterns: string[], globs: string[]): Tally[];
    /** For each path, whether the ignore rules of the repository's `.gitignore` files cover it; the paths need not exist. */
    ignored(paths: string[]): boolean[];
    /**
     * For each path, whether it matches the glob in the dialect that ruff uses for files: relative to `base`, a
     * pattern without `/` matches a name anywhere, a folder covers what lies below it.
     */
    covered(base: string, glob: string, paths: string[]): boolean[];
  };
  export default host;
}

/** Configuration files as trees: TOML, YAML, JSON (with comments), INI. */
declare module "plimsoll:plugin/documents" {
  import type { Value, Absence, Place } from "plimsoll:plugin/types";
  const host: {
    /**
     * The value at a key path in a file; an empty path gives the whole file. A number in the path is an index into a
     * list; `*` is every item of one, each with nothing but what the rest of the path names. A YAML stream of several
     * documents reads as a list of them. INI sections are tables of texts.
     */
    read(path: string, keys: string[]): Value;
  };
  export default host;
}

/**
 * What Python files do. Every query takes the patterns that the rule declared as its interest, and only what
 * matches one of them crosses. A pattern is a resolved dotted name: `time.sleep`; `requests.*` for all below it;
 * `*.execute` for any receiver; or a regular expression between slashes: `/^test_/`.
 *
 * Names are resolved through imports, aliases and variables with a single assignment: after
 * `from time import sleep as nap`, `nap(1)` is a call of `time.sleep`. Builtins are `builtins.eval`. A method of a
 * value is named after where the value comes from: `sqlite3.connect().execute`, or the annotation of a parameter:
 * `sqlalchemy.orm.Session.execute`; an unknown receiver is `?`: `?.execute`. A relative import is resolved to the
 * module's dotted path from its source root.
 */
declare module "plimsoll:plugin/python" {
  import type { Span, Place, Value, Role } from "plimsoll:plugin/types";
  /** What surrounds a piece of code. */
  export interface Surroundings {
    /** Inside an `async def`. */
    async: boolean;
    /** Directly awaited. */
    awaited: boolean;
    /** Inside a `for` or `while` of the same function. */
    loop: boolean;
    /** In the body of a `try` of the same function. */
    try: boolean;
    /** In an exception handler. */
    handler: boolean;
    /** In a `finally`. */
    finally: boolean;
    /** Directly managed by a `with`. */
    managed: boolean;
    /** Under `if TYPE_CHECKING:`. */
    typeChecking: boolean;
    /** Under `if __name__ == "__main__":`. */
    mainGuard: boolean;
    /** Under a condition. */
    conditional: boolean;
    /** In a decorator. */
    decorator: boolean;
    /** In an annotation. */
    annotation: boolean;
    /** A statement of its own: the value is not used. */
    statement: boolean;
  }
  /** Where a fact stands. */
  export interface Site {
    /** The code that the fact is about. */
    place: Place;
    /** The file's role. */
    role: Role;
    /** Dotted path of the module from its source root. */
    module: string;
    /** Name of the innermost enclosing function, if any. */
    function: string | null;
    /** Name of the innermost enclosing class, if any. */
    class: string | null;
    /** Resolved names of the decorators of the enclosing function, innermost first. */
    decorators: string[];
    /** What surrounds it. */
    surroundings: Surroundings;
  }
  /** `import m`, `from m import n`. */
  export interface Import {
    /** The statement's imported name. */
    site: Site;
    /** The resolved dotted name: `m` or `m.n`. */
    name: string;
    /** The name it is bound to. */
    bound: string;
  }
  /** A call. */
  export interface Call {
    /** The whole call. */
    site: Site;
    /** The resolved dotted name of what is called. */
    name: string;
    /** Where the callee is written, without its arguments. */
    callee: Span;
    /** The call with its arguments: a root of kind `call`. */
    value: Value;
  }
  /** A parameter of a function. */
  export interface Parameter {
    /** Its name. */
    name: string;
    /** Where the name stands. */
    span: Span;
    /** Its annotation, resolved, as written otherwise. */
    annotation: string | null;
    /** Whether it has a default. */
    optional: boolean;
  }
  /** A function, method, class or type alias. */
  export interface Definition {
    /** The name in the definition. */
    site: Site;
    /** `function`, `method`, `class` or `type-alias`. */
    kind: string;
    /** Its name. */
    name: string;
    /** Resolved decorators, outermost first, as values: names or calls. */
    decorators: Value[];
    /** Resolved bases of a class; the aliased expression of a type alias. */
    bases: Value[];
    /** Parameters of a function; the fields and methods of a class by name. */
    parameters: Parameter[];
    /** The return annotation. */
    returns: string | null;
    /** The docstring. */
    docstring: string | null;
    /** Whether it is `async def`. */
    isAsync: boolean;
    /** Resolved names of what a function's body calls, sorted, without repetitions. */
    calls: string[];
    /** The whole definition, from its first decorator to its last line. */
    extent: Span;
  }
  /** What the body of a definition begins with. */
  export type Opening =
    /** A docstring. */
    | "docstring"
    /** Nothing but `pass` or `...`. */
    | "nothing"
    /** Code. */
    | "code"
  ;
  /** A function, method or class by its outside: far less than a `definition`, for rules that look at many. */
  export interface Outline {
    /** The name in the definition. */
    site: Site;
    /** `function`, `method` or `class`. */
    kind: string;
    /** Its name. */
    name: string;
    /** Resolved names of its decorators, outermost first, without their arguments. */
    decorators: string[];
    /** What its body begins with. */
    opening: Opening;
  }
  /** An exception handler. */
  export interface Handler {
    /** The `except` clause. */
    site: Site;
    /** Resolved names of the exceptions; empty for a bare `except:`. */
    exceptions: string[];
    /** What its body does, sorted: `pass`, `raise`, `return`, `continue`, `break`, `log`, `call`, `assign`, `other`. */
    actions: string[];
  }
  /** An assignment to a name or attribute, a default of a parameter, a class attribute. */
  export interface Assignment {
    /** The target's name. */
    site: Site;
    /** The name as written: `timeout`, `self.timeout`. */
    target: string;
    /** Where it binds: `module`, `class`, `function`, `attribute` or `parameter`. */
    scope: string;
    /** The annotation. */
    annotation: string | null;
    /** The assigned value; none for a bare annotation. */
    value: Value | null;
    /** How often the scope binds this name. */
    bindings: number;
    /** How often the module's functions read this name. */
    reads: number;
  }
  /** A statement that is a fact of its own. */
  export interface Statement {
    /** The statement. */
    site: Site;
    /** `assert`, `test-assert` (an assert in a test), `raise`, `while`, `global`, `delete`, `main-guard` or `exit`. */
    kind: string;
    /** Its expression, where it has one. */
    value: Value | null;
  }
  /** A class that another one is derived from. */
  export interface Ancestor {
    /** Its resolved dotted name, without type arguments. */
    name: string;
    /** Whether the repository defines it. */
    known: boolean;
    /** The fields and methods that its body defines, sorted; empty unless it is known. */
    members: string[];
  }
  /** Where a class comes from. */
  export interface Lineage {
    /** Resolved names of its decorators, outermost first. */
    decorators: string[];
    /** What it is derived from, the nearest first, each once; what lies behind a class that is not known is left out. */
    ancestors: Ancestor[];
  }
  const host: {
    /** Imports whose resolved name matches. */
    imports(names: string[]): Import[];
    /** Calls whose resolved name matches. */
    calls(names: string[]): Call[];
    /** Definitions whose kind is one of `kinds` and whose name matches. */
    definitions(kinds: string[], names: string[]): Definition[];
    /** Outlines of definitions whose kind is one of `kinds` and whose name matches. */
    outlines(kinds: string[], names: string[]): Outline[];
    /** All exception handlers that catch one of these; `bare` stands for `except:`. */
    handlers(exceptions: string[]): Handler[];
    /** Assignments whose target's last part matches. A pattern may be limited to a scope: `module:/^[a-z]/`. */
    assignments(names: string[]): Assignment[];
    /** Statements of these kinds. */
    statements(kinds: string[]): Statement[];
    /** Where classes come from, by dotted names: `module.Class`; none for one that the repository does not define. */
    lineages(classes: string[]): (Lineage | null)[];
  };
  export default host;
}

/**
 * The projects of the repository: folders with a `pyproject.toml` that has a project, `setup.py`, `setup.cfg` or
 * requirements files.
 */
declare module "plimsoll:plugin/project" {
  import type { Place, Role } from "plimsoll:plugin/types";
  /** A kind of project, with the evidence for it. */
  export interface Profile {
    /** `library`, `application`, `api`, `cli`, `containerized`, `database`, … */
    id: string;
    /** What was seen, in words. */
    evidence: string;
    /** Where; none when the manifest says so. */
    place: Place | null;
  }
  /** An import package that a project ships. */
  export interface Package {
    /** Its import name. */
    name: string;
    /** Its folder, or the file of a single-file module. */
    path: string;
    /** The setting that names it, if one does. */
    declared: Place | null;
  }
  /** One project. */
  export interface Project {
    /** Its folder; empty for the repository's root. */
    root: string;
    /** Name of the distribution. */
    name: string | null;
    /** Where it is declared: the `[project]` header, or the start of the file that makes it a project. */
    place: Place;
    /** Import name of the build backend, `hatchling.build` for instance. */
    backend: string | null;
    /** The supported Python versions, as declared. */
    requiresPython: string | null;
    /** Where they are declared. */
    requiresPythonPlace: Place | null;
    /** Folders that are on the import path: `src`, or the project's folder. */
    sourceRoots: string[];
    /** The import packages it ships. */
    packages: Package[];
    /** Dependency managers with evidence here, sorted: `uv`, `poetry`, `pdm`, `pip-tools`, `pipenv`, `conda`, `pip`. */
    managers: string[];
    /** What kinds of project it is. */
    profiles: Profile[];
    /** Whether it has any Python file of role `source`. */
    hasSource: boolean;
  }
  /** A declared dependency. */
  export interface Dependency {
    /** Its normalised name (PEP 503). */
    name: string;
    /** Normalised extras, sorted. */
    extras: string[];
    /** The version specifiers, as written. */
    specifier: string;
    /** The environment marker, as written. */
    marker: string | null;
    /** `runtime`, `optional`, `development`, `build` or `constraint`. */
    kind: string;
    /** Name of the extra or group, or the requirements file. */
    group: string | null;
    /** Where it is declared. */
    place: Place;
  }
  const host: {
    /** The projects of the target: the one it is called for, or all of the repository, sorted by root. */
    projects(): Project[];
    /** The declared dependencies of the target whose normalised name matches one of the patterns, `*` for all. */
    dependencies(names: string[]): Dependency[];
    /** The version of a package in the nearest lock file (uv, Poetry, PDM). */
    locked(name: string): string | null;
    /** How many Python files of role `source` the project of the target with this root has. */
    sourceFiles(root: string): number;
  };
  export default host;
}

/** What automation runs: CI, hooks, task runners, container builds and the scripts they call. */
declare module "plimsoll:plugin/automation" {
  import type { Place, Value } from "plimsoll:plugin/types";
  /** A command, after launchers (`uv run`, `poetry run`, `python -m`, `npx`, `sudo`, `env A=b` …) are taken off. */
  export interface Command {
    /** Where the command is written. */
    place: Place;
    /** Its words with quotes resolved; the first is the program. A word that needs the environment keeps its `$`. */
    words: string[];
    /** What was taken off before the first word, in order. */
    launchers: string[];
    /**
     * What holds it: `github`, `gitlab`, `pre-commit`, `just`, `make`, `nox`, `tox`, `script-table`, `dockerfile`,
     * `compose`, `shell`, `devcontainer`, `package-json`, `procfile`, …
     */
    source: string;
    /** The job, recipe, session or hook it belongs to. */
    unit: string;
    /**
     * Events of the CI runs that reach it, sorted: `push`, `pull_request`, `schedule`, `release`, `manual`, …; empty
     * when no CI run reaches it. GitLab's `merge_request` counts as `pull_request`.
     */
    triggers: string[];
    /** How CI reaches it: `just check` and `uv run nox -s lint`, outermost first. */
    via: string[];
    /** Folder it runs in, relative to the root. */
    folder: string;
    /** Whether its failure is ignored: `|| true`, `continue-on-error`, `-` in make. */
    tolerated: boolean;
    /** The condition that guards it, as written. */
    condition: string | null;
  }
  /** A use of a GitHub action or of a remote reusable workflow. */
  export interface Action {
    /** The `uses` value. */
    place: Place;
    /** `owner/repository` or `owner/repository/path`. */
    name: string;
    /** What stands after `@`. */
    reference: string;
    /** The `with` table; an empty table without one. */
    inputs: Value;
    /** The job it belongs to. */
    job: string;
    /** As in `command`. */
    triggers: string[];
    /** Whether its failure is ignored. */
    tolerated: boolean;
    /** The condition that guards it, as written. */
    condition: string | null;
  }
  /** A hook of `.pre-commit-config.yaml`. */
  export interface Hook {
    /** The hook's `id` value. */
    place: Place;
    /** The hook's id. */
    id: string;
    /** The repository's address, `local` or `meta`. */
    repository: string;
    /** The pinned revision. */
    revision: string;
    /** The hook's own table. */
    value: Value;
    /** The program it runs, with its arguments, where that is known: local hooks and `args`. */
    words: string[];
    /** As in `command`: the CI runs that run this hook. */
    triggers: string[];
  }
  /** A CI pipeline file. */
  export interface Workflow {
    /** Where its jobs begin. */
    place: Place;
    /** `github`, `gitlab`, `azure`, `circleci`, … */
    system: string;
    /** Its name, or the file's. */
    name: string;
    /** Its events, sorted. */
    triggers: string[];
    /** Names of its jobs, in order. */
    jobs: string[];
    /** Where its `on` stands, if it has one. */
    on: Place | null;
  }
  /** Something that CI runs and that can't be looked into. */
  export interface Opaque {
    /** Where it is called. */
    place: Place;
    /** What it is: a remote reusable workflow, a script that is not in the repository. */
    reason: string;
    /** As in `command`. */
    triggers: string[];
  }
  /** A task of a task runner. */
  export interface Task {
    /** Where it is defined. */
    place: Place;
    /** `just`, `make`, `nox`, `tox`, `poe`, `taskipy`, `pdm`, `hatch`, `task`, `invoke`. */
    runner: string;
    /** Its name. */
    name: string;
  }
  const host: {
    /** Commands whose program matches one of the patterns, from everywhere. */
    commands(programs: string[]): Command[];
    /** Uses of actions whose name matches one of the patterns. */
    actions(names: string[]): Action[];
    /** Hooks whose id matches one of the patterns. */
    hooks(ids: string[]): Hook[];
    /** The CI pipelines, sorted by path. */
    workflows(): Workflow[];
    /** What CI runs and no one can look into. */
    opaqueSteps(): Opaque[];
    /** The tasks of all task runners. */
    tasks(): Task[];
  };
  export default host;
}

/** Dockerfiles and compose files. */
declare module "plimsoll:plugin/containers" {
  import type { Place, Value } from "plimsoll:plugin/types";
  /** One instruction of a Dockerfile. */
  export interface Instruction {
    /** The whole instruction. */
    place: Place;
    /** In capitals: `RUN`, `COPY`, `ENV`, … */
    keyword: string;
    /** Its flags as key and value: (`from`, `builder`). */
    flags: ([string, string])[];
    /** Its words: the exec form's items, the shell form's words, or `KEY=value` for ENV, ARG and LABEL. */
    words: string[];
    /** Whether it is in exec form (a JSON array). */
    execForm: boolean;
    /** As written, without the keyword and flags, heredocs included. */
    text: string;
  }
  /** A build stage. */
  export interface Stage {
    /** Its FROM. */
    place: Place;
    /** Its name, if it has one. */
    name: string | null;
    /** The image after substitution of ARG defaults; none when that can't be known. */
    image: string | null;
    /** Index of the stage it is FROM, when it is FROM a stage. */
    parent: number | null;
    /** Whether the stage that is built needs it, through FROM, COPY --from or a mount. */
    needed: boolean;
    /** Its instructions, without its FROM. */
    instructions: Instruction[];
  }
  /** A Dockerfile. */
  export interface Dockerfile {
    /** Its path. */
    path: string;
    /** `image`, `development` (dev container) or `test`. */
    purpose: string;
    /** Whether it makes an image that runs Python. */
    python: boolean;
    /** Index of the stage that is built: the target that CI or compose name, else the last. */
    built: number;
    /** Its stages. */
    stages: Stage[];
    /** Folder of the build context, relative to the root. */
    context: string;
    /** Path of the effective ignore file, if there is one. */
    ignoreFile: string | null;
  }
  /** A compose file. */
  export interface ComposeFile {
    /** Its path. */
    path: string;
    /** `base`, `override`, `test` or `production`, from its name. */
    purpose: string;
    /** Its document, anchors and `extends` within the file resolved. */
    value: Value;
  }
  const host: {
    /** The Dockerfiles of the target, sorted by path. */
    dockerfiles(): Dockerfile[];
    /** The compose files of the target, sorted by path. */
    composeFiles(): ComposeFile[];
    /** For each path, relative to the build context, whether the Dockerfile's effective ignore file leaves it out. */
    ignored(dockerfile: string, paths: string[]): boolean[];
  };
  export default host;
}

/** What the repository's history says. */
declare module "plimsoll:plugin/git" {
  /** A commit. */
  export interface Commit {
    /** Its id in hexadecimal. */
    id: string;
    /** Ids of its parents. */
    parents: string[];
    /** The message's first line. */
    subject: string;
    /** The rest of the message. */
    body: string;
    /** The author's name. */
    author: string;
    /** The author's e-mail address. */
    email: string;
    /** When it was committed, in seconds since 1970. */
    time: number;
  }
  /** What is there to ask. */
  export type History =
    /** The whole history. */
    | "complete"
    /** A shallow clone: only the newest commits. */
    | "shallow"
    /** No repository, an empty one, or a broken one. */
    | "none"
  ;
  const host: {
    /** How much of the history is there, as far as `commits` goes back. */
    available(): History;
    /**
     * The newest commits reachable from HEAD, newest first, at most `limit` and at most 1,000. They are those of the whole
     * history: in a shallow clone there are fewer, never others.
     */
    commits(limit: number): Commit[];
    /** Names of the tags, sorted. */
    tags(): string[];
    /** Names of the local branches, sorted. */
    branches(): string[];
  };
  export default host;
}

/** How a rule says what it found. */
declare module "plimsoll:plugin/report" {
  import type { Place } from "plimsoll:plugin/types";
  /** How sure the evidence is. */
  export type Confidence =
    /** Shown in the source; as strict as the requirement. */
    | "high"
    /** Very likely; warns at most. */
    | "medium"
    /** A guess worth reading; shown only on request. */
    | "low"
  ;
  /** Whether an edit may be applied without a look. */
  export type Applicability =
    /** Keeps the meaning. */
    | "safe"
    /** May change what the program does. */
    | "unsafe"
    /** For reading only. */
    | "display"
  ;
  /** New text for a range. */
  export interface Replacement {
    /** What is replaced. */
    place: Place;
    /** The new text. */
    text: string;
  }
  /** A file and a key path in it. */
  export interface KeyPath {
    /** The document's path. */
    path: string;
    /** The keys, from the root. */
    keys: string[];
  }
  /** One change. The host keeps the formatting and the comments of documents. */
  export type Edit =
    /** Replace a range. */
    | { tag: "replace"; val: Replacement }
    /** Make a file with this content; the tuple is path and content. */
    | { tag: "create-file"; val: [string, string] }
    /** Delete a file. */
    | { tag: "delete-file"; val: string }
    /** Set a key of a document to a value written in the document's language. */
    | { tag: "set-key"; val: [KeyPath, string] }
    /** Remove a key. */
    | { tag: "remove-key"; val: KeyPath }
    /** Append an item to a list. */
    | { tag: "append-item"; val: [KeyPath, string] }
  ;
  /** Changes that belong together. */
  export interface Fix {
    /** How safe they are. */
    applicability: Applicability;
    /** The changes; applied together or not at all. A fix with more than 200 is left out, the finding stays. */
    edits: Edit[];
  }
  /** Another place that explains a finding. */
  export interface Related {
    /** Where. */
    place: Place;
    /** What is there. */
    message: string;
  }
  /** Something that breaks a requirement. */
  export interface Finding {
    /** The requirements it breaks; empty for all of the rule's. */
    requirements: string[];
    /** Where it is broken. For something absent, its nearest owner. */
    place: Place;
    /** What is wrong: a fragment in lower case, code in backticks. */
    message: string;
    /** What to do about it. */
    help: string | null;
    /** How sure the evidence is. */
    confidence: Confidence;
    /** Places that explain it. */
    related: Related[];
    /** How to mend it. */
    fix: Fix | null;
  }
  const host: {
    /** Report a finding. */
    emit(finding: Finding): void;
    /** Say that a requirement does not apply to the target, and why. */
    notApplicable(requirement: string, reason: string): void;
    /** Say that a requirement can't be decided for the target, why, and where one would have to look. */
    unknown(requirement: string, place: Place | null, reason: string): void;
  };
  export default host;
}

/** Messages to the plugin's author. */
declare module "plimsoll:plugin/log" {
  const host: {
    /** Shown with `-v`. */
    debug(message: string): void;
    /** Called once before a trap, with what the language says about it. */
    panic(message: string): void;
  };
  export default host;
}
