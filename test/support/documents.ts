import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/home/package-root.js';
import { eventually } from '../end-to-end/run-json.js';
import { temporaryDirectory } from './temporary-directories.js';

/** A fenced block of a document: its language, the word after that, and its lines. */
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

/** A directory where someone uses Berth: it is installed there, and the examples and a file of inputs lie beside it. */
export function createUserDirectory(): string {
  const directory = join(temporaryDirectory('berth-user-'), 'work');
  mkdirSync(join(directory, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(packageRoot, join(directory, 'node_modules', 'berth'));
  symlinkSync('../berth/dist/client.js', join(directory, 'node_modules', '.bin', 'berth'));
  cpSync(join(packageRoot, 'examples'), join(directory, 'examples'), { recursive: true });
  writeFileSync(join(directory, 'reviews.jsonl'), '{"text": "a joy"}\n{"text": "a dull film"}\n');
  return directory;
}

/** A shell in a user's directory, on a machine where npx has never seen Berth. */
export class UserShell {
  private readonly env: Record<string, string | undefined>;

  constructor(
    home: string,
    readonly cwd: string = createUserDirectory(),
  ) {
    const npm_config_cache = temporaryDirectory('berth-npm-');
    this.env = { BERTH_HOME: home, NODE_OPTIONS: undefined, NO_COLOR: '1', npm_config_cache };
  }

  /** Types a line and waits for its end. */
  async type(line: string, env: Record<string, string> = {}): Promise<TypedResult> {
    const options = { shell: '/bin/bash', cwd: this.cwd, env: { ...this.env, ...env }, reject: false } as const;
    const { exitCode, stdout, stderr } = await execa(line, options);
    return { exitCode, stdout, stderr };
  }

  /** Types a line that does not end by itself. `interrupt` is Ctrl-C, which reaches everything in the foreground. */
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
        process.kill(-(child.pid as number), 'SIGINT'); // it has one: it has said something
        const { exitCode, signal } = await child;
        return signal === 'SIGINT' ? 130 : exitCode; // npx dies of the signal; a shell calls that 130
      },
    };
  }
}
