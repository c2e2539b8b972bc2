import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const jiti = createJiti(import.meta.url);

/** Imports a module of src/, so that the tests find their tools like Berth does. */
export const source = (file) => jiti.import(join(root, 'src', file));

/** Imports a module of strategies/. */
export const strategySource = (file) => jiti.import(join(root, 'strategies', file));
