import { parseQuantity } from './quantity.js';

/** Whether memory can be bounded here: the bound is one of Linux. */
const boundsMemory = process.platform === 'linux';

/** Bounds the memory of each process, which children inherit, and becomes the module. */
const bounded = `import resource, runpy, sys
limit, module = int(sys.argv.pop(1)), sys.argv.pop(1)
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
runpy.run_module(module, run_name="__main__", alter_sys=True)
`;

/** Arguments of Python that run a module as `-m` does; with `memory` (`4Gi`) each of its processes has no more of it. */
export const runModule = (module: string, memory: string | undefined): string[] =>
  memory === undefined || !boundsMemory ? ['-m', module] : ['-c', bounded, String(parseQuantity(memory)), module];

/** Resources that nothing bounds for a server of Python on this machine. */
export const unboundHere: readonly ('cpu' | 'gpu' | 'replicas' | 'memory')[] = [
  ...(['cpu', 'gpu', 'replicas'] as const),
  ...(boundsMemory ? [] : (['memory'] as const)),
];
