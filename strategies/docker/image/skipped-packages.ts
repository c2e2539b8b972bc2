import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { describeMissingCode, findMissingCode } from '../../../src/environments/index.js';
import { ignoreMissing } from '../../../src/runners/containers/index.js';

/** In an image: what build backends said of the packages that its build left out. */
export const skippedPackagesFile = '/opt/berth-left-out';

/** Notes of the packages that the build of the container's image left out. The image itself tells, also where no step ran. */
export async function describeSkippedPackages(container: Docker.Container): Promise<string[]> {
  const archive = await ignoreMissing(container.getArchive({ path: skippedPackagesFile }));
  if (archive === undefined) return [];
  // A tar archive of one text: its header and padding hold zeros.
  const words = findMissingCode((await text(archive)).replaceAll('\0', '\n'));
  return words === undefined ? [] : [describeMissingCode(words)];
}
