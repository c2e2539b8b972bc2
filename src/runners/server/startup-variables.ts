/**
 * Variables that Python or the system's loader reads only when a process starts. Only these are in a host's initial
 * environment, where other processes of the user can read them: they configure how a program runs, and contain no
 * secrets.
 */
const startupVariables = new Set([
  'PYTHONPATH',
  'PYTHONHOME',
  'PYTHONPLATLIBDIR',
  'PYTHONSAFEPATH',
  'PYTHONNOUSERSITE',
  'PYTHONUSERBASE',
  'PYTHONHASHSEED',
  'PYTHONOPTIMIZE',
  'PYTHONDEBUG',
  'PYTHONVERBOSE',
  'PYTHONDEVMODE',
  'PYTHONWARNINGS',
  'PYTHONUTF8',
  'PYTHONIOENCODING',
  'PYTHONCOERCECLOCALE',
  'PYTHONWARNDEFAULTENCODING',
  'PYTHONINTMAXSTRDIGITS',
  'PYTHONMALLOC',
  'PYTHONMALLOCSTATS',
  'PYTHONTRACEMALLOC',
  'PYTHONFAULTHANDLER',
  'PYTHONASYNCIODEBUG',
  'PYTHONDONTWRITEBYTECODE',
  'PYTHONPYCACHEPREFIX',
  'PYTHONNODEBUGRANGES',
  'PYTHONPROFILEIMPORTTIME',
  'PYTHONPERFSUPPORT',
  'PYTHON_GIL',
  'PYTHON_JIT',
  'PYTHON_CPU_COUNT',
  'PYTHON_FROZEN_MODULES',
  'PYTHON_COLORS',
  'PYTHON_CONTEXT_AWARE_WARNINGS',
  'PYTHON_THREAD_INHERIT_CONTEXT',
  'LD_LIBRARY_PATH',
  'LD_PRELOAD',
  'LD_AUDIT',
  'LD_BIND_NOW',
  'LD_DEBUG',
  'GLIBC_TUNABLES',
  'DYLD_LIBRARY_PATH',
  'DYLD_FALLBACK_LIBRARY_PATH',
  'DYLD_FRAMEWORK_PATH',
  'DYLD_INSERT_LIBRARIES',
  'MALLOC_ARENA_MAX',
  'MALLOC_CHECK_',
  'MALLOC_CONF',
  'MALLOC_MMAP_THRESHOLD_',
  'MALLOC_PERTURB_',
  'MALLOC_TOP_PAD_',
  'MALLOC_TRIM_THRESHOLD_',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
]);

/** Picks the variables that take effect only when they are set at the start of a process. */
export const pickStartupVariables = (variables: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => startupVariables.has(name)));

/** Parses the `NAME=VALUE` lines of a manifest. */
export const parseVariableLines = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

/** Joins Python's path: Berth's own directories, then the user's. */
export const joinPythonPath = (own: readonly string[], users: string | undefined, delimiter: string): string =>
  [...own, ...(users === undefined || users === '' ? [] : [users])].join(delimiter);
