import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('container.py', import.meta.url));

export interface Software {
  python: string;
  directory: string;
  module: string;
  functionName: string;
  /** Absolute path in the container → content. */
  files: Map<string, Buffer>;
  env: Record<string, string>;
  /** Constructor arguments of a class, as Modal's SDK serializes them. */
  parameters: Buffer;
}

export interface ContainerInput {
  payload: Buffer;
  format: number;
  method: string;
  generator: boolean;
  /** Type of the web endpoint; null for calls through the SDK. */
  web: unknown;
}

export interface ContainerResult {
  status: number;
  exception: string;
  data: Buffer;
  /** Values that a generator yielded. */
  items: Buffer[];
}

export interface Printed {
  data: string;
  /** 1 standard output, 2 standard error. */
  descriptor: number;
}

export const internalFailure = 6;
export const terminated = 3;

/** Python process that runs the uploaded code, one input at a time. */
export class Container {
  isBusy = false;
  isGone = false;
  private readonly root: string;
  private readonly child: ChildProcess;
  private readonly answers: Readable;
  private onPrinted: (printed: Printed) => void = () => undefined;
  private ending = '';

  constructor({ python, directory, module, functionName, files, env, parameters }: Software) {
    this.root = mkdtempSync(join(directory, 'container-'));
    for (const [path, content] of files) {
      const file = join(this.root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const code = join(this.root, 'root');
    mkdirSync(code, { recursive: true });
    const own = { PATH: process.env.PATH ?? '', HOME: this.root, PYTHONUNBUFFERED: '1', PYTHONPATH: code };
    writeFileSync(join(this.root, 'parameters'), parameters);
    this.child = spawn(python, [program, module, functionName, join(this.root, 'parameters')], {
      cwd: code,
      env: { ...own, ...this.relocate(env), MODAL_IS_REMOTE: '1' },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true, // its descendants end with it
    });
    this.answers = this.child.stdio[3] as Readable; // 'pipe', and the child writes
    this.listen(this.child.stdout, 1);
    this.listen(this.child.stderr, 2);
    this.child.stdin?.on('error', () => undefined);
    this.child.once('exit', (code, signal) => {
      this.isGone = true;
      this.ending = signal ?? `code ${code}`;
      rmSync(this.root, { recursive: true, force: true });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  async run({ payload, ...input }: ContainerInput, print: (printed: Printed) => void): Promise<ContainerResult> {
    this.isBusy = true;
    this.onPrinted = print;
    const [written, result] = ['payload', 'result'].map((name) => join(this.root, name)) as [string, string];
    writeFileSync(written, payload);
    const answer = await this.ask({ ...input, payload: written, result });
    this.isBusy = false;
    const data = Buffer.alloc(0);
    if (answer === undefined)
      return { status: internalFailure, exception: `the container ended (${this.ending})`, data, items: [] };
    const { status, exception, chunks } = answer;
    const items = Array.from({ length: chunks }, (_, index) => readFileSync(`${result}.${index}`));
    return { status, exception, data: status === 1 ? readFileSync(result) : data, items };
  }

  kill(): void {
    this.isGone = true;
    try {
      process.kill(-(this.child.pid ?? Number.NaN), 'SIGKILL');
    } catch {
      // the process has ended
    }
  }

  private ask(request: object): Promise<{ status: number; exception: string; chunks: number } | undefined> {
    return new Promise((resolve) => {
      const lines = createInterface({ input: this.answers });
      const end = () => resolve(undefined);
      this.child.once('exit', end);
      lines.once('line', (line) => {
        this.child.off('exit', end);
        lines.close();
        setImmediate(() => resolve(JSON.parse(line))); // printed output comes first
      });
      if (this.isGone) end();
      this.child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** Moves paths below /root into the directory of this container. */
  private relocate(env: Record<string, string>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace(/^\/root\//, `${this.root}/root/`)]),
    );
  }

  /** Replaces the local path of the code with /root, as in a container. */
  private listen(stream: Readable | null, descriptor: number): void {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) =>
      this.onPrinted({ data: text.replaceAll(join(this.root, 'root'), '/root'), descriptor }),
    );
  }
}
