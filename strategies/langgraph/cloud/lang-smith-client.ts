import * as z from 'zod';
import { BerthError } from '../../../src/errors.js';
import { type CloudAccount, requestCloud } from '../../../src/runners/cloud/cloud-api.js';
import { callHttp } from '../../../src/runners/http/http-call.js';

const Deployment = z.looseObject({
  id: z.string(),
  name: z.string(),
  source_config: z.looseObject({ custom_url: z.string().nullish() }).nullish(),
});
export type Deployment = z.infer<typeof Deployment>;

const Revision = z.looseObject({ id: z.string(), status: z.string() });
export type Revision = z.infer<typeof Revision>;

const Upload = z.looseObject({
  upload_url: z.string(),
  object_path: z.string(),
  upload_headers: z.record(z.string(), z.string()).nullish(),
});

const LogEntry = z.looseObject({
  id: z.string().nullish(),
  timestamp: z.union([z.string(), z.number()]).nullish(),
  message: z.string().nullish(),
});
export type LogEntry = z.infer<typeof LogEntry>;

const LogPage = z.looseObject({ logs: z.array(LogEntry), next_offset: z.string().nullish() });

export interface LogQuery {
  deployment: string;
  revision: string;
  type: 'build' | 'deploy';
  order: 'asc' | 'desc';
  /** ISO 8601. */
  since?: string | undefined;
}

const page = <Item extends z.ZodType>(item: Item) => z.looseObject({ resources: z.array(item) });

export interface Secret {
  name: string;
  value: string;
}

/** The part of LangSmith's control plane API that a deployment from source needs. */
export class LangSmithClient {
  constructor(
    private readonly account: CloudAccount,
    private readonly signal?: AbortSignal,
  ) {}

  /** Finds a deployment by its name; undefined when there is none. */
  async find(name: string): Promise<Deployment | undefined> {
    const found = await this.send('GET', `/v2/deployments?name=${name}&limit=100&offset=0`);
    return page(Deployment)
      .parse(found ?? { resources: [] })
      .resources.find((deployment) => deployment.name === name);
  }

  /** Gets a deployment by its ID; undefined when it no longer exists. */
  async get(id: string): Promise<Deployment | undefined> {
    return Deployment.optional().parse(await this.send('GET', `/v2/deployments/${id}`));
  }

  async create(name: string, secrets: Secret[]): Promise<Deployment> {
    const source = { source: 'internal_source', source_config: { deployment_type: serverlessType } };
    return Deployment.parse(
      await this.send('POST', '/v2/deployments', { name, ...source, source_revision_config: {}, secrets }),
    );
  }

  /** Uploads a source archive. Returns the path from which a revision is built. */
  async upload(id: string, archive: Buffer): Promise<string> {
    const upload = await this.send('POST', `/v2/deployments/${id}/upload-url`, { supports_upload_headers: true });
    const { upload_url: url, object_path: path, upload_headers: headers } = Upload.parse(upload);
    const reply = await callHttp({
      url,
      method: 'PUT',
      headers: {
        'content-type': 'application/gzip',
        ...(headers ?? { 'x-goog-content-length-range': uploadSizeRange }),
      },
      body: archive,
      ...(this.signal && { signal: this.signal }),
    }).catch((cause: Error) => {
      this.signal?.throwIfAborted();
      throw new BerthError(
        'CLOUD_UNREACHABLE',
        `the source could not be uploaded to LangSmith: ${cause.message}`,
        {},
        { cause },
      );
    });
    if (reply.status < 300) return path;
    throw new BerthError('CLOUD_UNREACHABLE', `LangSmith’s storage answers ${reply.status} to the source`);
  }

  /** Creates a revision of the deployment from an archive. */
  async build(id: string, { archive, config, secrets }: { archive: string; config: string; secrets: Secret[] }) {
    await this.send('PATCH', `/v2/deployments/${id}`, {
      revision_source: 'internal_source',
      source_revision_config: { source_tarball_path: archive, langgraph_config_path: config },
      secrets,
    });
  }

  async findLatestRevision(id: string): Promise<Revision | undefined> {
    const found = await this.send('GET', `/v2/deployments/${id}/revisions?limit=1`);
    return page(Revision).parse(found ?? { resources: [] }).resources[0];
  }

  /** Yields the entries of a revision's log, and requests each page when it is needed. */
  async *readLog({ deployment, revision, type, order, since }: LogQuery): AsyncGenerator<LogEntry> {
    const query = new URLSearchParams({
      type,
      order,
      limit: String(entriesPerPage),
      ...(since && { start_time: since }),
    });
    for (;;) {
      const found = await this.send('GET', `/v2/deployments/${deployment}/revisions/${revision}/logs?${query}`);
      const { logs, next_offset: next } = LogPage.parse(found ?? { logs: [] });
      yield* logs;
      if (!next || logs.length === 0) return;
      query.set('offset', next);
    }
  }

  /** Returns the names of the account's deployments that contain this text. */
  async listNames(text: string): Promise<string[]> {
    const names: string[] = [];
    for (;;) {
      const found = await this.send(
        'GET',
        `/v2/deployments?name_contains=${text}&limit=${deploymentsPerPage}&offset=${names.length}`,
      );
      const { resources } = page(Deployment).parse(found ?? { resources: [] });
      names.push(...resources.map(({ name }) => name));
      if (resources.length < deploymentsPerPage) return names;
    }
  }

  async remove(id: string): Promise<void> {
    await this.send('DELETE', `/v2/deployments/${id}`);
  }

  private send(method: string, path: string, body?: unknown): Promise<unknown> {
    return requestCloud(this.account, { method, path, body, signal: this.signal });
  }
}

/** Number of entries in one reply. */
const entriesPerPage = 1_000;
const deploymentsPerPage = 100;
/** The control plane's name for a deployment that scales to zero, and costs least. */
const serverlessType = 'dev_zero';
/** Bytes that the storage accepts where the control plane does not say how to upload. */
const uploadSizeRange = `0,${200 * 2 ** 20}`;
