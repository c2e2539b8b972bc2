import { z } from 'zod';
import { BerthError } from '../../../src/errors.js';
import { askCloud, type CloudAccount } from '../../../src/runners/cloud-api.js';

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

/** The part of BentoCloud's REST API that its own command uses for deployments. */
export class BentoCloud {
  constructor(
    private readonly account: CloudAccount,
    private readonly signal?: AbortSignal,
  ) {}

  /** Undefined when there is no such deployment. */
  async find(name: string): Promise<Deployment | undefined> {
    return Deployment.optional().parse(await this.ask('GET', `/api/v2/deployments/${name}`));
  }

  async create(request: DeploymentRequest): Promise<void> {
    await this.ask('POST', '/api/v2/deployments', request);
  }

  /** Starts it, too, where it was terminated. */
  async update({ name, ...request }: DeploymentRequest): Promise<void> {
    await this.ask('PUT', `/api/v2/deployments/${name}`, request);
  }

  async terminate(name: string): Promise<void> {
    await this.ask('POST', `/api/v2/deployments/${name}/terminate`);
  }

  async remove(name: string): Promise<void> {
    await this.ask('DELETE', `/api/v2/deployments/${name}`);
  }

  /** Of its store. Its own command has no word for this: a cloud that knows none either keeps the bento. */
  async removeBento(tag: string): Promise<void> {
    const [repository, version] = tag.split(':');
    try {
      await this.ask('DELETE', `/api/v1/bento_repositories/${repository}/bentos/${version}`);
    } catch (error) {
      if (BerthError.from(error).code !== 'START_FAILED') throw error;
    }
  }

  async listInstanceTypes(): Promise<InstanceType[]> {
    return z.array(InstanceType).parse((await this.ask('GET', '/api/v1/instance_types')) ?? []);
  }

  async hasSecret(name: string): Promise<boolean> {
    return (await this.ask('GET', `/api/v1/org_secrets/${name}`)) !== undefined;
  }

  async putSecret(name: string, variables: Record<string, string>): Promise<void> {
    const items = Object.entries(variables).map(([key, value]) => ({ key, value }));
    const content = { type: 'env', items };
    const description = 'variables of a deployment';
    if (await this.hasSecret(name)) await this.ask('PATCH', `/api/v1/org_secrets/${name}`, { content, description });
    else await this.ask('POST', '/api/v1/org_secrets', { name, content, description });
  }

  async removeSecret(name: string): Promise<void> {
    await this.ask('DELETE', `/api/v1/org_secrets/${name}`);
  }

  private ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return askCloud(this.account, { method, path, body, signal: this.signal });
  }
}
