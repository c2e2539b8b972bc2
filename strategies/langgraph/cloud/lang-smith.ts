import { z } from 'zod';
import { BerthError } from '../../../src/errors.js';
import { askCloud, type CloudAccount } from '../../../src/runners/cloud-api.js';
import { callHttp } from '../../../src/runners/http-call.js';

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

const page = <Item extends z.ZodType>(item: Item) => z.looseObject({ resources: z.array(item) });

export interface Secret {
  name: string;
  value: string;
}

/** The part of LangSmith's control plane that a deployment from source needs. */
export class LangSmith {
  constructor(
    private readonly account: CloudAccount,
    private readonly signal?: AbortSignal,
  ) {}

  /** By its name; undefined when there is none. */
  async find(name: string): Promise<Deployment | undefined> {
    const found = await this.ask('GET', `/v2/deployments?name=${name}&limit=100&offset=0`);
    return page(Deployment)
      .parse(found ?? { resources: [] })
      .resources.find((deployment) => deployment.name === name);
  }

  /** By its id; undefined when there is none any more. */
  async get(id: string): Promise<Deployment | undefined> {
    return Deployment.optional().parse(await this.ask('GET', `/v2/deployments/${id}`));
  }

  async create(name: string, secrets: Secret[]): Promise<Deployment> {
    const source = { source: 'internal_source', source_config: { deployment_type: serverless } };
    return Deployment.parse(
      await this.ask('POST', '/v2/deployments', { name, ...source, source_revision_config: {}, secrets }),
    );
  }

  /** Brings the archive to where a revision is built from; its place there. */
  async upload(id: string, archive: Buffer): Promise<string> {
    const asked = await this.ask('POST', `/v2/deployments/${id}/upload-url`, { supports_upload_headers: true });
    const { upload_url: url, object_path: path, upload_headers: headers } = Upload.parse(asked);
    const reply = await callHttp({
      url,
      method: 'PUT',
      headers: { 'content-type': 'application/gzip', ...(headers ?? { 'x-goog-content-length-range': sizeRange }) },
      body: archive,
      ...(this.signal && { signal: this.signal }),
    }).catch((cause: Error) => {
      this.signal?.throwIfAborted();
      throw new BerthError('CLOUD_UNREACHABLE', `the source did not get to LangSmith: ${cause.message}`, {}, { cause });
    });
    if (reply.status < 300) return path;
    throw new BerthError('CLOUD_UNREACHABLE', `LangSmith’s storage answers ${reply.status} to the source`);
  }

  /** A new revision of the deployment, from an archive. */
  async build(id: string, { archive, config, secrets }: { archive: string; config: string; secrets: Secret[] }) {
    await this.ask('PATCH', `/v2/deployments/${id}`, {
      revision_source: 'internal_source',
      source_revision_config: { source_tarball_path: archive, langgraph_config_path: config },
      secrets,
    });
  }

  async findLatestRevision(id: string): Promise<Revision | undefined> {
    const found = await this.ask('GET', `/v2/deployments/${id}/revisions?limit=1`);
    return page(Revision).parse(found ?? { resources: [] }).resources[0];
  }

  async readLog(id: string, { revision, kind }: { revision: string; kind: 'build' | 'deploy' }): Promise<string[]> {
    const path = `/v1/projects/${id}/revisions/${revision}/${kind}_logs`;
    const found = await this.ask('POST', path, { order: 'asc', limit: 100 });
    const { logs } = z
      .looseObject({ logs: z.array(z.looseObject({ message: z.string().nullish() })) })
      .parse(found ?? { logs: [] });
    return logs.flatMap(({ message }) => message ?? []);
  }

  async remove(id: string): Promise<void> {
    await this.ask('DELETE', `/v2/deployments/${id}`);
  }

  private ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return askCloud(this.account, { method, path, body, signal: this.signal });
  }
}

/** What the control plane calls a deployment that scales to zero, and costs least. */
const serverless = 'dev_zero';
/** Bytes that the storage accepts where the control plane does not say how to upload. */
const sizeRange = `0,${200 * 2 ** 20}`;
