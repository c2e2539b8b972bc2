import type { Facts } from '../contract/facts.js';
import { type ChosenInterpreter, runCommand } from '../environments/index.js';
import { BerthError } from '../errors.js';
import { buildSoftwareEnvironment } from '../runners/build-software-environment.js';

export interface SyntaxCheck {
  code: string;
  facts: Facts;
  /** The entry module's file, relative to the revision. */
  file: string;
  interpreter: ChosenInterpreter;
  signal?: AbortSignal | undefined;
}

interface SyntaxProblem {
  file: string;
  line: number | null;
  message: string;
  /** Output of Python, with the caret. */
  text: string;
}

/** Compiles files without running or writing anything, and prints the errors as JSON. */
const syntaxCheckScript = `
import json, sys, traceback, warnings
warnings.simplefilter("ignore")
problems = []
for file in sys.argv[1:]:
    try:
        with open(file, "rb") as source:
            compile(source.read(), file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        text = "".join(traceback.format_exception_only(type(error), error))
        problems.append({"file": file, "line": getattr(error, "lineno", None), "message": str(getattr(error, "msg", error)), "text": text})
print(json.dumps(problems))
`;

/**
 * Compiles the entry module and the repository's modules that it imports, directly or indirectly, with the interpreter
 * that will run them. Returns the number of files. Errors in other files are notes, not failures.
 *
 * @throws PYTHON_SYNTAX, or START_FAILED when the interpreter cannot run the check
 */
export async function checkSyntax({ code, facts, file, interpreter, signal }: SyntaxCheck): Promise<number> {
  const files = listReachableFiles(facts, file);
  const argv: [string, ...string[]] = [interpreter.path, '-I', '-B', '-c', syntaxCheckScript, ...files];
  const { stdout, output, exitCode } = await runCommand({
    argv,
    cwd: code,
    env: buildSoftwareEnvironment(interpreter.path),
    signal,
  });
  if (exitCode !== 0)
    throw new BerthError('START_FAILED', `Python ${interpreter.version} could not check the syntax`, {
      evidence: output,
    });
  const problems: SyntaxProblem[] = JSON.parse(stdout);
  const [first] = problems;
  if (first === undefined) return files.length;
  const location = first.line === null ? first.file : `${first.file}, line ${first.line}`;
  throw new BerthError('PYTHON_SYNTAX', `${location}: ${first.message} (Python ${interpreter.version})`, {
    file: first.file,
    evidence: problems.map(({ text }) => text.trimEnd()).join('\n'),
  });
}

/** Describes syntax errors in files that the deployed code does not import, as sentences. */
export function describeUnreachedErrors(facts: Facts, file: string | null): string[] {
  const reached = new Set(file === null ? [] : listReachableFiles(facts, file));
  return facts.syntaxErrors
    .filter((error) => !reached.has(error.file))
    .map(
      (error) =>
        `${error.file} has a syntax error on line ${error.line} (${error.message}); the deployed code does not import it.`,
    );
}

/** Lists the file and the repository's files that it imports, directly or indirectly. */
function listReachableFiles(facts: Facts, file: string): string[] {
  const reached = new Set([file]);
  for (const next of reached) for (const imported of facts.imports[next] ?? []) reached.add(imported);
  return [...reached];
}
