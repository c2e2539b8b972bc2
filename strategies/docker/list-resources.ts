import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { type BerthHome, revisionDirectory } from '../../src/home/home.js';
import { contentLabel, findEngineAddress, openEngine } from '../../src/runners/containers/index.js';
import type { ExternalResource } from '../../src/runners/runner.js';
import { labels } from './container/container-name.js';
import { isOwnContainer, isOwnImage, removeContainer, removeImage } from './container/revision-container.js';

type Home = Pick<BerthHome, 'deployments'>;

/** Lists containers and images of this home's deployments on this process's engine; none without an engine. */
export async function listResources(home: Home): Promise<ExternalResource[]> {
  const address = findEngineAddress();
  if (address.startsWith('unix://') && !existsSync(new URL(address).pathname)) return [];
  const engine = await openEngine(address);
  return [...(await listContainers(engine, home)), ...(await listImages(engine, home))];
}

async function listContainers(engine: Docker, home: Home): Promise<ExternalResource[]> {
  const found = await engine.listContainers({ all: true, size: true, filters: { label: [labels.home] } });
  return found.flatMap((container) => {
    const { [labels.deployment]: deployment = '', [labels.revision]: revision = '' } = container.Labels;
    const plan = describePlan(home, deployment, revision);
    if (!isOwnContainer(container.Labels, plan)) return [];
    return [
      {
        kind: 'container',
        name: container.Names[0]?.slice(1) ?? container.Id,
        deployment,
        revision,
        bytes: (container as { SizeRw?: number }).SizeRw ?? 0, // present because of `size`
        remove: () => removeContainer(engine.getContainer(container.Id), plan),
      },
    ];
  });
}

async function listImages(engine: Docker, home: Home): Promise<ExternalResource[]> {
  const query = { filters: { label: [contentLabel] }, 'shared-size': true };
  const found = await engine.listImages(query as Docker.ListImagesOptions); // since API 1.42; missing in the types
  return found.flatMap(({ RepoTags, Labels, Size, SharedSize }) =>
    (RepoTags ?? []).flatMap((name) => {
      const [, deployment = '', revision = ''] = /^berth\/(.+):(r\d+)-\w+$/.exec(name) ?? [];
      if (!isOwnImage(name, describePlan(home, deployment, revision), Labels ?? {})) return [];
      const bytes = RepoTags?.length === 1 ? Size - Math.max(SharedSize, 0) : 0; // an image goes with its last name
      return [{ kind: 'image', name, deployment, revision, bytes, remove: () => removeImage(engine, name) }];
    }),
  );
}

const describePlan = (home: Home, deployment: string, revision: string) => {
  const { state, log } = revisionDirectory(home, deployment, revision);
  return { deployment, revision, stateDirectory: state, logFile: log };
};
