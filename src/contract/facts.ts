import * as z from 'zod';

export const Parameter = z.object({
  name: z.string(),
  kind: z.enum(['positional', 'keyword', 'variadic', 'keywords']),
  annotation: z.string().nullable(),
  /**
   * The default as source text; null when the parameter is required. For a declaration (`Input(default=3)`,
   * `Query("x")`), the declared default.
   */
  default: z.string().nullable(),
  /** The default is such a declaration, so the caller of the function has to pass a value. */
  isDeclared: z.literal(true).optional(),
});
export type Parameter = z.infer<typeof Parameter>;

/** A module-level function or class that can be called, or a module-level object that may be callable. */
export const EntryPoint = z.object({
  /** Path of the file, relative to the repository, with `/`. */
  file: z.string(),
  /** Dotted module name, relative to `root`. */
  module: z.string(),
  /** Import root, relative to the repository: `.`, `src`. */
  root: z.string(),
  /** Import roots of the module and its imports: `root` first, the repository last. `root` and `.` when absent. */
  paths: z.array(z.string()).optional(),
  /** The file's name is not importable (`01-predict.py`), so it is loaded by path, as `module`. */
  byFile: z.literal(true).optional(),
  /**
   * Package of the module's relative imports, if the name of the package's directory is not importable: the repository
   * itself (`.`), or `my-model`. `module` is relative to that directory.
   */
  package: z.object({ name: z.string(), directory: z.string() }).optional(),
  /** `predict`, or `Model` for a class. */
  callable: z.string(),
  kind: z.enum(['function', 'class', 'object']),
  isAsync: z.boolean(),
  isGenerator: z.boolean(),
  /** Parameters of the function, or of the class's `predict`/`run`/`__call__`, without `self`. */
  parameters: z.array(Parameter),
  /** Names of the class's methods; empty for a function. */
  methods: z.array(z.string()),
  /** Parameters of each of these methods, without `self`; absent for a function. */
  signatures: z.record(z.string(), z.array(Parameter)).optional(),
  /** Definition of each of these methods; absent for a function, and in facts of earlier versions. */
  methodKinds: z
    .record(
      z.string(),
      z.object({
        isAsync: z.boolean(),
        isGenerator: z.boolean(),
        /** Set for a method that needs no instance. */
        binding: z.enum(['class', 'static']).optional(),
      }),
    )
    .optional(),
  /** Decorators that may change the signature, as written; absent when there are none. */
  decorators: z.array(z.string()).optional(),
  /** Class of an object, if the class is in the repository and can be found by static reading. */
  instanceOf: z.string().optional(),
  /** Base classes as written: `BasePredictor`, `nn.Module`. */
  bases: z.array(z.string()),
  /** The class cannot be instantiated: it is a `Protocol` or has abstract methods. */
  isAbstract: z.literal(true).optional(),
  /** Required parameters of the constructor; empty for a function. */
  constructorParameters: z.array(Parameter),
  docstring: z.string().nullable(),
  line: z.number().int(),
});
export type EntryPoint = z.infer<typeof EntryPoint>;

/** A documented call with literal arguments: a doctest, a README example, or code under `if __name__ == "__main__"`. */
export const DocumentedCall = z.object({
  file: z.string(),
  line: z.number().int(),
  callable: z.string(),
  /** Keyword arguments by name. Positional arguments are included if the signature is known. */
  input: z.record(z.string(), z.unknown()).nullable(),
  positional: z.array(z.unknown()),
  /** Expected output as a literal, if it is documented. */
  output: z.unknown().optional(),
  /** Expected output of a doctest as written, even if `output` holds it as a literal; absent for other calls. */
  outputText: z.string().optional(),
  /** Doctest option flags of the call, without their sign: `ELLIPSIS`, `SKIP`. Absent when none is set. */
  options: z.array(z.string()).optional(),
  /** The arguments are placeholders (`"path/to/image.png"`, a URL) and no output is stated, so it is no example. */
  isPlaceholder: z.literal(true).optional(),
  origin: z.enum(['doctest', 'main', 'readme']),
});
export type DocumentedCall = z.infer<typeof DocumentedCall>;

/** A container image that the code describes, with its Python version and packages. */
export const CodeImage = z.object({
  file: z.string(),
  line: z.number().int(),
  framework: z.enum(['bentoml', 'modal']),
  python: z.string().nullable(),
  packages: z.array(z.string()),
  /** Requirement files, as the code names them. */
  requirements: z.array(z.string()),
  /** pyproject.toml files, as the code names them. */
  projects: z.array(z.string()),
  /** pip options that specify where packages come from. */
  options: z.array(z.string()),
});
export type CodeImage = z.infer<typeof CodeImage>;

/** Facts about a repository, found by reading it and never by running it. */
export const Facts = z.object({
  /** Bytes and files after ignore rules. */
  size: z.object({ files: z.number().int(), bytes: z.number().int() }),
  /** Language name (`python`, `javascript`, …) → number of files. */
  languages: z.record(z.string(), z.number().int()),
  /** `problem`: reason why a manifest could not be read. */
  manifests: z.array(z.object({ file: z.string(), kind: z.string(), problem: z.string().optional() })),
  /** Name normalized by PEP 503, and the specifier as written. */
  dependencies: z.array(z.object({ name: z.string(), specifier: z.string(), from: z.string() })),
  /** Required Python version as written, and the file that states it. */
  python: z.object({ specifier: z.string(), from: z.string() }).nullable(),
  /** Every Python version that a manifest requires. `python` is the first one. */
  pythons: z.array(z.object({ specifier: z.string(), from: z.string() })).default([]),
  entryPoints: z.array(EntryPoint),
  documentedCalls: z.array(DocumentedCall),
  frameworks: z.array(z.object({ name: z.string(), evidence: z.string() })),
  /** Model files, hub identifiers, and libraries that load models. */
  models: z.array(z.string()),
  /** Signs that the code uses a GPU. */
  gpu: z.array(z.string()),
  syntaxErrors: z.array(z.object({ file: z.string(), line: z.number().int(), message: z.string(), text: z.string() })),
  /** First-party imports: each file → the repository files that it imports. */
  imports: z.record(z.string(), z.array(z.string())),
  /** Images that the code describes for BentoML or Modal. */
  images: z.array(CodeImage).default([]),
  /** Parsed cog.yaml; null when there is none. */
  cog: z.record(z.string(), z.unknown()).nullable(),
  /** TCP ports that the Dockerfile exposes. */
  exposes: z.array(z.number().int()),
  /** First lines of the README. */
  readme: z.string().nullable(),
  /** Complete sentences about parts that could not be read and are missing from the facts. */
  notes: z.array(z.string()).default([]),
  /** All facts as short names for rules: `language:python`, `entry:predict`, `framework:langgraph`, `gpu`. */
  tags: z.array(z.string()),
});
export type Facts = z.infer<typeof Facts>;
