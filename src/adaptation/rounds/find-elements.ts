export interface Element {
  /** Indexes of the first character and after the last one. */
  start: number;
  end: number;
  content: string;
}

/**
 * Finds the elements with this tag. Each closing tag pairs with the last opening tag before it, so that a tag mentioned in
 * prose opens nothing. Takes linear time for any text, because agents write it.
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

/** Removes elements, given in order, from the text. */
export function removeElements(text: string, elements: readonly Element[]): string {
  const ends = [0, ...elements.map(({ end }) => end)];
  return [...elements.map(({ start }) => start), text.length]
    .map((start, index) => text.slice(ends[index], start))
    .join('');
}
