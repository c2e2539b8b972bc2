import {
  type Answer,
  BerthError,
  type CallOptions,
  callJson,
  createErrorAnswer,
  type Handle,
  type Health,
  type LogOptions,
  type Runner,
  type RunPlan,
  readLog,
  ServerProcess,
  type ServerRecord,
  type StartOptions,
} from 'berth/strategy';

/** The handle of a Procfile's server: another process finds the server by it. */
interface ProcfileHandle extends Handle {
  server: ServerRecord;
}

/** Seconds that running calls get when the software is stopped. */
const grace = 10;

/** Runs the command of a Procfile's `web:` line. A call is a POST to the server. */
export class ProcfileRunner implements Runner {
  private readonly plan: RunPlan;
  private readonly server: ServerProcess;
  private endpoint = '';

  constructor(plan: RunPlan) {
    this.plan = plan;
    this.server = new ServerProcess(plan, {
      command: (port) => ({
        argv: ['sh', '-c', readText(plan, 'command')],
        env: { HOST: '127.0.0.1', PORT: String(port) },
      }),
    });
  }

  async start(options: StartOptions): Promise<Handle> {
    const server = await this.server.start(options);
    const endpoint = server.url + readText(this.plan, 'path');
    const handle: ProcfileHandle = { plan: this.plan, endpoint, startedAt: new Date().toISOString(), server };
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    const { server, endpoint } = handle as ProcfileHandle; // written by `start`
    this.server.attach(server);
    this.endpoint = endpoint ?? '';
  }

  async run(inputs: unknown, { timeout = this.plan.timeout, signal }: CallOptions = {}): Promise<Answer> {
    const problem = this.server.describeUnavailability();
    if (problem !== undefined) return createErrorAnswer('NOT_RUNNING', problem);
    return await callJson({ url: this.endpoint, inputs, timeout, ...(signal && { signal }) });
  }

  isHealthy(): Promise<Health> {
    return this.server.isHealthy();
  }

  logs(options?: LogOptions): AsyncIterable<string> {
    return readLog(this.plan.logFile, options);
  }

  async stop(): Promise<void> {
    await this.server.stop(grace);
  }

  /** A start creates nothing but processes and files in the plan's directories. */
  async undo(): Promise<void> {
    await this.stop();
  }

  /** Each call uses its own connection: there is nothing to close. */
  async close(): Promise<void> {}
}

/** A recipe or a coding agent wrote the run interface: check it before use. */
function readText({ runInterface }: RunPlan, key: string): string {
  const value = runInterface[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new BerthError('START_FAILED', `the run interface has no ${key}: ${JSON.stringify(runInterface)}`);
}
