import type Docker from 'dockerode';
import type { BaseImages } from '../../contract/revision.js';
import { ignoreMissing } from './engine.js';
import { listBaseImages } from './list-base-images.js';

/** Finds the images that a Dockerfile builds on and copies from, with the id that the engine currently has for each name. */
export async function findBaseImages(
  engine: Docker,
  dockerfile: string,
  settings: Record<string, string> = {},
): Promise<BaseImages> {
  const names = listBaseImages(dockerfile, settings);
  const ids = await Promise.all(names.map((name) => findId(engine, name)));
  return Object.fromEntries(names.map((name, index) => [name, ids[index] ?? null]));
}

/** Valid image name. A name with an unfilled variable is not one. */
const imageName = /^[a-z0-9]+([.:_-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w.-]+)?(@\w+:\w+)?$/;

async function findId(engine: Docker, name: string): Promise<string | undefined> {
  if (!imageName.test(name)) return undefined;
  return (await ignoreMissing(engine.getImage(name).inspect()))?.Id;
}
