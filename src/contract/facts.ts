import * as z from 'zod';

export const Parameter = z.object({
  name: z.string(),
  kind: z.enum(['positional', 'keyword', 'variadic', 'keywords']),
  annotation: z.string().nullable(),
  /**
   * The default as source text; null when the parameter is required. Of a declaration (`Input(default=3)`, `Query("x")`)
   * it is the default that it declares.
   */
  default: z.string().nullable(),
  /** Such a declaration stands where the default would: who calls the function has to give it a value. */
  isDeclared: z.literal(true).optional(),
});
export type Parameter = z.infer<typeof Parameter>;

/** A module-level function or class that could be called, or an object that the module makes and that may be callable. */
export const EntryPoint = z.object({
  /** Path of the file, relative to the repository, with `/`. */
  file: z.string(),
  /** Dotted module name from the import root, and that root relative to the repository (`.`, `src`). */
  module: z.string(),
  root: z.string(),
  /** Import roots of the module and of what it imports: `root` first, the repository last. Absent: `root` and `.`. */
  paths: z.array(z.string()).optional(),
  /** The file has no name to import it by (`01-predict.py`): it is loaded by file, as `module`. */
  byFile: z.literal(true).optional(),
  /**
   * The package that the module imports from by leading dots, where the directory of that package has no name to import
   * it by: the repository itself (`.`), or `my-model`. `module` is named from that directory.
   */
  package: z.object({ name: z.string(), directory: z.string() }).optional(),
  /** `predict`, or `Model` for a class. */
  callable: z.string(),
  kind: z.enum(['function', 'class', 'object']),
  isAsync: z.boolean(),
  isGenerator: z.boolean(),
  /** Of the function, or of the class's `predict`/`run`/`__call__`, without `self`. */
  parameters: z.array(Parameter),
  /** Names of the class's methods; empty for a function. */
  methods: z.array(z.string()),
  /** Parameters of each of these methods, without `self`; absent for a function. */
  signatures: z.record(z.string(), z.array(Parameter)).optional(),
  /** How each of them is defined; absent for a function, and in facts of earlier versions. */
  methodKinds: z
    .record(
      z.string(),
      z.object({
        isAsync: z.boolean(),
        isGenerator: z.boolean(),
        /** Of a method that needs no instance. */
        binding: z.enum(['class', 'static']).optional(),
      }),
    )
    .optional(),
  /** Decorators that may change the signature, as written; absent where there are none. */
  decorators: z.array(z.string()).optional(),
  /** Of an object: the class of the repository that it is an instance of, as far as reading sees. */
  instanceOf: z.string().optional(),
  /** Base classes as written: `BasePredictor`, `nn.Module`. */
  bases: z.array(z.string()),
  /** A class that nobody can build: a `Protocol`, or one with abstract methods of its own. */
  isAbstract: z.literal(true).optional(),
  /** Names of required constructor arguments; empty for a function. */
  constructorParameters: z.array(Parameter),
  docstring: z.string().nullable(),
  line: z.number().int(),
});
export type EntryPoint = z.infer<typeof EntryPoint>;

/** A call found in the code with literal arguments: a doctest, or under `if __name__ == "__main__"`. */
export const DocumentedCall = z.object({
  file: z.string(),
  line: z.number().int(),
  callable: z.string(),
  /** Keyword arguments by name, positional ones mapped by the signature where it is known. */
  input: z.record(z.string(), z.unknown()).nullable(),
  positional: z.array(z.unknown()),
  /** The literal that must come back, where it is documented. */
  output: z.unknown().optional(),
  /** The expected output of a doctest as written, also where `output` holds it as a literal; absent elsewhere. */
  outputText: z.string().optional(),
  /** The doctest option flags of the call, without their sign: `ELLIPSIS`, `SKIP`. Absent where none is set. */
  options: z.array(z.string()).optional(),
  /** Arguments stand for the reader's own (`"path/to/image.png"`, a URL) and no output is stated: not a contract. */
  isPlaceholder: z.literal(true).optional(),
  origin: z.enum(['doctest', 'main', 'readme']),
});
export type DocumentedCall = z.infer<typeof DocumentedCall>;

/** An image that the code itself describes, with what it says of Python and its packages. */
export const CodeImage = z.object({
  file: z.string(),
  line: z.number().int(),
  framework: z.enum(['bentoml', 'modal']),
  python: z.string().nullable(),
  packages: z.array(z.string()),
  /** Requirement files and pyproject.toml files, as the code names them. */
  requirements: z.array(z.string()),
  projects: z.array(z.string()),
  /** Options of pip’s: where packages come from. */
  options: z.array(z.string()),
});
export type CodeImage = z.infer<typeof CodeImage>;

/** What a repository is, from reading it, never from running it. */
export const Facts = z.object({
  /** Bytes and files after ignore rules. */
  size: z.object({ files: z.number().int(), bytes: z.number().int() }),
  /** Language name (`python`, `javascript`, …) → number of files. */
  languages: z.record(z.string(), z.number().int()),
  /** `problem`: why one could not be read, for whoever needs what it says. */
  manifests: z.array(z.object({ file: z.string(), kind: z.string(), problem: z.string().optional() })),
  /** Normalized name (PEP 503) and the specifier as written. */
  dependencies: z.array(z.object({ name: z.string(), specifier: z.string(), from: z.string() })),
  /** Python version asked for, as written, and where. */
  python: z.object({ specifier: z.string(), from: z.string() }).nullable(),
  /** Every Python version that a manifest asks for, the first of them in `python`. */
  pythons: z.array(z.object({ specifier: z.string(), from: z.string() })).default([]),
  entryPoints: z.array(EntryPoint),
  documentedCalls: z.array(DocumentedCall),
  frameworks: z.array(z.object({ name: z.string(), evidence: z.string() })),
  /** Model files, hub identifiers, libraries that load models. */
  models: z.array(z.string()),
  /** Why a GPU seems to be used; empty when nothing says so. */
  gpu: z.array(z.string()),
  syntaxErrors: z.array(z.object({ file: z.string(), line: z.number().int(), message: z.string(), text: z.string() })),
  /** First-party imports: file → files of the repository that it imports. */
  imports: z.record(z.string(), z.array(z.string())),
  /** Images that the code describes for BentoML or Modal. */
  images: z.array(CodeImage).default([]),
  /** The parsed cog.yaml, where there is one. */
  cog: z.record(z.string(), z.unknown()).nullable(),
  /** TCP ports that the Dockerfile exposes. */
  exposes: z.array(z.number().int()),
  /** First lines of the README. */
  readme: z.string().nullable(),
  /** What could not be read, in whole sentences: the facts lack what it says. */
  notes: z.array(z.string()).default([]),
  /** Everything above as short names for rules: `language:python`, `entry:predict`, `framework:langgraph`, `gpu`. */
  tags: z.array(z.string()),
});
export type Facts = z.infer<typeof Facts>;
