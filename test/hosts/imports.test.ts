import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { temporaryDirectory, writeTree } from '../support/temporary-directories.js';
import { success } from './serve.js';
import { type ServedEntry, serveFiles } from './serve-files.js';

const predict = 'def predict(text):\n    return up(text)\n';
const helper = 'def up(text):\n    return text.upper()\n';

const found: [string, Record<string, string>, ServedEntry][] = [
  [
    'a relative import of a root package',
    { '__init__.py': '', 'predict.py': `from .helper import up\n${predict}`, 'helper.py': helper },
    { module: 'predict', callable: 'predict' },
  ],
  [
    'a relative and a plain import of a root package',
    {
      '__init__.py': 'from .predict import predict\n',
      'predict.py': `from .helper import up\nimport other\n${predict}`,
      'helper.py': helper,
      'other.py': 'from .helper import up\nfrom helper import up as same\nassert up is same\n',
    },
    { module: 'predict', callable: 'predict' },
  ],
  [
    'a root package by the name that it calls itself',
    {
      '__init__.py': 'NAME = "loud"\n',
      'predict.py': `from loud.helper import up\nfrom . import NAME\nassert NAME == "loud"\n${predict}`,
      'helper.py': helper,
    },
    { module: 'predict', callable: 'predict', package: { name: 'loud', directory: '.' } },
  ],
  [
    'a module above a package of a root package',
    {
      '__init__.py': '',
      'helper.py': helper,
      'nodes/__init__.py': '',
      'nodes/loader.py': `from ..helper import up\n${predict}`,
    },
    { module: 'nodes.loader', callable: 'predict' },
  ],
  [
    'a relative import next to a script, without a package',
    { 'predict.py': `from .helper import up\n${predict}`, 'helper.py': helper },
    { module: 'predict', callable: 'predict' },
  ],
  [
    'a file with an unimportable name, in a package with one',
    {
      'my-model/__init__.py': '',
      'my-model/01-predict.py': `from .helper import up\n${predict}`,
      'my-model/helper.py': helper,
    },
    {
      module: '_01_predict',
      callable: 'predict',
      file: 'my-model/01-predict.py',
      paths: ['my-model', '.'],
      package: { name: 'my_model', directory: 'my-model' },
    },
  ],
  [
    'a file with a hyphen, by its path',
    { 'my-model/01-predict.py': `from helper import up\n${predict}`, 'my-model/helper.py': helper },
    { module: '_01_predict', callable: 'predict', file: 'my-model/01-predict.py', paths: ['my-model', '.'] },
  ],
  [
    'the parent directory that makes an import work',
    { 'backend/app/main.py': `from app.utils import up\n${predict}`, 'backend/app/utils.py': helper },
    { module: 'backend.app.main', callable: 'predict' },
  ],
  [
    'the script’s directory, even if it looks like a package',
    { 'backend/__init__.py': '', 'backend/main.py': `from utils import up\n${predict}`, 'backend/utils.py': helper },
    { module: 'backend.main', callable: 'predict' },
  ],
  [
    'a file with the name of a standard library module',
    { 'signal.py': `import token\nfrom token import up\n${predict}`, 'token.py': helper },
    { module: 'signal', callable: 'predict' },
  ],
  [
    'a file with the name of a module that is built into Python',
    { 'time.py': `${helper}${predict}` },
    { module: 'time', callable: 'predict' },
  ],
  [
    'the repository’s `queue`, while libraries get Python’s',
    {
      'app.py': `import queue\nimport concurrent.futures.thread\nimport urllib3_like\nup = queue.up\n${predict}`,
      'urllib3_like.py': 'from queue import Queue, up\nimport queue\nassert queue.LifoQueue\n',
      'queue.py': helper,
    },
    { module: 'app', callable: 'predict' },
  ],
  [
    'Python’s `logging` in addition to the repository’s',
    {
      'app.py': `import logging\nimport logging.handlers\nfrom logging.handlers import RotatingFileHandler\nlogging.basicConfig()\nup = logging.up\n${predict}`,
      'logging.py': `import logging\nlog = logging.getLogger(__name__)\n${helper}`,
    },
    { module: 'app', callable: 'predict' },
  ],
  [
    'a package with the name of a standard library package',
    {
      'app.py': `from platform.helper import up\nimport platform\nassert platform.system()\n${predict}`,
      'platform/__init__.py': 'from .helper import up\n',
      'platform/helper.py': helper,
    },
    { module: 'app', callable: 'predict' },
  ],
  [
    'Python’s `types` inside a root package that has its own',
    {
      '__init__.py': '',
      'predict.py': `from .types import up\nimport types\nassert types.SimpleNamespace and not hasattr(types, "up")\n${predict}`,
      'types.py': helper,
    },
    { module: 'predict', callable: 'predict' },
  ],
  [
    'unicode names',
    { 'größe.py': 'from straße import up\ndef prüfe(text):\n    return up(text)\n', 'straße.py': helper },
    { module: 'größe', callable: 'prüfe' },
  ],
];

test.each(found)('%s is found', async (_, files, entry) => {
  const { call, plan } = await serveFiles(files, entry);
  expect(await call({ text: 'a' })).toEqual(success('A'));
  expect(
    readdirSync(plan.directory, { recursive: true })
      .map(String)
      .filter((name) => name.includes('__pycache__')),
  ).toEqual([]);
});

test('a pickle with a class of `__main__` is read', async () => {
  const train = 'class Model:\n    def __call__(self, text):\n        return text.upper()\n';
  const pickled = String.raw`b"\x80\x04\x95\x18\x00\x00\x00\x00\x00\x00\x00\x8c\x08__main__\x94\x8c\x05Model\x94\x93\x94)\x81\x94."`;
  const load = `import pickle\nmodel = pickle.loads(${pickled})\ndef predict(text):\n    return model(text)\n`;
  const entry = { module: 'app', callable: 'predict' };
  const inEntry = await serveFiles({ 'app.py': `${train}${load}` }, entry);
  expect(await inEntry.call({ text: 'a' })).toEqual(success('A'));
  const inOtherFile = await serveFiles({ 'app.py': load, 'training/train.py': train }, entry);
  expect(await inOtherFile.call({ text: 'a' })).toEqual(success('A'));
  await expect(serveFiles({ 'app.py': load }, entry)).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringContaining('__main__'),
  });
});

const named: [string, Record<string, string>, RegExp][] = [
  [
    'a module that hides one of Python’s',
    { 'app.py': 'import time\ntime.up()\n', 'time.py': helper },
    /time\.py has the name/,
  ],
  [
    'a name that is in neither module',
    { 'app.py': 'import token\ntoken.nope\n', 'token.py': helper },
    /neither token\.py, which has the name/,
  ],
  [
    'the arguments that a script reads from the command line',
    {
      'app.py':
        'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--model", required=True)\nargs = parser.parse_args()\n',
    },
    /usage: app\.py \[-h\] --model MODEL app\.py: error: .*required: --model; move code that reads the command line below/,
  ],
  [
    'the arguments that optparse reads from the command line',
    {
      'app.py':
        'import optparse\nparser = optparse.OptionParser()\noptions, files = parser.parse_args()\nif not files:\n    parser.error("name a file")\n',
    },
    /Usage: app\.py \[options\] app\.py: error: name a file; move code that reads the command line below/,
  ],
  [
    'the message of a script before it exits',
    {
      'app.py':
        'import sys\nprint("loading", file=sys.stderr)\nif len(sys.argv) < 2:\n    print("Usage: app.py FILE")\n    sys.exit(2)\n',
    },
    /the code asked to exit \(2\); it wrote: Usage: app\.py FILE; move code that reads the command line below/,
  ],
  [
    'a command-line argument that a script reads without checking',
    { 'app.py': 'import sys\npath = sys.argv[1]\n' },
    /IndexError: list index out of range; the module reads the command line \(sys\.argv\): move that below/,
  ],
  [
    'the first line of an exception with several',
    { 'app.py': 'raise ValueError("the settings are wrong:\\n  name\\n  place")\n' },
    /ValueError: the settings are wrong: …$/,
  ],
  ['a breakpoint', { 'app.py': 'breakpoint()\nx = 1\n' }, /a debugger cannot be used here: remove breakpoint/],
  [
    'an exception without a message',
    { 'app.py': 'class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError("no text")\nraise Odd\n' },
    /Odd$/,
  ],
  ['a prompt for input', { 'app.py': 'name = input("Name? ")\n' }, /EOFError.*input\(\) cannot be answered here/],
  [
    'all missing modules',
    {
      'app.py':
        'import json\nfrom . import near\nfrom own.part import up\nimport no_such_module.part\nimport third_missing, fourth_missing as it\ntry:\n    import optional_one\nexcept ImportError:\n    pass\n',
      'near.py': 'from fifth_missing import it\n',
      'own/__init__.py': '',
      'own/part.py':
        'import app\nimport first_missing\nimport second_missing\nimport os.path\nif False:\n    import never\ndef up():\n    import later\n',
    },
    /No module named 'fifth_missing'; also missing: ('(first|second|third|fourth)_missing'(, )?|'no_such_module'(, )?){5}$/,
  ],
  [
    'a missing module',
    { 'app.py': 'import no_such_module\n' },
    /ModuleNotFoundError: No module named 'no_such_module'/,
  ],
];

test.each(named)('a failed import names %s', async (_, files, message) => {
  await expect(serveFiles(files, { module: 'app', callable: 'predict' })).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringMatching(message),
  });
});

test('a module that exists only in the built package is found there, and modules of the revision take precedence', async () => {
  const built = writeTree(temporaryDirectory(), {
    'own/__init__.py': 'raise ImportError("this is the built one")\n',
    'own/_version.py': 'version = "1.2"\n',
    'own/part/_made.py': 'name = "made"\n',
    'own/names.py': 'name = "built"\n',
  });
  const files = {
    'own/__init__.py': 'from ._version import version\nfrom . import names\nfrom .part import name\n',
    'own/part/__init__.py': 'from ._made import name\n',
    'own/names.py': 'name = "source"\n',
    'app.py': 'import own\n\ndef predict():\n    return [own.version, own.names.name, own.name]\n',
  };
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  const environment = { digest: '', path: '', python, pythonVersion: '', packageDirectory: built, notes: [] };
  const { call } = await serveFiles(files, { module: 'app', callable: 'predict' }, { environment });
  expect(await call({})).toEqual(success(['1.2', 'source', 'made']));
});
