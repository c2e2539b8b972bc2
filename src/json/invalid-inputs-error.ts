/** Inputs that JSON cannot represent, or that parsing would change. The message names the path. */
export class InvalidInputsError extends Error {}

/** Formats a path: `inputs.scores[3]`, `inputs["a b"]`. */
export function describePath(path: readonly (string | number)[], root = 'inputs'): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(part) ? `${text}.${part}` : `${text}[${JSON.stringify(part)}]`;
  }, root);
}

export const createNestingError = (root = 'inputs'): InvalidInputsError =>
  new InvalidInputsError(`${root} is nested too deeply`);
