/**
 * Whether the code is the user's own: no coding agent changed it. A recipe changes none of it, and what the user edited
 * by hand is theirs. For workflows too: nothing here needs Node or zod.
 */
export const isUserCode = ({ by }: { by: string }): boolean => by.startsWith('recipe:') || by === 'user';
