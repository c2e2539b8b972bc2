import { parseQuantity } from '../parse-quantity.js';

/** The limit is one of Linux. */
const canLimitMemory = process.platform === 'linux';

/** Limits the memory of the process, which its children inherit, then runs the module in it. */
const limitMemoryScript = `import resource, runpy, sys
limit, module = int(sys.argv.pop(1)), sys.argv.pop(1)
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
runpy.run_module(module, run_name="__main__", alter_sys=True)
`;

/** Returns arguments of Python that run a module as `-m` does. Each of its processes may use `memory` (`4Gi`) at most. */
export const buildModuleArguments = (module: string, memory: string | undefined): string[] =>
  memory === undefined || !canLimitMemory
    ? ['-m', module]
    : ['-c', limitMemoryScript, String(parseQuantity(memory)), module];

/** Resources that `buildModuleArguments` bounds on this machine. */
export const moduleResources: readonly 'memory'[] = canLimitMemory ? ['memory'] : [];
