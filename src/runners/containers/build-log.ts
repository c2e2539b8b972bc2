import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { BerthError } from '../../errors.js';
import type { BuildRequest } from './build-image.js';

/** Lines of a build that an error shows. */
const shown = 40;

interface BuildEvent {
  stream?: string;
  status?: string;
  error?: string;
  errorDetail?: { message?: string };
}

/** dockerode's own, with BuildKit's messages decoded; its types do not have it yet. */
interface Following {
  followProgress(
    stream: Readable,
    onFinished: (error: Error | null) => void,
    onProgress: (event: BuildEvent) => void,
  ): void;
}

/** What a build says: all of it in the log, its steps to the person who waits, its end as evidence. */
export class BuildLog {
  readonly #request: Pick<BuildRequest, 'logFile' | 'onProgress' | 'name'>;
  readonly #last: string[] = [];
  #writing: Promise<void>;

  constructor(request: Pick<BuildRequest, 'logFile' | 'onProgress' | 'name'>) {
    this.#request = request;
    this.#writing = mkdir(dirname(request.logFile), { recursive: true }).then(() => undefined);
  }

  /** A line of ours. */
  async say(line: string): Promise<void> {
    this.#request.onProgress?.(line);
    this.#write(`berth: ${line}`);
    await this.#writing;
  }

  /** Resolves when the build has succeeded; throws what it says of its failure. */
  async follow(engine: Docker, stream: Readable): Promise<void> {
    let failure: string | undefined;
    await new Promise<void>((resolve, reject) => {
      const finish = (error: Error | null) => (error ? reject(error) : resolve());
      (engine as unknown as Following).followProgress(stream, finish, (event) => {
        failure ??= event.errorDetail?.message ?? event.error;
        this.#take(event.stream ?? event.status ?? '');
      });
    });
    await this.#writing;
    if (failure !== undefined) throw new Error(failure);
  }

  /** BUILD_FAILED in place of what the engine says. */
  async explain(error: unknown): Promise<unknown> {
    await this.#writing.catch(() => undefined);
    if (error instanceof BerthError) return error;
    const message = error instanceof Error ? error.message : String(error);
    const name = this.#request.name.replace(/^berth\/(.*):.*$/, '$1');
    const evidence = [...this.#last, message].join('\n');
    return new BerthError('BUILD_FAILED', `the image could not be built: ${message}`, { name, evidence });
  }

  #take(text: string): void {
    for (const line of text.split(/\r?\n/).filter((part) => part.trim() !== '')) {
      const plain = line.replace(/^\[sha256:\w+\] /, '');
      const step = /^(?:\[[^\]]*?(\d+\/\d+)\]|Step (\d+\/\d+) :) (.*)/.exec(plain);
      if (step !== null) this.#request.onProgress?.(`building ${step[1] ?? step[2]}: ${shorten(step[3] ?? '')}`);
      this.#write(`build: ${plain}`);
      this.#last.push(plain);
      if (this.#last.length > shown) this.#last.shift();
    }
  }

  #write(line: string): void {
    this.#writing = this.#writing.then(() => appendFile(this.#request.logFile, `${line}\n`, { mode: 0o600 }));
  }
}

/** A step without the mounts that every one of ours begins with. */
const shorten = (step: string): string => step.replaceAll(/--mount=\S+\s*/g, '').slice(0, 100);
