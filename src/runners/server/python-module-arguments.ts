import { parseQuantity } from '../parse-quantity.js';

/** Only Linux enforces the limit. */
const canLimitMemory = process.platform === 'linux';

/** Limits the memory of the process and its child processes, then runs the module. */
const limitMemoryScript = `import resource, runpy, sys
limit, module = int(sys.argv.pop(1)), sys.argv.pop(1)
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
runpy.run_module(module, run_name="__main__", alter_sys=True)
`;

/** Returns Python arguments that run a module as `-m` does. Each of its processes may use at most `memory` (`4Gi`). */
export const buildModuleArguments = (module: string, memory: string | undefined): string[] =>
  memory === undefined || !canLimitMemory
    ? ['-m', module]
    : ['-c', limitMemoryScript, String(parseQuantity(memory)), module];

/** Resources that `buildModuleArguments` limits on this machine. */
export const moduleResources: readonly 'memory'[] = canLimitMemory ? ['memory'] : [];
