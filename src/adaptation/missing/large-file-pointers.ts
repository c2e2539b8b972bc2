import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { listSourceFiles } from '../../workspaces/index.js';
import type { FindMissing } from './surroundings.js';

/** Bytes of the largest pointer. */
const largestPointer = 1024;
const head = 'version https://git-lfs';
/** Small files that are looked into. */
const mostFiles = 5000;

/** How readers complain of a file that is not what its name says. */
const unreadable =
  /invalid load key|not a (zip|gzip|hdf5|valid|pickle)|badzip|header ?too ?large|invalid ?header|cannot identify image|magic number|file signature|unpickling|decode ?error|failed (reading|to load|to read)|parquet|corrupt|unexpected (eof|end of)|protobuf|malformed|git-lfs|unable to (open|read|load)|SafetensorError/i;

/** Files that stand for others in Git's Large File Storage, where nobody fetched those. */
export const findLargeFilePointers: FindMissing = async (text, { code, source }) => {
  const pointers = await listPointers(code);
  const named = pointers.filter((path) => text.includes(basename(path)));
  const meant = named.length > 0 ? named : unreadable.test(text) ? pointers : [];
  const [first, ...others] = meant;
  if (first === undefined) return [];
  const what = others.length === 0 ? `${first} is` : `${first} and ${others.length} more are`;
  return [`${what} no more than a Git LFS pointer: run “git lfs pull” in ${source}, then deploy again`];
};

async function listPointers(code: string): Promise<string[]> {
  const files = await listSourceFiles(code);
  const small = files.filter(({ kind, bytes }) => kind === 'file' && bytes > head.length && bytes <= largestPointer);
  const pointers: string[] = [];
  for (const { path } of small.slice(0, mostFiles)) if (await isPointer(join(code, path))) pointers.push(path);
  return pointers;
}

async function isPointer(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(head.length), 0, head.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === head;
  } finally {
    await file.close();
  }
}
