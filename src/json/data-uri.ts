import { isTagged } from './is-tagged.js';

/** Returns the bytes of a buffer or a view of bytes; undefined for any other value. */
export function getBytes(value: object): Buffer | undefined {
  if (isTagged(value, 'Uint8Array', 'Uint8ClampedArray', 'DataView')) {
    const { buffer, byteOffset, byteLength } = value as Uint8Array; // or a view with the same properties
    return Buffer.from(buffer, byteOffset, byteLength);
  }
  return isTagged(value, 'ArrayBuffer', 'SharedArrayBuffer') ? Buffer.from(value as ArrayBuffer) : undefined;
}

export async function readBlobAsDataUri(blob: Blob): Promise<string> {
  const type = blob.type === '' ? undefined : blob.type.replaceAll(' ', '');
  return buildDataUri(Buffer.from(await blob.arrayBuffer()), type);
}

export const buildDataUri = (content: Buffer, type = 'application/octet-stream'): string =>
  `data:${type};base64,${content.toString('base64')}`;
