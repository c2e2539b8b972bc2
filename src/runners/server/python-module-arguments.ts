import { parseQuantity } from '../parse-quantity.js';

/** Whether memory can be bounded here: the bound is one of Linux. */
const canLimitMemory = process.platform === 'linux';

/** Bounds the memory of each process, which children inherit, and becomes the module. */
const limitMemoryScript = `import resource, runpy, sys
limit, module = int(sys.argv.pop(1)), sys.argv.pop(1)
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
runpy.run_module(module, run_name="__main__", alter_sys=True)
`;

/** Arguments of Python that run a module as `-m` does; with `memory` (`4Gi`) each of its processes has no more of it. */
export const buildModuleArguments = (module: string, memory: string | undefined): string[] =>
  memory === undefined || !canLimitMemory
    ? ['-m', module]
    : ['-c', limitMemoryScript, String(parseQuantity(memory)), module];

/** Resources that nothing bounds for a server of Python on this machine. */
export const unlimitedResources: readonly ('cpu' | 'gpu' | 'replicas' | 'memory')[] = [
  ...(['cpu', 'gpu', 'replicas'] as const),
  ...(canLimitMemory ? [] : (['memory'] as const)),
];
