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

/** What `start` adds to the handle: all that another process needs to find the server again. */
interface ProcfileHandle extends Handle {
  server: ServerRecord;
}

/** Seconds that running calls get when the software is stopped. */
const grace = 10;

/** Runs the command of a Procfile's `web:` line; a call is a POST to the server that it starts. */
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
    const endpoint = `http://127.0.0.1:${server.port}${readText(this.plan, 'path')}`;
    const handle: ProcfileHandle = { plan: this.plan, endpoint, startedAt: new Date().toISOString(), server };
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    const { server, endpoint } = handle as ProcfileHandle; // made by `start`, whose keys it has
    this.server.attach(server);
    this.endpoint = endpoint ?? '';
  }

  async run(inputs: unknown, { timeout = this.plan.timeout, signal }: CallOptions = {}): Promise<Answer> {
    const absence = this.server.describeUnavailability();
    if (absence !== undefined) return createErrorAnswer('NOT_RUNNING', absence);
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

  /** All that a start makes is processes, and files in the plan's directories. */
  async undo(): Promise<void> {
    await this.stop();
  }

  /** Each call has a connection of its own: nothing is kept. */
  async close(): Promise<void> {}
}

/** The run interface is what a recipe or an agent wrote: it is looked at before it is used. */
function readText({ runInterface }: RunPlan, key: string): string {
  const value = runInterface[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new BerthError('START_FAILED', `the run interface has no ${key}: ${JSON.stringify(runInterface)}`);
}
