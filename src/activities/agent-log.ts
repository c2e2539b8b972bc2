import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * What an agent does, appended as it does it: followed by whoever waits for the deployment, and kept. Lines are written
 * one after the other; `flush` resolves when the last is there.
 */
export class AgentLog {
  private written: Promise<void>;

  constructor(private readonly file: string) {
    this.written = mkdir(dirname(file), { recursive: true }).then(() => undefined);
  }

  append(line: Record<string, unknown>): void {
    this.written = this.written.then(() => appendFile(this.file, `${JSON.stringify(line)}\n`, { mode: 0o600 }));
    // A log that cannot be written must not end a round that is paid for; `flush` says so at its end.
    this.written.catch(() => undefined);
  }

  async flush(): Promise<void> {
    await this.written;
  }
}
