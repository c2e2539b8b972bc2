import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { packageRoot } from '../../src/home/package-root.js';
import { writeTree } from '../support/temporary-directories.js';

export interface CogRequest {
  /** Content of `predict.py`. */
  source: string;
  /** Further files of the repository. */
  files?: Record<string, string>;
  callable?: string;
  inputs: unknown[];
  /** Sends the inputs concurrently, each from a thread, instead of sequentially. */
  together?: boolean;
  environment?: Record<string, string>;
  /** Command that runs Python; default: python3. */
  python?: string[];
}

export interface CogReply {
  replies: { output?: unknown; error?: string; type?: string }[];
  isAsync: boolean;
  stderr: string;
  /** Files that the process left in its temporary directory. */
  left: string[];
}

/** Builds a repository, loads its predictor in a real Python and calls it like the host process. */
export async function callCog(request: CogRequest): Promise<CogReply> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-cog-'));
  const solution = writeTree(join(directory, 'code'), { 'predict.py': request.source, ...request.files });
  const scratch = join(directory, 'scratch');
  mkdirSync(scratch);
  const [command = '', ...prefix] = request.python ?? ['python3'];
  const { inputs, callable = 'Predictor', together = false } = request;
  try {
    const { stdout, stderr } = await execa(command, [...prefix, '-c', driver, packageRoot, solution], {
      cwd: solution,
      env: { PYTHONDONTWRITEBYTECODE: '1', TMPDIR: scratch, ...request.environment },
      input: JSON.stringify({ inputs, callable, together }),
    });
    const last = JSON.parse(stdout.split('\n').at(-1) ?? '') as Omit<CogReply, 'stderr' | 'left'>;
    return { ...last, stderr, left: readdirSync(scratch) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Returns the commands of the Pythons on the PATH that are new enough. */
export const installedPythons = (): string[] =>
  ['python3', ...[8, 9, 10, 11, 12, 13, 14].map((minor) => `python3.${minor}`)].filter(
    (command) => !execaSync(command, ['--version'], { reject: false }).failed,
  );

export const outputs = (reply: CogReply): unknown[] => reply.replies.map((one) => one.output ?? one.error);

export const dataUri = (text: string, kind = 'text/plain'): string =>
  `data:${kind};base64,${Buffer.from(text).toString('base64')}`;

const driver = `
import importlib, inspect, json, sys
from concurrent.futures import ThreadPoolExecutor
root, solution = sys.argv[1:]
sys.path[:0] = [solution, root + "/hosts/python"]
from berth_host.cog_predictor import CogPredictor
from berth_host.event_loop import submit
request = json.load(sys.stdin)
predictor = CogPredictor(lambda: importlib.import_module("predict"), request["callable"])
ready = predictor.setup()
if inspect.isawaitable(ready):
    submit(ready).result()
def call(inputs):
    try:
        if predictor.is_async:
            return {"output": submit(predictor.call_async(inputs)).result()}
        return {"output": predictor.call(inputs)}
    except Exception as error:
        return {"error": getattr(error, "message", str(error)), "type": type(error).__name__}
if request["together"]:
    replies = list(ThreadPoolExecutor(8).map(call, request["inputs"]))
else:
    replies = list(map(call, request["inputs"]))
print(json.dumps({"replies": replies, "isAsync": predictor.is_async}))
`;
