import type { RunPlan } from '../../../src/contract/handle.js';
import type { CloudRecord } from '../../../src/runners/cloud/cloud-record.js';
import type { Bento } from '../bento/build-bento.js';
import { parseBentoInterface } from '../bento-interface.js';
import { buildConcurrencyVariables } from '../concurrency-variables.js';
import type { BentoCloudClient, DeploymentRequest } from './bento-cloud-client.js';
import { chooseInstanceType } from './choose-instance-type.js';
import { codeDirectory } from './logs/code-directory.js';

interface DeploymentRequestInput {
  plan: RunPlan;
  cloud: BentoCloudClient;
  record: CloudRecord;
  bento: Bento;
  env: Record<string, string>;
  report: (line: string) => Promise<void>;
}

/**
 * Builds the request for a deployment. Its endpoint is protected, and the software's variables are in a separate
 * secret.
 */
export async function buildDeploymentRequest(description: DeploymentRequestInput): Promise<DeploymentRequest> {
  const { plan, cloud, record, bento, env, report } = description;
  const { replicas = 1, concurrency } = plan.resources;
  const isExistingService = parseBentoInterface(plan).call === undefined;
  if (isExistingService && concurrency !== undefined)
    await report('concurrency is not applied: the service sets its own number of threads');
  const instance = chooseInstanceType(await cloud.listInstanceTypes(), plan.resources);
  if (instance !== undefined) await report(`instance type ${instance}`);
  const hasSecret = Object.keys(env).length > 0;
  if (hasSecret) await cloud.putSecret(record.name, env);
  const service = {
    ...(instance !== undefined && { instance_type: instance }),
    scaling: { min_replicas: replicas, max_replicas: replicas },
  };
  return {
    name: record.name,
    bento: bento.tag,
    access_authorization: true,
    envs: describeVariables(plan),
    secrets: hasSecret ? [record.name] : [],
    services: { [bento.entryService]: service },
  };
}

function describeVariables(plan: RunPlan): DeploymentRequest['envs'] {
  const { call, paths } = parseBentoInterface(plan);
  const roots = paths.filter((path) => path !== '.');
  const variables = {
    ...(call !== undefined && buildConcurrencyVariables(plan.resources.concurrency)),
    ...(roots.length > 0 && { PYTHONPATH: roots.map((path) => `${codeDirectory}/${path}`).join(':') }),
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}
