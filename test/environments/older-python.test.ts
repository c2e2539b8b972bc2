/** @needs python3 uv */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Environments } from '../../src/environments/index.js';
import { findInterpreters, listInterpreterCandidates } from '../../src/environments/interpreters.js';
import { temporaryDirectory, temporaryHome, temporarySolution } from '../support/temporary-directories.js';
import { someFacts } from './some-facts.js';

const home = temporaryHome();
const environments = new Environments(home);
const current = await environments.chooseInterpreter(someFacts());
const minorOf = (version: string): number => Number(version.split('.')[1]);
const installed = await findInterpreters(await listInterpreterCandidates(home));
const older = installed.map(({ version }) => minorOf(version)).filter((minor) => minor < minorOf(current.version));
const testIfOlder = older.length > 0 ? test : test.skip;

testIfOlder(
  'a pinned package without a build for the default Python gets the newest older Python with a build',
  async () => {
    const newest = Math.max(...older);
    const request = prepareOldPin(`cp3${newest}`);
    const environment = await environments.prepare(request);
    expect(minorOf(environment.pythonVersion)).toBe(newest);
    expect(environment.notes).toEqual([
      `tiny has no build for Python ${current.version}, and building it from source failed. Uses Python ${environment.pythonVersion}, for which it has a build.`,
    ]);

    const progress: string[] = [];
    const again = await environments.prepare({ ...request, onProgress: (line) => progress.push(line) });
    expect(again).toEqual(environment);
    expect(progress).toEqual([]);
  },
);

testIfOlder('a repository that requires a Python gets no other one', async () => {
  const python = { specifier: `==${current.version}`, from: 'runtime.txt' };
  const request = { ...prepareOldPin(`cp3${Math.max(...older)}`), facts: someFacts({ python }) };
  await expect(environments.prepare(request)).rejects.toMatchObject({ message: expect.stringContaining('tiny') });
});

test('a package without a build for any Python fails with the first error', async () => {
  await expect(environments.prepare(prepareOldPin('cp27'))).rejects.toMatchObject({
    message: expect.stringContaining('tiny'),
  });
});

/** Creates a repository that pins a package with a wheel for one Python and a source that cannot be built. */
function prepareOldPin(tag: string) {
  const directory = temporarySolution({
    'requirements.txt': `# built for ${tag}\n--no-index\n--find-links ./wheels\ntiny==1.0\n`,
  });
  execFileSync('python3', ['-c', makePackage, join(directory, 'wheels'), tag]);
  return { directory, facts: someFacts(), packageDirectory: join(temporaryDirectory(), 'package') };
}

const makePackage = `import io, os, sys, tarfile, zipfile
directory, tag = sys.argv[1:]
os.makedirs(directory)
metadata = "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n"
files = {
    "tiny.py": "",
    "tiny-1.0.dist-info/METADATA": metadata,
    "tiny-1.0.dist-info/WHEEL": f"Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: {tag}-none-any\\n",
}
record = "".join(f"{name},,\\n" for name in [*files, "tiny-1.0.dist-info/RECORD"])
with zipfile.ZipFile(f"{directory}/tiny-1.0-{tag}-none-any.whl", "w") as wheel:
    for name, text in {**files, "tiny-1.0.dist-info/RECORD": record}.items():
        wheel.writestr(name, text)
with tarfile.open(f"{directory}/tiny-1.0.tar.gz", "w:gz") as source:
    for name, text in {"setup.py": "raise SystemExit('no compiler here')", "PKG-INFO": metadata}.items():
        member = tarfile.TarInfo(f"tiny-1.0/{name}")
        member.size = len(text)
        source.addfile(member, io.BytesIO(text.encode()))
`;
