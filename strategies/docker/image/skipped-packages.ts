import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { describeMissingCode, findMissingCode } from '../../../src/environments/index.js';
import { ignoreMissing } from '../../../src/runners/containers/index.js';

/** File in an image with the messages of build backends about packages that were left out. */
export const skippedPackagesFile = '/opt/berth-left-out';

/**
 * Returns notes about the packages that the image's build left out. They come from the image itself, even when no step
 * ran.
 */
export async function describeSkippedPackages(container: Docker.Container): Promise<string[]> {
  const archive = await ignoreMissing(container.getArchive({ path: skippedPackagesFile }));
  if (archive === undefined) return [];
  // A tar archive of one text: its header and padding hold zeros.
  const words = findMissingCode((await text(archive)).replaceAll('\0', '\n'));
  return words === undefined ? [] : [describeMissingCode(words)];
}
