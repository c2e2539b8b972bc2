/** Whether a value is of one of these built-in kinds, by the tag that they bear in every realm. */
export const isTagged = (value: object, ...tags: string[]): boolean =>
  tags.includes(Object.prototype.toString.call(value).slice('[object '.length, -1));
