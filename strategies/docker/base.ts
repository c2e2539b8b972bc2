import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseImages } from '../../src/contract/revision.js';
import type { AdaptedCode } from '../../src/registry/base.js';
import { findBaseImages, findEngineAddress, openEngine } from '../../src/runners/containers/index.js';
import { parseDockerInterface } from './docker-interface.js';
import { chooseBuildArguments } from './image/build-arguments.js';

/**
 * Returns the images that the revision's Dockerfile names, as the engine has them now. Undefined without an engine or a
 * Dockerfile: the start explains that.
 */
export async function findBase({ directory, runInterface }: AdaptedCode): Promise<BaseImages | undefined> {
  const software = parseDockerInterface(runInterface);
  const text = await readFile(join(directory, software.dockerfile), 'utf8').catch(() => undefined);
  const engine = await openEngine(findEngineAddress()).catch(() => undefined);
  if (text === undefined || engine === undefined) return undefined;
  return await findBaseImages(engine, text, chooseBuildArguments(software));
}
