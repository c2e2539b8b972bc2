const byteOrderMarks: [name: string, bytes: number[]][] = [
  ['UTF-32', [0xff, 0xfe, 0, 0]],
  ['UTF-32', [0, 0, 0xfe, 0xff]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
];

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes UTF-8 with or without a byte order mark.
 *
 * @throws Error when the bytes have another encoding. The message names it.
 */
export function decodeJson(bytes: Uint8Array): string {
  const [name] = byteOrderMarks.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte)) ?? [];
  if (name !== undefined) throw new Error(`it is ${name}: save it as UTF-8`);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Error('it is not UTF-8: save it as UTF-8');
  }
}
