/** @needs python3 uv */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { failureOf } from '../strategies/conformance.js';
import { temporaryDirectory } from '../support/temporary.js';
import { type Served, serve, success } from './serve.js';

const app = `
import collections, dataclasses, datetime, decimal, enum, itertools, math, pathlib, uuid
try:
    import numpy as np, pandas as pd, pydantic
    from PIL import Image
    class Item(pydantic.BaseModel):
        name: str
        data: bytes = b"x"
except ImportError: pass

class Color(enum.Enum): RED = "red"
class Number(enum.IntEnum): ONE = 1
class Word(str): pass
@dataclasses.dataclass
class Point:
    x: int
    when: datetime.date
Pair = collections.namedtuple("Pair", "a b")
class Opaque: pass
loop = []
loop.append(loop)

def predict(code): return eval(code)
`;

const plainCases: [string, unknown][] = [
  ['Point(1, datetime.date(2024, 1, 2))', { x: 1, when: '2024-01-02' }],
  ['datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)', '2024-01-02T03:04:05+00:00'],
  ['datetime.timedelta(minutes=1.5)', 90],
  [
    '[decimal.Decimal("1.10"), decimal.Decimal("3"), decimal.Decimal("1.23456789012345678901")]',
    [1.1, 3, '1.23456789012345678901'],
  ],
  ['uuid.UUID(int=1)', '00000000-0000-0000-0000-000000000001'],
  ['pathlib.PurePosixPath("/a/b")', '/a/b'],
  ['[Color.RED, Number.ONE, Word("w")]', ['red', 1, 'w']],
  ['{3, 1, 2}', [1, 2, 3]],
  ['Pair(1, (2,))', [1, [2]]],
  [
    '{1: "a", None: "b", Color.RED: "c", (1, "x"): "d", uuid.UUID(int=1): "e", True and "t": "f"}',
    { 1: 'a', null: 'b', red: 'c', '1,x': 'd', '00000000-0000-0000-0000-000000000001': 'e', t: 'f' },
  ],
  ['b"\\x89PNG\\r\\n\\x1a\\n"', 'data:image/png;base64,iVBORw0KGgo='],
  ['bytearray(b"hello")', 'data:application/octet-stream;base64,aGVsbG8='],
  ['[itertools.count(1).__next__ and map(str, [1, 2]), range(2), collections.deque([1])]', [['1', '2'], [0, 1], [1]]],
  ['"half a pair: \\ud800"', 'half a pair: \ud800'],
  [
    '{"text": "quote \\" slash \\\\ line \\n bell \\x07 é 🚢 " * 3000}',
    { text: 'quote " slash \\ line \n bell \x07 é 🚢 '.repeat(3000) },
  ],
  ['2 ** 70', 2 ** 70],
];

const refusals: [string, string][] = [
  ['{"scores": [1, 2, 3, math.nan]}', 'output.scores[3] is NaN, which JSON cannot hold'],
  ['math.inf', 'output is Infinity, which JSON cannot hold'],
  ['{"a b": [{"c": -math.inf}]}', "output['a b'][0].c is -Infinity, which JSON cannot hold"],
  ['{"status": "success", "output": math.nan}', 'the answer.output is NaN, which JSON cannot hold'],
  ['{"model": [Opaque()]}', 'output.model[0] is a app.Opaque, which JSON cannot hold'],
  ['[1 + 2j]', 'output[0] is a complex, which JSON cannot hold'],
  ['{(1, 2): "a", "1,2": "b"}', "output has two keys that are both written '1,2' in JSON"],
  ['loop', 'output[0] contains itself, which JSON cannot hold'],
];

describe.each(['the bare interpreter', 'an environment with orjson'])('in %s', (where) => {
  let served: Served;
  beforeAll(async () => {
    const changes = where.includes('orjson') ? { environment: libraries() } : {};
    served = await serve(app, 'predict', changes);
  });

  test.each(plainCases)('%s', async (code, output) => {
    expect(await served.call({ code })).toEqual(success(output));
  });

  test.each(refusals)('%s is refused', async (code, message) => {
    expect(failureOf(await served.call({ code }))).toEqual({ code: 'CALL_OUTPUT', message });
  });
});

describe('values of libraries', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(app, 'predict', { environment: libraries() });
  });

  test.each([
    [
      'np.arange(4).reshape(2, 2)',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [
      '{"a": np.float32(0.5), "b": np.int64(2), "c": np.bool_(True), np.int64(7): np.str_("s")}',
      { a: 0.5, b: 2, c: true, 7: 's' },
    ],
    ['np.array(["2024-01-02"], dtype="datetime64[D]")', ['2024-01-02']],
    [
      'pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.5, np.nan]})',
      [
        { a: 1, b: 'x', c: 0.5 },
        { a: 2, b: null, c: null },
      ],
    ],
    ['pd.Series([1, 2])', [1, 2]],
    ['pd.DataFrame({"a": [1], "b": ["x"]}).iloc[0]', { a: 1, b: 'x' }],
    ['[pd.Timestamp("2024-01-02"), pd.NaT, pd.NA, pd.Index([1])]', ['2024-01-02T00:00:00', null, null, [1]]],
    ['Item(name="n")', { name: 'n', data: 'data:application/octet-stream;base64,eA==' }],
  ])('%s', async (code, output) => {
    expect(await served.call({ code })).toEqual(success(output));
  });

  test('an image is a PNG', async () => {
    const answer = await served.call({ code: 'Image.new("L", (2, 2))' });
    expect(answer.status === 'success' && answer.output).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
  });

  test('NaN in an array is refused with its place', async () => {
    const error = failureOf(await served.call({ code: '{"e": np.array([[1, np.nan]])}' }));
    expect(error).toEqual({ code: 'CALL_OUTPUT', message: 'output.e[0][1] is NaN, which JSON cannot hold' });
  });
});

let environment: ReturnType<typeof makeEnvironment> | undefined;
function libraries() {
  environment ??= makeEnvironment();
  return environment;
}

/** A virtual environment with what AI code returns; from uv's cache in a second once it was had. */
function makeEnvironment() {
  const path = join(temporaryDirectory('berth-libraries-'), 'venv');
  execFileSync('uv', ['venv', '--quiet', path]);
  const python = join(path, 'bin', 'python');
  const packages = ['numpy', 'pandas', 'pydantic', 'pillow', 'orjson'];
  execFileSync('uv', ['pip', 'install', '--quiet', '--python', python, ...packages]);
  return { digest: 'libraries', path, python, pythonVersion: '', packageDirectory: null, notes: [] };
}
