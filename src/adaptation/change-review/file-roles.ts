import { basename, extname } from 'node:path/posix';

const sourceExtensions = new Set([
  '.py',
  '.pyi',
  '.pyw',
  '.pyx',
  '.pxd',
  '.ipynb',
  '.js',
  '.mjs',
  '.cjs',
  '.jsx',
  '.ts',
  '.mts',
  '.cts',
  '.tsx',
  '.vue',
  '.svelte',
  '.astro',
  '.html',
  '.htm',
  '.css',
  '.scss',
  '.jinja',
  '.jinja2',
  '.j2',
  '.mako',
  '.tmpl',
  '.go',
  '.rs',
  '.java',
  '.kt',
  '.kts',
  '.scala',
  '.groovy',
  '.clj',
  '.c',
  '.cc',
  '.cpp',
  '.cxx',
  '.h',
  '.hh',
  '.hpp',
  '.cu',
  '.cuh',
  '.m',
  '.mm',
  '.swift',
  '.cs',
  '.fs',
  '.vb',
  '.dart',
  '.zig',
  '.nim',
  '.rb',
  '.erb',
  '.php',
  '.pl',
  '.pm',
  '.lua',
  '.jl',
  '.r',
  '.rmd',
  '.qmd',
  '.ex',
  '.exs',
  '.erl',
  '.hs',
  '.ml',
  '.f',
  '.f90',
  '.f95',
  '.sh',
  '.bash',
  '.zsh',
  '.fish',
  '.ps1',
  '.bat',
  '.sql',
  '.proto',
  '.thrift',
  '.graphql',
  '.tf',
  '.sol',
]);
const sourceNames = /^((Docker|Make|Container|Jenkins|Proc|Rake)file|CMakeLists\.txt)(\..+)?$/;
const dataExtensions = new Set([
  '.pkl',
  '.pickle',
  '.joblib',
  '.pt',
  '.pth',
  '.ckpt',
  '.onnx',
  '.safetensors',
  '.gguf',
  '.tflite',
  '.pb',
  '.h5',
  '.hdf5',
  '.keras',
  '.npy',
  '.npz',
  '.bin',
  '.model',
  '.mar',
  '.csv',
  '.tsv',
  '.parquet',
  '.feather',
  '.arrow',
]);

export const isTest = (path: string): boolean =>
  /(^|\/)(tests?|__tests__|spec)\//i.test(path) ||
  /^(test_.*|.*_test|conftest)\.py$|\.(test|spec)\.[cm]?[jt]sx?$|_test\.go$/i.test(basename(path));

export const isSourceCode = (path: string): boolean =>
  sourceExtensions.has(extname(path).toLowerCase()) || sourceNames.test(basename(path));

/** Returns true for weights and tables, which an agent cannot recreate. */
export const isData = (path: string): boolean => dataExtensions.has(extname(path).toLowerCase());

/** Returns true for caches and for files marked as generated. */
export const isGenerated = (path: string, text: string): boolean =>
  /(^|\/)(__pycache__|node_modules|\.ipynb_checkpoints|[^/]+\.egg-info)\//.test(path) ||
  /_pb2(_grpc)?\.pyi?$|\.min\.(js|css)$/.test(path) ||
  /@generated\b|\bDO NOT (EDIT|MODIFY)\b|\b(auto-?|automatically )generated\b/i.test(
    text.split('\n').slice(0, 5).join('\n'),
  );

/** Returns true for files with expected outputs. */
export const isExampleFile = (path: string): boolean =>
  /^(examples?|contract|expected)([._-].*)?\.(jsonl?|ndjson|ya?ml)$/i.test(basename(path));

/** Returns true for prose, in which examples may be quoted. */
export const isProse = (path: string): boolean =>
  ['.md', '.rst', '.txt', '.adoc'].includes(extname(path).toLowerCase());
