/** @needs python3 uv */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { requireFailure } from '../strategies/conformance.js';
import { createEnvironmentWith } from './environment-with.js';
import { type ServedHost, serve, success } from './serve.js';

const app = `
import collections, dataclasses, datetime, decimal, enum, fractions, io, ipaddress, itertools, math, pathlib, sqlite3, tempfile, uuid
try:
    import numpy as np, pandas as pd, pydantic
    from PIL import Image
    from typing import Annotated
    class Item(pydantic.BaseModel):
        name: str
        data: bytes = b"x"
    class Token: pass
    Written = Annotated[Token, pydantic.PlainSerializer(lambda token: "token", when_used="json")]
    class Page(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
        url: pydantic.HttpUrl
        key: pydantic.SecretStr
        tokens: list[dict[str, Written]]
        took: datetime.timedelta = datetime.timedelta(seconds=90)
    @dataclasses.dataclass
    class Link:
        to: pydantic.HttpUrl
except ImportError: pass

class Color(enum.Enum): RED = "red"
class Number(enum.IntEnum): ONE = 1
class Word(str): pass
@dataclasses.dataclass
class Point:
    x: int
    when: datetime.date
Pair = collections.namedtuple("Pair", "a b")
@dataclasses.dataclass
class Scores(list):
    label: str
@dataclasses.dataclass
class Output(dict):
    label: str
    mask: list = None
    def __post_init__(self): self["logits"] = [1, 2]
def scored(*items):
    scores = Scores("x")
    scores.extend(items)
    return scores
def row(query):
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    return connection.execute(query).fetchone()
class Opaque: pass
class Results(collections.abc.Mapping, collections.abc.Sequence):
    def __init__(self, items, names): self.all, self.names = items, names
    def __len__(self): return len(self.all)
    def __iter__(self): return iter(self.all)
    def keys(self): return self.names.keys()
    def __getitem__(self, key): return self.names[key] if isinstance(key, str) else self.all[key]
def written(content):
    file = open(tempfile.mkstemp()[1], "w+" if isinstance(content, str) else "wb+")
    file.write(content)
    return file
def nested_list(depth):
    value = []
    for _ in range(depth): value = [value]
    return value
def nested_object(depth):
    value = {}
    for _ in range(depth): value = {"a": value}
    return value
loop = []
loop.append(loop)

def predict(code): return eval(code)
`;

const plainCases: [string, unknown][] = [
  ['Results(["abc", "12"], {"n": "abc"})', ['abc', '12']],
  ['Results(["abc", "12"], {"n": "abc", "d": "12"})', { n: 'abc', d: '12' }],
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
  ['scored(1, Color.RED)', { label: 'x', items: [1, 'red'] }],
  ['{"deep": [[scored()]]}', { deep: [[{ label: 'x', items: [] }]] }],
  ['[Output("x")]', [{ logits: [1, 2], label: 'x' }]],
  ['[row("select 1 as a, \'x\' as b")]', [{ a: 1, b: 'x' }]],
  [
    '{1: "a", None: "b", Color.RED: "c", 1.5: "d", uuid.UUID(int=1): "e", True and "t": "f"}',
    { 1: 'a', null: 'b', red: 'c', 1.5: 'd', '00000000-0000-0000-0000-000000000001': 'e', t: 'f' },
  ],
  ['b"\\x89PNG\\r\\n\\x1a\\n"', 'data:image/png;base64,iVBORw0KGgo='],
  ['bytearray(b"hello")', 'data:application/octet-stream;base64,aGVsbG8='],
  ['[itertools.count(1).__next__ and map(str, [1, 2]), range(2), collections.deque([1])]', [['1', '2'], [0, 1], [1]]],
  ['"half a pair: \\ud800"', 'half a pair: \ud800'],
  [
    '{"text": "quote \\" slash \\\\ line \\n bell \\x07 é 🚢 " * 3000}',
    { text: 'quote " slash \\ line \n bell \x07 é 🚢 '.repeat(3000) },
  ],
  ['[2 ** 70, 2 ** 63 - 1, -(2 ** 53) - 1, 5]', [2n ** 70n, 2n ** 63n - 1n, -(2n ** 53n) - 1n, 5]],
  ['[decimal.Decimal(2 ** 63), decimal.Decimal("1e400")]', [2n ** 63n, '1E+400']],
  ['{1: {2: 3}, "1.0": 4}', { 1: { 2: 3 }, '1.0': 4 }],
  ['map(str, [1, 2])', ['1', '2']],
  ['filter(None, ["a", "", "b"])', ['a', 'b']],
  [
    'zip("ab", "cd")',
    [
      ['a', 'c'],
      ['b', 'd'],
    ],
  ],
  ['itertools.chain(["a"], iter(["b"]))', ['a', 'b']],
  ['reversed(["a", "b"])', ['b', 'a']],
  ['(letter for letter in "ab")', 'ab'],
  ['[fractions.Fraction(1, 3), fractions.Fraction(1, 2), fractions.Fraction(4, 2)]', ['1/3', 0.5, 2]],
  ['collections.UserString("ab")', 'ab'],
  ['datetime.timedelta(days=999999999, microseconds=1)', '86399999913600.000001'],
  ['[io.StringIO("ab"), written("ab"), written(b"ab")]', ['ab', 'ab', 'data:application/octet-stream;base64,YWI=']],
  ['[ipaddress.ip_address("10.0.0.1"), {"later": (n for n in range(2))}]', ['10.0.0.1', { later: [0, 1] }]],
];

const refusals: [string, string][] = [
  ['{"scores": [1, 2, 3, math.nan]}', 'output.scores[3] is NaN, which JSON cannot hold'],
  ['math.inf', 'output is Infinity, which JSON cannot hold'],
  ['{"a b": [{"c": -math.inf}]}', "output['a b'][0].c is -Infinity, which JSON cannot hold"],
  ['{"status": "success", "output": math.nan}', 'the answer.output is NaN, which JSON cannot hold'],
  ['{"model": [Opaque()]}', 'output.model[0] is a app.Opaque, which JSON cannot hold'],
  ['[1 + 2j]', 'output[0] is a complex, which JSON cannot hold'],
  ['{(1, 2): "a"}', 'output has the key (1, 2) of type tuple, which JSON cannot hold'],
  ['{"a": [{Pair(1, 2): 3}]}', 'output.a[0] has the key Pair(a=1, b=2) of type app.Pair, which JSON cannot hold'],
  ['nested_list(5000)', 'output is nested too deeply for JSON'],
  ['{"a": nested_object(5000)}', 'output is nested too deeply for JSON'],
  ['loop', 'output[0] contains itself, which JSON cannot hold'],
  ['{1: "a", "1": "b"}', "output has two keys that are both written '1' in JSON"],
  ['[{"deep": {None: 1, "null": 2}}]', "output[0].deep has two keys that are both written 'null' in JSON"],
  ['collections.OrderedDict([(1.5, 1), ("1.5", 2)])', "output has two keys that are both written '1.5' in JSON"],
  ['[collections.UserDict({True: 1, "true": 2})]', "output[0] has two keys that are both written 'true' in JSON"],
  [
    'row("select 1 as a, 2 as a")',
    "output is a sqlite3.Row, which could not be converted: it has the column 'a' twice",
  ],
  ['{b"k": 1}', "output has the key b'k' of type bytes, which JSON cannot hold"],
];

describe.each(['the bare interpreter', 'an environment with orjson'])('in %s', (where) => {
  let served: ServedHost;
  beforeAll(async () => {
    const changes = where.includes('orjson') ? { environment: libraries() } : {};
    served = await serve(app, 'predict', changes);
  });

  test.each(plainCases)('%s', async (code, output) => {
    expect(await served.call({ code })).toEqual(success(output));
  });

  test.each(refusals)('%s is refused', async (code, message) => {
    expect(requireFailure(await served.call({ code }))).toEqual({ code: 'CALL_OUTPUT', message });
  });
});

describe('values of libraries', () => {
  let served: ServedHost;
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
    [
      'Page(url="https://a.b/c", key="k", tokens=[{"x": Token()}])',
      { url: 'https://a.b/c', key: '**********', tokens: [{ x: 'token' }], took: 90 },
    ],
    ['[Link(pydantic.HttpUrl("https://a.b"))]', [{ to: 'https://a.b/' }]],
    ['pd.DataFrame({"a": [1]}, index=["x"])', [{ index: 'x', a: 1 }]],
    ['pd.DataFrame({"k": ["x", "x"], "v": [1, 2]}).groupby("k").sum()', [{ k: 'x', v: 3 }]],
    ['pd.DataFrame({"a": [1, 2]}).set_index("a", drop=False).iloc[1:]', [{ a: 2 }]],
    ['pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))', [{ 'a,x': 1, 'a,y': 2 }]],
    ['pd.DataFrame({"a": [1, 2, 3]})[lambda frame: frame.a > 1]', [{ a: 2 }, { a: 3 }]],
    ['pd.DataFrame({"a": range(5)}).iloc[3:]', [{ a: 3 }, { a: 4 }]],
    ['pd.concat([pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [3]})])', [{ a: 1 }, { a: 2 }, { a: 3 }]],
    [
      'pd.DataFrame({"a": [0.5, 0.7]}, index=[101, 205])',
      [
        { index: 101, a: 0.5 },
        { index: 205, a: 0.7 },
      ],
    ],
    [
      'pd.DataFrame({"a": [0.5, 0.7]}).sort_values("a", ascending=False)',
      [
        { index: 1, a: 0.7 },
        { index: 0, a: 0.5 },
      ],
    ],
    ['pd.DataFrame({"a": [1]}, index=pd.RangeIndex(1, name="id"))', [{ id: 0, a: 1 }]],
    ['pd.Series({101: 0.5, 205: 0.7})', { 101: 0.5, 205: 0.7 }],
    ['pd.Series({-1: 0.5, 0: 0.7})', { '-1': 0.5, 0: 0.7 }],
    ['pd.Series([7, 7, 8]).value_counts()', { 7: 2, 8: 1 }],
    [
      '[pd.Series([5, 6, 7])[1:], pd.concat([pd.Series([1, 2])] * 2), pd.Series([], dtype=float)]',
      [[6, 7], [1, 2, 1, 2], []],
    ],
    ['pd.Series([7, 7, 8], name="age").value_counts()', { 7: 2, 8: 1 }],
    ['pd.Series([1, 2], index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]))', { 'a,1': 1, 'b,2': 2 }],
    ['pd.DataFrame({"c": pd.Categorical(["u"]), "i": pd.interval_range(0, 1)})', [{ c: 'u', i: '(0, 1]' }]],
    ['np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")])', [{ a: 1, b: 2.5 }]],
    [
      '[np.array([(1, 2)], dtype=[("a", "i4"), ("b", "i4")])[0], np.array([1.5]), np.void(b"hi")]',
      [{ a: 1, b: 2 }, [1.5], 'data:application/octet-stream;base64,aGk='],
    ],
    [
      '[np.uint64(2 ** 64 - 1), np.float16(0.5), np.longdouble(0.25), np.array([np.longdouble(2)])]',
      [2n ** 64n - 1n, 0.5, 0.25, [2]],
    ],
  ])('%s', async (code, output) => {
    expect(await served.call({ code })).toEqual(success(output));
  });

  test.each([
    [
      'pd.DataFrame([[1, 2]], columns=["a", "a"])',
      "output is a pandas.DataFrame, which could not be converted: it has the column 'a' twice",
    ],
    [
      '{"t": [pd.Series([1, 2], index=["a", "a"])]}',
      "output.t[0] is a pandas.Series, which could not be converted: it has the label 'a' twice",
    ],
    ['pd.DataFrame([[1, 2]], columns=[1, "1"])', "output[0] has two keys that are both written '1' in JSON"],
    ['pd.DataFrame({"a": [1]}, index=pd.Index([5], name="a"))', "its index and one of its columns are both called 'a'"],
    [
      'np.array(["2024-01-02", "NaT"], dtype="datetime64[D]")',
      'output[1] is a numpy.datetime64, which could not be converted: it is NaT',
    ],
    ['np.longdouble(1) / 3', 'output is a numpy.longdouble, which could not be converted: a float does not hold 0.333'],
    ['np.array([1 + 2j])', 'output[0] is a complex, which JSON cannot hold'],
    ['np.array([{1: 2, "1": 3}], dtype=object)', "output[0] has two keys that are both written '1' in JSON"],
    ['Token()', 'output is a app.Token, which JSON cannot hold'],
  ])('%s is refused', async (code, message) => {
    const error = requireFailure(await served.call({ code }));
    expect(error.code).toBe('CALL_OUTPUT');
    expect(error.message.replace('pandas.core.frame.', 'pandas.').replace('pandas.core.series.', 'pandas.')).toContain(
      message,
    );
  });

  test('an image that PNG would truncate is a TIFF', async () => {
    const answer = await served.call({
      code: '[Image.new("F", (1, 1), 0.5), Image.new("I", (1, 1), 70000), Image.new("I", (1, 1), 7)]',
    });
    expect(answer.status === 'success' && (answer.output as string[]).map((uri) => uri.split(';')[0])).toEqual([
      'data:image/tiff',
      'data:image/tiff',
      'data:image/png',
    ]);
  });

  test('an image is a PNG', async () => {
    const answer = await served.call({ code: 'Image.new("L", (2, 2))' });
    expect(answer.status === 'success' && answer.output).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
  });

  test('NaN in an array is refused with its path', async () => {
    const error = requireFailure(await served.call({ code: '{"e": np.array([[1, np.nan]])}' }));
    expect(error).toEqual({ code: 'CALL_OUTPUT', message: 'output.e[0][1] is NaN, which JSON cannot hold' });
  });
});

const libraries = () => createEnvironmentWith('numpy', 'pandas', 'pydantic', 'pillow', 'orjson');
