import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { listSourceFiles } from '../../workspaces/index.js';
import type { MissingFinder } from './failure-context.js';

/** Maximum bytes of a pointer file. */
const maxPointerBytes = 1024;
const pointerHeader = 'version https://git-lfs';
/** Maximum number of small files that are read. */
const maxFiles = 5000;

/** Matches errors of readers that find unexpected content in a file. */
const unreadablePattern =
  /invalid load key|not a (zip|gzip|hdf5|valid|pickle)|badzip|header ?too ?large|invalid ?header|cannot identify image|magic number|file signature|unpickling|decode ?error|failed (reading|to load|to read)|parquet|corrupt|unexpected (eof|end of)|protobuf|malformed|git-lfs|unable to (open|read|load)|SafetensorError/i;

/** Finds Git LFS pointers whose files were never fetched. */
export const findLargeFilePointers: MissingFinder = async (text, { code, source }) => {
  const pointers = await listPointers(code);
  const named = pointers.filter((path) => text.includes(basename(path)));
  const likely = named.length > 0 ? named : unreadablePattern.test(text) ? pointers : [];
  const [first, ...others] = likely;
  if (first === undefined) return [];
  const subject = others.length === 0 ? `${first} is` : `${first} and ${others.length} more are`;
  return [`${subject} only a Git LFS pointer: run “git lfs pull” in ${source}, then deploy again`];
};

async function listPointers(code: string): Promise<string[]> {
  const files = await listSourceFiles(code);
  const small = files.filter(
    ({ kind, bytes }) => kind === 'file' && bytes > pointerHeader.length && bytes <= maxPointerBytes,
  );
  const pointers: string[] = [];
  for (const { path } of small.slice(0, maxFiles)) if (await isPointer(join(code, path))) pointers.push(path);
  return pointers;
}

async function isPointer(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(pointerHeader.length), 0, pointerHeader.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === pointerHeader;
  } finally {
    await file.close();
  }
}
