import type Docker from 'dockerode';
import type { BaseImages } from '../../contract/revision.js';
import { ignoreMissing } from './engine.js';
import { listBaseImages } from './list-base-images.js';

/** The images that a Dockerfile builds on and copies from, each with the id that the engine has now under that name. */
export async function findBaseImages(
  engine: Docker,
  dockerfile: string,
  settings: Record<string, string> = {},
): Promise<BaseImages> {
  const names = listBaseImages(dockerfile, settings);
  const ids = await Promise.all(names.map((name) => findId(engine, name)));
  return Object.fromEntries(names.map((name, index) => [name, ids[index] ?? null]));
}

/** A name as engines have them: what a variable has not filled is none. */
const imageName = /^[a-z0-9]+([.:_-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w.-]+)?(@\w+:\w+)?$/;

async function findId(engine: Docker, name: string): Promise<string | undefined> {
  if (!imageName.test(name)) return undefined;
  return (await ignoreMissing(engine.getImage(name).inspect()))?.Id;
}
