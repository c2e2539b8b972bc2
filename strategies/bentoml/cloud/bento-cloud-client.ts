import * as z from 'zod';
import { type CloudAccount, requestCloud } from '../../../src/runners/cloud/cloud-api.js';

const Deployment = z.looseObject({ status: z.string(), urls: z.array(z.string()).nullish() });
export type Deployment = z.infer<typeof Deployment>;

const Amounts = z.looseObject({
  cpu: z.string().nullish(),
  memory: z.string().nullish(),
  gpu: z.union([z.string(), z.number()]).nullish(),
});

const InstanceType = z.looseObject({
  display_name: z.string(),
  config: z.looseObject({
    price: z.string().nullish(),
    resources: z.looseObject({ requests: Amounts.nullish() }).nullish(),
    gpu_config: z.looseObject({ type: z.string() }).nullish(),
  }),
});
export type InstanceType = z.infer<typeof InstanceType>;

export interface DeploymentRequest {
  name: string;
  bento: string;
  access_authorization: boolean;
  envs: { name: string; value: string }[];
  secrets: string[];
  services: Record<string, { instance_type?: string; scaling: { min_replicas: number; max_replicas: number } }>;
}

const Named = z.looseObject({ name: z.string() });
const Bento = z.looseObject({ version: z.string(), repository: Named });

/** A bento in the cloud's store. */
export interface BentoTag {
  repository: string;
  version: string;
}

const page = <Item extends z.ZodType>(item: Item) => z.looseObject({ items: z.array(item), total: z.number() });

/** Number of entries in one reply. */
const pageSize = 100;
/** Lists deployments of all clusters; the default is one cluster. */
const allClusters = { all: 'true' };

/** The part of BentoCloud's REST API that BentoML's own command uses for deployments. */
export class BentoCloudClient {
  constructor(
    private readonly account: CloudAccount,
    private readonly signal?: AbortSignal,
  ) {}

  /** Returns undefined when there is no such deployment. */
  async find(name: string): Promise<Deployment | undefined> {
    return Deployment.optional().parse(await this.send('GET', `/api/v2/deployments/${name}`));
  }

  async create(request: DeploymentRequest): Promise<void> {
    await this.send('POST', '/api/v2/deployments', request);
  }

  /** Updates a deployment, and starts it when it was terminated. */
  async update({ name, ...request }: DeploymentRequest): Promise<void> {
    await this.send('PUT', `/api/v2/deployments/${name}`, request);
  }

  async terminate(name: string): Promise<void> {
    await this.send('POST', `/api/v2/deployments/${name}/terminate`);
  }

  async remove(name: string): Promise<void> {
    await this.send('DELETE', `/api/v2/deployments/${name}`);
  }

  async hasBento({ repository, version }: BentoTag): Promise<boolean> {
    return (await this.send('GET', `/api/v1/bento_repositories/${repository}/bentos/${version}`)) !== undefined;
  }

  async removeBento({ repository, version }: BentoTag): Promise<void> {
    await this.send('DELETE', `/api/v1/bento_repositories/${repository}/bentos/${version}`);
  }

  /** Returns the names in all clusters of the account. */
  async listDeployments(): Promise<string[]> {
    return (await this.list('/api/v2/deployments', Named, allClusters)).map(({ name }) => name);
  }

  async listSecrets(): Promise<string[]> {
    return (await this.list('/api/v1/org_secrets', Named, allClusters)).map(({ name }) => name);
  }

  async listBentos(): Promise<BentoTag[]> {
    const bentos = await this.list('/api/v1/bentos', Bento);
    return bentos.map(({ version, repository }) => ({ repository: repository.name, version }));
  }

  async listInstanceTypes(): Promise<InstanceType[]> {
    return z.array(InstanceType).parse((await this.send('GET', '/api/v1/instance_types')) ?? []);
  }

  async hasSecret(name: string): Promise<boolean> {
    return (await this.send('GET', `/api/v1/org_secrets/${name}`)) !== undefined;
  }

  async putSecret(name: string, variables: Record<string, string>): Promise<void> {
    const items = Object.entries(variables).map(([key, value]) => ({ key, value }));
    const content = { type: 'env', items };
    const description = 'variables of a deployment';
    if (await this.hasSecret(name)) await this.send('PATCH', `/api/v1/org_secrets/${name}`, { content, description });
    else await this.send('POST', '/api/v1/org_secrets', { name, content, description });
  }

  async removeSecret(name: string): Promise<void> {
    await this.send('DELETE', `/api/v1/org_secrets/${name}`);
  }

  private async list<Item extends z.ZodType>(
    path: string,
    item: Item,
    filter: Record<string, string> = {},
  ): Promise<z.infer<Item>[]> {
    const found: z.infer<Item>[] = [];
    for (;;) {
      const query = new URLSearchParams({ ...filter, count: String(pageSize), start: String(found.length) });
      const reply = await this.send('GET', `${path}?${query}`);
      const { items, total } = page(item).parse(reply ?? { items: [], total: 0 });
      found.push(...items);
      if (items.length === 0 || found.length >= total) return found;
    }
  }

  private send(method: string, path: string, body?: unknown): Promise<unknown> {
    return requestCloud(this.account, { method, path, body, signal: this.signal });
  }
}
