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
}

export interface ContainerInput {
  payload: Buffer;
  format: number;
  method: string;
}

export interface ContainerResult {
  status: number;
  exception: string;
  data: Buffer;
}

export interface Printed {
  data: string;
  /** 1 standard output, 2 standard error. */
  descriptor: number;
}

export const internalFailure = 6;
export const terminated = 3;

/** One Python process that runs the uploaded code, one input at a time. */
export class Container {
  isBusy = false;
  isGone = false;
  private readonly root: string;
  private readonly child: ChildProcess;
  private readonly answers: Readable;
  private onPrinted: (printed: Printed) => void = () => undefined;
  private ending = '';

  constructor({ python, directory, module, functionName, files, env }: Software) {
    this.root = mkdtempSync(join(directory, 'container-'));
    for (const [path, content] of files) {
      const file = join(this.root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const code = join(this.root, 'root');
    mkdirSync(code, { recursive: true });
    const own = { PATH: process.env.PATH ?? '', HOME: this.root, PYTHONUNBUFFERED: '1', PYTHONPATH: code };
    this.child = spawn(python, [program, module, functionName], {
      cwd: code,
      env: { ...own, ...this.place(env), MODAL_IS_REMOTE: '1' },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
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

  async run({ payload, format, method }: ContainerInput, print: (printed: Printed) => void): Promise<ContainerResult> {
    this.isBusy = true;
    this.onPrinted = print;
    const [input, output] = ['payload', 'result'].map((name) => join(this.root, name)) as [string, string];
    writeFileSync(input, payload);
    const answer = await this.ask({ payload: input, result: output, format, method });
    this.isBusy = false;
    if (answer === undefined)
      return { status: internalFailure, exception: `the container ended (${this.ending})`, data: Buffer.alloc(0) };
    const data = answer.status === 1 ? readFileSync(output) : Buffer.alloc(0);
    return { ...answer, data };
  }

  kill(): void {
    this.isGone = true;
    this.child.kill('SIGKILL');
  }

  private ask(request: object): Promise<Omit<ContainerResult, 'data'> | undefined> {
    return new Promise((resolve) => {
      const lines = createInterface({ input: this.answers });
      const end = () => resolve(undefined);
      this.child.once('exit', end);
      lines.once('line', (line) => {
        this.child.off('exit', end);
        lines.close();
        setImmediate(() => resolve(JSON.parse(line))); // what was printed comes first
      });
      if (this.isGone) end();
      this.child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }

  private place(env: Record<string, string>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace(/^\/root\//, `${this.root}/root/`)]),
    );
  }

  /** Where the code lies here is nobody's business: in a container it is /root. */
  private listen(stream: Readable | null, descriptor: number): void {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) =>
      this.onPrinted({ data: text.replaceAll(join(this.root, 'root'), '/root'), descriptor }),
    );
  }
}
