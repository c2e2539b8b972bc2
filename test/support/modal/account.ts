import { createHash, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { status } from '@grpc/grpc-js';
import type { Blobs } from './blobs.js';
import { Container, type Printed, terminated } from './containers.js';

/** Error that the server returns as a gRPC status. */
export class Refusal extends Error {
  constructor(
    readonly code: status,
    message: string,
  ) {
    super(message);
  }
}

type Pairs = { key: string; value: string }[];

/** Function as Modal's command line sends it; only the used fields. */
export interface FunctionDefinition {
  module_name: string;
  function_name: string;
  mount_ids: string[];
  secret_ids: string[];
  image_id: string;
  timeout_secs: number;
  concurrency_limit: number;
  max_concurrent_inputs: number;
  is_class: boolean;
  class_parameter_info: unknown;
  function_type: number;
  schedule: unknown;
  webhook_config: WebhookConfig | null;
  resources: { memory_mb: number; milli_cpu: number; gpu_config: { gpu_type: string; count: number } | null } | null;
  [field: string]: unknown;
}

interface WebhookConfig {
  type: number;
  method: string;
  web_server_port: number;
  requires_proxy_auth: boolean;
}

export interface ModalApp {
  id: string;
  environment: string;
  description: string;
  /** 3 deployed, 5 stopped, 6 initializing. */
  state: number;
  version: number;
  createdAt: number;
  deployedAt: number;
  stoppedAt: number;
  functions: Map<string, string>;
  classes: Map<string, string>;
  tags: string[];
}

interface ModalFunction {
  id: string;
  appId: string;
  definition: FunctionDefinition | undefined;
  metadata: Record<string, unknown>;
  containers: Container[];
  /** Constructor arguments of a class. */
  parameters: Buffer;
}

interface Call {
  id: string;
  fn: ModalFunction;
  container: Container | undefined;
  result: Record<string, unknown> | undefined;
  format: number;
  /** Values that a generator yielded. */
  items: Buffer[];
  isCancelled: boolean;
}

const generatorDone = 3;
const isGenerator = ({ definition }: ModalFunction): boolean => definition?.function_type === 1;

export interface LogEntry {
  appId: string;
  functionId: string;
  callId: string;
  at: number;
  item: { data: string; timestamp: number; timestamp_ns: number; file_descriptor: number; function_call_id: string };
}

interface Secret {
  id: string;
  environment: string;
  name: string;
  values: Record<string, string>;
}

const cancelled = { status: terminated, exception: 'the input was cancelled' };
const unlimited = Number.POSITIVE_INFINITY;
const deployed = 3;
const stopped = 5;
const initializing = 6;
/** Environments; the first one is the default. */
const environments = ['main', 'dev'];
const largestInline = 8 * 1024;
const now = (): number => Date.now() / 1000;
const newId = (kind: string): string => `${kind}-${randomUUID().replaceAll('-', '').slice(0, 22)}`;
const toMap = (pairs: Pairs): Map<string, string> => new Map(pairs.map(({ key, value }) => [key, value]));
const toMilliseconds = (time: { seconds: number; nanos: number } | null): number | undefined =>
  time === null ? undefined : time.seconds * 1000 + Math.floor(time.nanos / 1e6);

/** State of an account: apps, functions, secrets, files, calls and logs. */
export class Account {
  readonly apps = new Map<string, ModalApp>();
  readonly functions = new Map<string, ModalFunction>();
  readonly secrets = new Map<string, Secret>();
  readonly calls = new Map<string, Call>();
  readonly log = Object.assign(new EventEmitter(), { entries: [] as LogEntry[] });
  /** Addresses of the server for containers, and of the web endpoints. */
  address = '';
  webAddress = '';
  /** Accepted key and secret of protected endpoints. */
  readonly proxyToken = 'wk-test ws-test';
  /** Makes every image build fail with this. */
  buildFailure: string | undefined;
  /** Dockerfile lines of each image, starting with its bases. */
  readonly images = new Map<string, string[]>();
  /** Secrets of each image's build by image ID. */
  readonly buildVariables = new Map<string, Record<string, string>>();
  private readonly classes = new Map<string, string>();
  private readonly files = new Map<string, Buffer>();
  private readonly mounts = new Map<string, Map<string, Buffer>>();
  private readonly done = new EventEmitter().setMaxListeners(0);

  constructor(
    private readonly python: string,
    private readonly directory: string,
    private readonly blobs: Blobs,
  ) {
    this.log.setMaxListeners(0);
  }

  close(): void {
    for (const { containers } of this.functions.values()) for (const container of containers) container.kill();
  }

  listLive(name: string): ModalApp[] {
    return [...this.apps.values()].filter(({ description, state }) => description === name && state !== stopped);
  }

  findSecret(name: string, environment?: string): Secret | undefined {
    return [...this.secrets.values()].find(
      (secret) => secret.name === name && (environment === undefined || secret.environment === environment),
    );
  }

  /** Returns the deployed definition of a function of a live app. */
  describe(appName: string, functionName: string): FunctionDefinition | undefined {
    return this.functions.get(this.listLive(appName)[0]?.functions.get(functionName) ?? '')?.definition;
  }

  stop(app: ModalApp): void {
    app.state = stopped;
    app.stoppedAt = now();
    for (const { appId, containers } of this.functions.values())
      if (appId === app.id) for (const container of containers) container.kill();
  }

  readonly handlers = {
    AuthTokenGet: () => ({ token: `x.${Buffer.from(JSON.stringify({ exp: now() + 3600 })).toString('base64url')}.x` }),
    EnvironmentGetOrCreate: ({ deployment_name }: { deployment_name: string }) => {
      const name = resolveEnvironment(deployment_name);
      return { environment_id: `en-${name}`, metadata: { name, settings: { image_builder_version: '2025.06' } } };
    },

    AppGetByDeploymentName: ({ name, environment_name }: { name: string } & EnvironmentRequest) => {
      const environment = resolveEnvironment(environment_name);
      const app = this.find(name, environment);
      if (app !== undefined) return { app_id: app.id, environment_name: environment, lifecycle: lifecycleOf(app) };
      const before = [...this.apps.values()].findLast(
        (one) => one.description === name && one.environment === environment,
      );
      return before === undefined ? {} : { previous_app_id: before.id, lifecycle: lifecycleOf(before) };
    },
    AppGetOrCreate: ({ app_name, environment_name }: { app_name: string } & EnvironmentRequest) => {
      const app = this.find(app_name, resolveEnvironment(environment_name));
      if (app === undefined) throw new Refusal(status.NOT_FOUND, `no app ${app_name}`);
      return { app_id: app.id, handle_metadata: describeApp(app) };
    },
    AppGetInfo: ({ app_id }: { app_id: string }) => ({ info: describeApp(this.appOf(app_id)) }),
    AppGetLifecycle: ({ app_id }: { app_id: string }) => ({ lifecycle: lifecycleOf(this.appOf(app_id)) }),
    AppCreate: ({ description, environment_name }: { description: string } & EnvironmentRequest) => {
      const id = newId('ap');
      const environment = resolveEnvironment(environment_name);
      const times = { createdAt: now(), deployedAt: 0, stoppedAt: 0 };
      const parts = { functions: new Map(), classes: new Map(), tags: [] };
      this.apps.set(id, { id, environment, description, state: initializing, version: 0, ...times, ...parts });
      return { app_id: id, app_page_url: `https://modal.test/apps/${id}` };
    },
    AppHeartbeat: () => ({}),
    AppClientDisconnect: ({ app_id }: { app_id: string }) => {
      const app = this.appOf(app_id);
      if (app.state === initializing) this.stop(app);
    },
    AppGetLayout: ({ app_id }: { app_id: string }) => {
      const app = this.appOf(app_id);
      const ids = [...app.functions.values(), ...app.classes.values()];
      return {
        app_layout: {
          objects: ids.map((id) => ({
            object_id: id,
            ...(this.classes.has(id)
              ? { class_handle_metadata: {} }
              : { function_handle_metadata: this.functions.get(id)?.metadata }),
          })),
          function_ids: fromMap(app.functions),
          class_ids: fromMap(app.classes),
        },
      };
    },
    AppPublish: (request: { app_id: string; deployment_tag: string; function_ids: Pairs; class_ids: Pairs }) => {
      const app = this.appOf(request.app_id);
      app.state = deployed;
      app.version += 1;
      app.deployedAt = now();
      app.functions = toMap(request.function_ids);
      app.classes = toMap(request.class_ids);
      app.tags.push(request.deployment_tag);
      return { url: `https://modal.test/apps/${app.id}`, deployed_at: app.deployedAt };
    },
    AppSetTags: () => ({}),
    AppList: ({ environment_name }: EnvironmentRequest) => ({
      apps: filterByEnvironment(this.apps, environment_name).map((app) => ({
        app_id: app.id,
        description: app.description,
        state: app.state,
        created_at: app.createdAt,
        stopped_at: app.stoppedAt,
        name: app.state === deployed ? app.description : '',
        metadata: describeApp(app),
      })),
    }),
    AppStop: ({ app_id }: { app_id: string }) => this.stop(this.appOf(app_id)),
    TaskList: () => ({}),
    AppDeploymentHistory: ({ app_id }: { app_id: string }) => ({
      app_deployment_histories: this.appOf(app_id).tags.map((tag, index) => ({ app_id, version: index + 1, tag })),
    }),

    SecretGetOrCreate: (request: SecretRequest) => {
      const { deployment_name: name, environment_name, object_creation_type: creation } = request;
      const environment = resolveEnvironment(environment_name);
      const found = name === '' ? undefined : this.findSecret(name, environment); // without a name it is the app's own
      if (creation === 0 && found === undefined)
        throw new Refusal(status.NOT_FOUND, `Secret '${name}' not found in environment '${environment}'`);
      if (found !== undefined && creation === 0) return { secret_id: found.id };
      if (found !== undefined) throw new Refusal(status.ALREADY_EXISTS, `Secret ${found.name} exists`);
      const id = newId('st');
      const values = Object.fromEntries(toMap(request.env_dict));
      this.secrets.set(id, { id, environment, name, values });
      return { secret_id: id };
    },
    SecretList: ({ environment_name }: EnvironmentRequest) => ({
      items: filterByEnvironment(this.secrets, environment_name).map(({ id, name }) => ({
        secret_id: id,
        label: name,
      })),
    }),
    EnvironmentList: () => ({ items: environments.map((name) => ({ environment_id: `en-${name}`, name })) }),
    SecretDelete: ({ secret_id }: { secret_id: string }) => {
      this.secrets.delete(secret_id);
    },

    MountBatchedCheckExistence: ({ sha256_hex_hashes: hashes }: { sha256_hex_hashes: string[] }) => ({
      missing_sha256_hex_hashes: hashes.filter((hash) => !this.files.has(hash)),
    }),
    MountPutFile: (request: { sha256_hex: string; data: Buffer; data_blob_id: string }) => {
      const { sha256_hex: hash, data, data_blob_id: blob } = request;
      if (data?.length > 0) this.files.set(hash, data);
      else if (blob) this.files.set(hash, this.blobs.get(blob));
      else if (isEmptyDigest(hash)) this.files.set(hash, Buffer.alloc(0));
      return { exists: this.files.has(hash) };
    },
    MountGetOrCreate: ({ files }: { files: { filename: string; sha256_hex: string }[] }) => {
      const id = newId('mo');
      const contents = files.map(
        (file) => [file.filename, this.files.get(file.sha256_hex) ?? Buffer.alloc(0)] as const,
      );
      this.mounts.set(id, new Map(contents));
      return { mount_id: id };
    },
    ImageGetOrCreate: ({ image, builder_version }: { image: ImageRequest; builder_version: string }) => {
      const id = newId('im');
      const bases = image.base_images.flatMap(({ image_id }) => this.images.get(image_id) ?? []);
      this.images.set(id, [...bases, ...image.dockerfile_commands]);
      const given = (image.secret_ids ?? []).map((secret) => this.secrets.get(secret)?.values ?? {});
      this.buildVariables.set(id, Object.assign({}, ...given));
      return {
        image_id: id,
        result: this.buildFailure === undefined ? { status: 1 } : { status: 2, exception: this.buildFailure },
        metadata: { image_builder_version: builder_version },
      };
    },

    FunctionPrecreate: (request: PrecreateRequest) => {
      const id = request.existing_function_id || newId('fu');
      const metadata = this.describeHandle(id, request.app_id, {
        function_name: request.function_name,
        function_type: request.function_type,
        method_handle_metadata: request.method_definitions.map(({ key }) => ({
          key,
          value: methodMetadata(key, request),
        })),
      });
      const empty = { definition: undefined, containers: [], parameters: Buffer.alloc(0) };
      this.functions.set(id, { id, appId: request.app_id, metadata, ...empty });
      return { function_id: id, handle_metadata: metadata };
    },
    FunctionCreate: (request: { function: FunctionDefinition; app_id: string; existing_function_id: string }) => {
      const fn = this.functionOf(request.existing_function_id);
      const definition = request.function;
      const metadata = {
        ...fn.metadata,
        definition_id: newId('de'),
        class_parameter_info: definition.class_parameter_info,
        ...(definition.webhook_config?.type && { web_url: `${this.webAddress}/${fn.id}` }),
      };
      for (const container of fn.containers.splice(0)) container.kill();
      this.functions.set(fn.id, { ...fn, definition, metadata });
      return {
        function_id: fn.id,
        handle_metadata: metadata,
        function: definition,
        function_data: { ranked_functions: [{ rank: 1, function: definition }] },
      };
    },
    FunctionBindParams: ({ function_id, serialized_params }: { function_id: string; serialized_params: Buffer }) => {
      const fn = this.functionOf(function_id);
      const id = `fu-${createHash('sha256').update(function_id).update(serialized_params).digest('hex').slice(0, 22)}`;
      const bound = { ...fn, id, parameters: serialized_params, containers: this.functions.get(id)?.containers ?? [] };
      this.functions.set(id, bound);
      return { bound_function_id: id, handle_metadata: fn.metadata };
    },
    ClassCreate: ({ existing_class_id: existing }: { existing_class_id: string }) => {
      const id = existing || newId('cs');
      this.classes.set(id, id);
      return { class_id: id, handle_metadata: {} };
    },
    FunctionGet: ({
      app_name,
      object_tag,
      environment_name,
    }: { app_name: string; object_tag: string } & EnvironmentRequest) => {
      const app = this.find(app_name, resolveEnvironment(environment_name));
      const fn = this.functions.get(app?.functions.get(object_tag) ?? '');
      if (fn === undefined) throw new Refusal(status.NOT_FOUND, `no function ${app_name}/${object_tag}`);
      return { function_id: fn.id, handle_metadata: fn.metadata };
    },

    FunctionMap: async (request: { function_id: string; pipelined_inputs: MapInput[] }) => {
      const fn = this.functionOf(request.function_id);
      const call: Call = {
        id: newId('fc'),
        fn,
        container: undefined,
        result: undefined,
        format: 4,
        items: [],
        isCancelled: false,
      };
      if (this.appOf(fn.appId).state !== deployed) throw new Refusal(status.NOT_FOUND, `${fn.id} is not deployed`);
      this.calls.set(call.id, call);
      const [input] = request.pipelined_inputs;
      if (input !== undefined) void this.run(call, input);
      const items = request.pipelined_inputs.map(({ idx }) => ({ idx, input_id: newId('in'), input_jwt: 'jwt' }));
      return { function_call_id: call.id, function_call_jwt: 'jwt', pipelined_inputs: items };
    },
    FunctionGetOutputs: async ({ function_call_id, timeout }: { function_call_id: string; timeout: number }) => {
      const call = this.callOf(function_call_id);
      const late = AbortSignal.timeout(timeout * 1000);
      while (call.result === undefined && !late.aborted)
        await once(this.done, 'done', { signal: late }).catch(() => undefined);
      if (call.result === undefined) return { outputs: [], num_unfinished_inputs: 1 };
      return { outputs: [{ idx: 0, result: call.result, data_format: call.format }], num_unfinished_inputs: 0 };
    },
    FunctionCallCancel: ({ function_call_id }: { function_call_id: string }) => {
      const call = this.callOf(function_call_id);
      call.isCancelled = true;
      call.container?.kill();
      if (call.container === undefined) call.result ??= cancelled;
      this.done.emit('done');
    },

    BlobCreate: () => {
      const id = this.blobs.newId();
      const url = this.blobs.urlOf(id);
      return { blob_id: id, upload_url: url, blob_ids: [id], upload_urls: { items: [url] } };
    },
    BlobGet: ({ blob_id }: { blob_id: string }) => ({ download_url: this.blobs.urlOf(blob_id) }),

    AppFetchLogs: (request: LogRequest) => {
      const found = this.findLogs(request);
      return { batches: [{ items: found.slice(-request.limit).map(({ item }) => item) }] };
    },
    AppCountLogs: (request: LogRequest) => {
      const counts = new Map<number, number>();
      for (const { at } of this.findLogs(request)) {
        const start = Math.floor(at / 1000 / request.bucket_secs) * request.bucket_secs;
        counts.set(start, (counts.get(start) ?? 0) + 1);
      }
      const buckets = [...counts].map(([seconds, count]) => ({
        bucket_start_at: { seconds, nanos: 0 },
        stdout_logs: count,
      }));
      return { app_id: request.app_id, buckets };
    },
  };

  private find(name: string, environmentName: string): ModalApp | undefined {
    return this.listLive(name).find(({ state, environment }) => state === deployed && environment === environmentName);
  }

  private appOf(id: string): ModalApp {
    const app = this.apps.get(id);
    if (app === undefined) throw new Refusal(status.NOT_FOUND, `no app ${id}`);
    return app;
  }

  private functionOf(id: string): ModalFunction {
    const fn = this.functions.get(id);
    if (fn === undefined) throw new Refusal(status.NOT_FOUND, `no function ${id}`);
    return fn;
  }

  private callOf(id: string): Call {
    const call = this.calls.get(id);
    if (call === undefined) throw new Refusal(status.NOT_FOUND, `no call ${id}`);
    return call;
  }

  private describeHandle(id: string, appId: string, more: object): Record<string, unknown> {
    const formats = { supported_input_formats: [1, 4], supported_output_formats: [1, 4] };
    return { ...more, ...formats, definition_id: newId('de'), app_id: appId, function_id: id };
  }

  private async run(call: Call, { input }: MapInput): Promise<void> {
    const payload = input.args_blob_id ? this.blobs.get(input.args_blob_id) : input.args;
    call.format = input.data_format;
    while (!this.hasRoom(call.fn) && !call.isCancelled) await once(this.done, 'done');
    if (call.isCancelled) return;
    const container = this.takeContainer(call.fn);
    call.container = container;
    const print = (printed: Printed) => this.print(call, printed);
    const timeout = setTimeout(() => this.expire(call), (call.fn.definition?.timeout_secs || 300) * 1000);
    const generator = isGenerator(call.fn);
    const { data, items, ...result } = await container.run(
      { payload, format: input.data_format, method: input.method_name, generator, web: null },
      print,
    );
    clearTimeout(timeout);
    call.items = items;
    if (generator) call.format = generatorDone;
    const stored = data.length > largestInline ? { data_blob_id: this.blobs.add(data) } : { data };
    const ended = call.isCancelled ? cancelled : { ...result, ...stored };
    call.result ??= ended;
    this.done.emit('done');
  }

  /** Waits until the call ends. Returns the yielded values. */
  async itemsOf(callId: string): Promise<{ data: Buffer; data_format: number; index: number }[]> {
    const call = this.callOf(callId);
    while (call.result === undefined) await once(this.done, 'done');
    return call.items.map((data, index) => ({ data, data_format: 1, index: index + 1 }));
  }

  /** Answers a request of a web endpoint in one of its containers. */
  async serve(functionId: string, request: WebRequest): Promise<WebReply> {
    const fn = this.functions.get(functionId);
    const web = fn?.definition?.webhook_config;
    const isUp = fn !== undefined && this.apps.get(fn.appId)?.state === deployed;
    if (fn === undefined || !isUp || !web) return refuse(404, 'modal-http: app for invoked web endpoint is stopped');
    const { 'modal-key': key, 'modal-secret': secret } = request.headers;
    if (web.requires_proxy_auth && `${key} ${secret}` !== this.proxyToken)
      return refuse(401, 'modal-http: missing credentials for proxy authorization');
    const call = {
      id: newId('fc'),
      fn,
      container: undefined,
      result: undefined,
      format: 4,
      items: [],
      isCancelled: false,
    };
    const container = this.takeContainer(fn);
    const input = { payload: Buffer.from(JSON.stringify(request)), format: 0, method: '', generator: false, web };
    const { status, data, exception } = await container.run(input, (printed) => this.print(call, printed));
    return status === 1 ? (JSON.parse(data.toString()) as WebReply) : refuse(500, exception);
  }

  /** Ends a call that exceeds the function's `timeout=`, like Modal. */
  private expire(call: Call): void {
    call.result = {
      status: 4,
      exception: `Task's current input hit its timeout of ${call.fn.definition?.timeout_secs}s`,
    };
    call.container?.kill();
  }

  /** Whether a container is idle or can be started; otherwise a call waits. */
  private hasRoom(fn: ModalFunction): boolean {
    const living = fn.containers.filter(({ isGone }) => !isGone);
    return living.some(({ isBusy }) => !isBusy) || living.length < (fn.definition?.concurrency_limit || unlimited);
  }

  private takeContainer(fn: ModalFunction): Container {
    fn.containers = fn.containers.filter(({ isGone }) => !isGone);
    const idle = fn.containers.find(({ isBusy }) => !isBusy);
    if (idle !== undefined) {
      idle.isBusy = true;
      return idle;
    }
    const { definition } = fn;
    if (definition === undefined) throw new Refusal(status.FAILED_PRECONDITION, `${fn.id} was never created`);
    const files = new Map(definition.mount_ids.flatMap((id) => [...(this.mounts.get(id) ?? [])]));
    const image = this.images.get(definition.image_id) ?? [];
    const own = image.map((line) => /^ENV (\w+)=(.*)$/.exec(line)).flatMap((found) => (found ? [found] : []));
    const env = Object.assign(
      Object.fromEntries(own.map(([, name, value]) => [name, value])),
      ...definition.secret_ids.map((id) => this.secrets.get(id)?.values ?? {}),
    );
    const { module_name: module, function_name: functionName } = definition;
    const { python, directory } = this;
    Object.assign(env, { MODAL_APP_ID: fn.appId, MODAL_SERVER_URL: this.address, MODAL_TASK_ID: newId('ta') });
    const container = new Container({ python, directory, module, functionName, files, env, parameters: fn.parameters });
    container.isBusy = true;
    fn.containers.push(container);
    return container;
  }

  private print(call: Call, { data, descriptor }: Printed): void {
    const at = Date.now();
    const item = {
      data,
      timestamp: at / 1000,
      timestamp_ns: at * 1e6,
      file_descriptor: descriptor,
      function_call_id: call.id,
    };
    this.log.entries.push({ appId: call.fn.appId, functionId: call.fn.id, callId: call.id, at, item });
    this.log.emit('entry');
  }

  private findLogs(request: LogRequest): LogEntry[] {
    const { app_id: app, function_id: fn, function_call_id: call } = request;
    const [since = 0, until = Number.POSITIVE_INFINITY] = [
      toMilliseconds(request.since),
      toMilliseconds(request.until),
    ];
    return this.log.entries.filter(
      (entry) =>
        (entry.appId === app || app === '') &&
        (fn === '' || entry.functionId === fn) &&
        (call === '' || entry.callId === call) &&
        entry.at >= since &&
        entry.at <= until,
    );
  }
}

export interface WebRequest {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  /** Base64. */
  body: string;
}

export type WebReply = Pick<WebRequest, 'headers' | 'body'> & { status: number };

const refuse = (status: number, words: string): WebReply => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from(words).toString('base64'),
});

interface ImageRequest {
  dockerfile_commands: string[];
  secret_ids?: string[];
  base_images: { image_id: string }[];
}

interface EnvironmentRequest {
  environment_name: string;
}

/** Resolves an environment's name; the default one when empty. */
function resolveEnvironment(name: string): string {
  const [defaultEnvironment = ''] = environments;
  if (name === '' || environments.includes(name)) return name || defaultEnvironment;
  throw new Refusal(status.NOT_FOUND, `Environment '${name}' not found`);
}

const filterByEnvironment = <Item extends { environment: string }>(items: Map<string, Item>, name: string): Item[] =>
  [...items.values()].filter(({ environment }) => environment === resolveEnvironment(name));

interface SecretRequest extends EnvironmentRequest {
  deployment_name: string;
  object_creation_type: number;
  env_dict: Pairs;
}

interface PrecreateRequest {
  app_id: string;
  function_name: string;
  existing_function_id: string;
  function_type: number;
  method_definitions: { key: string }[];
}

interface MapInput {
  idx: number;
  input: { args: Buffer; args_blob_id: string; data_format: number; method_name: string };
}

interface LogRequest {
  app_id: string;
  function_id: string;
  function_call_id: string;
  since: { seconds: number; nanos: number } | null;
  until: { seconds: number; nanos: number } | null;
  limit: number;
  bucket_secs: number;
}

const fromMap = (map: Map<string, string>): Pairs => [...map].map(([key, value]) => ({ key, value }));

const isEmptyDigest = (hash: string): boolean => hash.startsWith('e3b0c44298fc1c149afbf4c8996fb924');

const methodMetadata = (name: string, { app_id }: PrecreateRequest) => ({
  function_name: name,
  function_type: 1,
  is_method: true,
  use_method_name: name,
  app_id,
  supported_input_formats: [1, 4],
  supported_output_formats: [1, 4],
});

const lifecycleOf = ({ state, createdAt, deployedAt, stoppedAt, version }: ModalApp) => ({
  app_state: state,
  created_at: createdAt,
  deployed_at: deployedAt,
  stopped_at: stoppedAt,
  version,
});

const describeApp = (app: ModalApp) => ({
  description: app.description,
  app_id: app.id,
  environment_name: app.environment,
  lifecycle: lifecycleOf(app),
  functions: fromMap(app.functions),
});
