/** Checks whether a value is of one of these built-in types, by the tag that they have in every realm. */
export const isTagged = (value: object, ...tags: string[]): boolean =>
  tags.includes(Object.prototype.toString.call(value).slice('[object '.length, -1));
