import type * as z from 'zod';

/** What a line of JSON holds of the schema; null for any other text, and for what does not fit. */
export function parseJsonLine<T>(schema: z.ZodType<T>, line: string): T | null {
  if (!line.startsWith('{')) return null;
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
