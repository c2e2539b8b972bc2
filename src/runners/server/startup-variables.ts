/**
 * Variables that Python or the system's loader reads when a process starts, and never again. Only these are in the initial
 * environment of a host, where others of the same user can read them: they say how a program runs, and hold no secret.
 */
const startupVariables = new Set([
  ...['PYTHONPATH', 'PYTHONHOME', 'PYTHONPLATLIBDIR', 'PYTHONSAFEPATH', 'PYTHONNOUSERSITE', 'PYTHONUSERBASE'],
  ...['PYTHONHASHSEED', 'PYTHONOPTIMIZE', 'PYTHONDEBUG', 'PYTHONVERBOSE', 'PYTHONDEVMODE', 'PYTHONWARNINGS'],
  ...['PYTHONUTF8', 'PYTHONIOENCODING', 'PYTHONCOERCECLOCALE', 'PYTHONWARNDEFAULTENCODING', 'PYTHONINTMAXSTRDIGITS'],
  ...['PYTHONMALLOC', 'PYTHONMALLOCSTATS', 'PYTHONTRACEMALLOC', 'PYTHONFAULTHANDLER', 'PYTHONASYNCIODEBUG'],
  ...['PYTHONDONTWRITEBYTECODE', 'PYTHONPYCACHEPREFIX', 'PYTHONNODEBUGRANGES', 'PYTHONPROFILEIMPORTTIME'],
  ...['PYTHONPERFSUPPORT', 'PYTHON_GIL', 'PYTHON_JIT', 'PYTHON_CPU_COUNT', 'PYTHON_FROZEN_MODULES', 'PYTHON_COLORS'],
  ...['PYTHON_CONTEXT_AWARE_WARNINGS', 'PYTHON_THREAD_INHERIT_CONTEXT'],
  ...['LD_LIBRARY_PATH', 'LD_PRELOAD', 'LD_AUDIT', 'LD_BIND_NOW', 'LD_DEBUG', 'GLIBC_TUNABLES'],
  ...['DYLD_LIBRARY_PATH', 'DYLD_FALLBACK_LIBRARY_PATH', 'DYLD_FRAMEWORK_PATH', 'DYLD_INSERT_LIBRARIES'],
  ...['MALLOC_ARENA_MAX', 'MALLOC_CHECK_', 'MALLOC_CONF', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_PERTURB_'],
  ...['MALLOC_TOP_PAD_', 'MALLOC_TRIM_THRESHOLD_', 'LANG', 'LC_ALL', 'LC_CTYPE'],
]);

/** Of the software's variables those that only take effect where they are there when its process starts. */
export const pickStartupVariables = (variables: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => startupVariables.has(name)));

/** `NAME=VALUE` lines, as a manifest asks for them. */
export const parseVariableLines = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

/** Python's path where Berth has directories of its own for it: the user's come after them. */
export const joinPythonPath = (own: readonly string[], users: string | undefined, delimiter: string): string =>
  [...own, ...(users === undefined || users === '' ? [] : [users])].join(delimiter);
