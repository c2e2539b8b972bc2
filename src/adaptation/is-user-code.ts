/**
 * Returns true if no coding agent changed the code: recipes leave the user's code unchanged, and manual edits are the
 * user's own. Workflows use this, so it needs neither Node nor zod.
 */
export const isUserCode = ({ by }: { by: string }): boolean => by.startsWith('recipe:') || by === 'user';
