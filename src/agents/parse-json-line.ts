import type * as z from 'zod';

/** Parses a line as JSON by a schema; returns null for any other line. */
export function parseJsonLine<T>(schema: z.ZodType<T>, line: string): T | null {
  if (!line.startsWith('{')) return null;
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
