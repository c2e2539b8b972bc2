export interface Element {
  /** Indexes of its first character, and of the one after its last. */
  start: number;
  end: number;
  content: string;
}

/**
 * Returns what stands between tags of this name, each closing tag with the last opening one before it: one that prose
 * mentions opens nothing. Linear in the text, whatever it is: agents write it.
 */
export function findElements(text: string, tag: string): Element[] {
  const found: Element[] = [];
  let opening: { start: number; inner: number } | undefined;
  let bracket = -1;
  for (const { 0: marker, index } of text.matchAll(new RegExp(`<${tag}\\b|</\\s*${tag}\\s*>`, 'gi'))) {
    if (!marker.startsWith('</')) {
      if (bracket < index) bracket = text.indexOf('>', index);
      if (bracket === -1) break;
      opening = { start: index, inner: bracket + 1 };
    } else if (opening !== undefined && opening.inner <= index) {
      found.push({ start: opening.start, end: index + marker.length, content: text.slice(opening.inner, index) });
      opening = undefined;
    }
  }
  return found;
}

/** The text without these elements, which are in order. */
export function removeElements(text: string, elements: readonly Element[]): string {
  const ends = [0, ...elements.map(({ end }) => end)];
  return [...elements.map(({ start }) => start), text.length]
    .map((start, index) => text.slice(ends[index], start))
    .join('');
}
