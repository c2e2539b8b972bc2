import { extname } from 'node:path/posix';

const languages: Record<string, string> = {
  '.py': 'python',
  '.ipynb': 'notebook',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.jsx': 'javascript',
  '.ts': 'typescript',
  '.tsx': 'typescript',
  '.go': 'go',
  '.rs': 'rust',
  '.java': 'java',
  '.kt': 'kotlin',
  '.scala': 'scala',
  '.c': 'c',
  '.cc': 'c++',
  '.cpp': 'c++',
  '.cu': 'cuda',
  '.cs': 'c#',
  '.rb': 'ruby',
  '.php': 'php',
  '.pl': 'perl',
  '.swift': 'swift',
  '.r': 'r',
  '.jl': 'julia',
  '.lua': 'lua',
  '.sh': 'shell',
};

/** Counts the files of each language, most frequent first. */
export function countLanguages(paths: string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const language = languages[extname(path).toLowerCase()];
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, left], [, right]) => right - left));
}
