import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/home/package-root.js';
import { eventually } from '../end-to-end/run-json.js';
import { temporaryDirectory } from './temporary-directories.js';

/** Fenced block of a document: its language, the next word, and its lines. */
export interface Block {
  language: string;
  kind: string;
  code: string;
}

export interface TypedResult {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

export const readDocument = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

export const readBlocks = (text: string): Block[] =>
  [...text.matchAll(/^```(\w*) ?(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', kind = '', code = '']) => ({
    language,
    kind,
    code,
  }));

export const readCommands = ({ code }: Block): string[] => code.split('\n').filter((line) => line !== '');

/** Creates a user's directory: with Berth installed, the examples, and a file of inputs. */
export function createUserDirectory(): string {
  const directory = join(temporaryDirectory('berth-user-'), 'work');
  mkdirSync(join(directory, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(packageRoot, join(directory, 'node_modules', 'berth'));
  symlinkSync('../berth/dist/client.js', join(directory, 'node_modules', '.bin', 'berth'));
  cpSync(join(packageRoot, 'examples'), join(directory, 'examples'), { recursive: true });
  writeFileSync(join(directory, 'reviews.jsonl'), '{"text": "a joy"}\n{"text": "a dull film"}\n');
  return directory;
}

/** Shell in a user's directory, on a machine where npx has not cached Berth. */
export class UserShell {
  private readonly env: Record<string, string | undefined>;

  constructor(
    home: string,
    readonly cwd: string = createUserDirectory(),
  ) {
    const npm_config_cache = temporaryDirectory('berth-npm-');
    this.env = { BERTH_HOME: home, NODE_OPTIONS: undefined, NO_COLOR: '1', npm_config_cache };
  }

  /** Runs a line and waits for its end. */
  async type(line: string, env: Record<string, string> = {}): Promise<TypedResult> {
    const options = { shell: '/bin/bash', cwd: this.cwd, env: { ...this.env, ...env }, reject: false } as const;
    const { exitCode, stdout, stderr } = await execa(line, options);
    return { exitCode, stdout, stderr };
  }

  /** Runs a line that does not end by itself. `interrupt` sends Ctrl-C to the foreground process group. */
  async begin(line: string): Promise<{ interrupt(): Promise<number | undefined> }> {
    const options = { shell: '/bin/bash', cwd: this.cwd, env: this.env, reject: false, detached: true } as const;
    const child = execa(line, { ...options, buffer: false, all: true });
    let output = '';
    child.all.on('data', (chunk) => {
      output += chunk;
    });
    await eventually(`${line} says something`, () => output !== '');
    return {
      interrupt: async () => {
        process.kill(-(child.pid as number), 'SIGINT'); // it has a pid because it has printed something
        const { exitCode, signal } = await child;
        return signal === 'SIGINT' ? 130 : exitCode; // npx is killed by the signal, for which a shell returns 130
      },
    };
  }
}
