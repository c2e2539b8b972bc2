import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A log of an agent's events, which commands follow while the agent works. */
export class AgentLog {
  private written: Promise<void>;

  constructor(private readonly file: string) {
    this.written = mkdir(dirname(file), { recursive: true }).then(() => undefined);
  }

  append(line: Record<string, unknown>): void {
    this.written = this.written.then(() => appendFile(this.file, `${JSON.stringify(line)}\n`, { mode: 0o600 }));
    // A log that cannot be written must not interrupt a round that costs money; `flush` throws at its end.
    this.written.catch(() => undefined);
  }

  /** Resolves when the last line is written. */
  async flush(): Promise<void> {
    await this.written;
  }
}
