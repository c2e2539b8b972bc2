/** @needs python3 uv */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createEnvironmentWith } from './environment-with.js';
import { type ServedHost, serve, success } from './serve.js';

/** JSON texts. Each is passed to each annotation. */
const values = [
  'null',
  'true',
  'false',
  '0',
  '1',
  '2',
  '-1',
  '9007199254740993',
  '1180591620717411303424',
  '0.0',
  '1.0',
  '3.5',
  '9007199254740991.0',
  '9007199254740993.0',
  '1e16',
  '1e20',
  '""',
  '"5"',
  '" 5 "',
  '"5.0"',
  '"5.5"',
  '"1_000"',
  '"0x10"',
  '"1e3"',
  '"nan"',
  '"true"',
  '"Yes"',
  '"off"',
  '"x"',
  '"red"',
  '"1"',
  '"null"',
  '"1/3"',
  '"1+2j"',
  '"/a/b"',
  '[]',
  '[1]',
  '[1.5]',
  '["1"]',
  '["x"]',
  '[null]',
  '[[1]]',
  '[1, "a"]',
  '{}',
  '{"a": 1}',
  '{"a": "1"}',
  '{"1": 2}',
  '"2024-01-31"',
  '"2024-01-31T00:00:00"',
  '"2024-01-31T10:00:00Z"',
  '"2024-01-31 10:00"',
  '"10:00"',
  '"17"',
  '"PT1H"',
  '"P1D"',
  '1700000000',
  '1700000000.5',
  '1700000000000',
  '"1700000000"',
  '86400',
  '"00000000-0000-0000-0000-000000000001"',
];

const annotations = [
  'int',
  'float',
  'bool',
  'str',
  'list',
  'dict',
  'set',
  'Sequence',
  'Any',
  'object',
  'Optional[int]',
  'Optional[str]',
  'List[int]',
  'List[float]',
  'List[bool]',
  'Dict[str, int]',
  'Dict[int, float]',
  'Tuple[int, str]',
  'Tuple[int, ...]',
  'Set[int]',
  'FrozenSet[str]',
  'Sequence[int]',
  'Mapping[str, int]',
  'Union[int, str]',
  'Union[str, float]',
  'Union[int, float]',
  'Union[int, List[int]]',
  'Optional[Union[int, bool]]',
  'Union[List[int], List[str]]',
  'Union[Dict[str, int], Dict[str, str]]',
  'Scalar',
  'AnyStr',
  'Literal[1, "a"]',
  'Literal[True]',
  'Color',
  'Level',
  'Count',
  'Record',
  'List[Record]',
  'Pair',
  'datetime.date',
  'datetime.datetime',
  'datetime.time',
  'datetime.timedelta',
  'decimal.Decimal',
  'uuid.UUID',
  'pathlib.Path',
  'bytes',
  'complex',
];

/** Integers that a float may have rounded: refused here, while pydantic accepts the rounded number. */
const rounded = ['9007199254740993.0', '1e16'];
const stricter: Record<string, string[]> = {
  int: rounded,
  'Optional[int]': rounded,
  Count: rounded,
  'Union[int, str]': rounded,
  'Union[int, List[int]]': rounded,
  'Optional[Union[int, bool]]': rounded,
  Scalar: rounded,
  'datetime.timedelta': ['true', 'false'],
};
const laxer: Record<string, string[]> = {
  'datetime.timedelta': ['"5"', '" 5 "', '"5.0"', '"5.5"', '"1_000"', '"1e3"', '"1"', '"17"', '"1700000000"'],
};

const source = `
import dataclasses, datetime, decimal, enum, json, pathlib, uuid
from typing import *
from berth_host.signature import Arguments
from berth_host.errors import CallInputError
try:
    from pydantic import TypeAdapter
except ImportError:
    TypeAdapter = None

class Color(enum.Enum): RED = "red"
class Level(enum.IntEnum): LOW = 1
Count = NewType("Count", int)
Scalar = TypeVar("Scalar", int, str)
@dataclasses.dataclass
class Record:
    a: int
class Pair(NamedTuple):
    a: int
    b: str = "b"

def ours(kind):
    def function(v): pass
    function.__annotations__ = {"v": kind}
    arguments = Arguments(function, "f")
    def read(value):
        try:
            return [True, arguments.map({"v": value})[1]["v"]]
        except CallInputError as error:
            assert error.message.startswith("v"), error.message
            return [False, None]
    return read

def theirs(kind):
    adapter = TypeAdapter(kind)
    def read(value):
        try:
            return [True, adapter.validate_python(value)]
        except ValueError:
            return [False, None]
    return read

def predict(annotation, values):
    kind = eval(annotation)
    read, compare = ours(kind), TypeAdapter and theirs(kind)
    found = {"shown": {}, "stricter": [], "laxer": [], "other": []}
    for text in values:
        is_taken, value = read(json.loads(text))
        shown = sorted(map(repr, value)) if isinstance(value, (set, frozenset)) else repr(value)
        found["shown"][text] = shown if is_taken else "refused"
        if compare:
            is_theirs, expected = compare(json.loads(text))
            if is_taken != is_theirs:
                found["laxer" if is_taken else "stricter"].append(text)
            elif value != expected and not (isinstance(value, int) and float(value) == expected) and value == value:
                found["other"].append([text, repr(value), repr(expected)])
    return found
`;

describe('a bare annotation accepts and refuses the same values as FastAPI', () => {
  let bare: ServedHost;
  let withPydantic: ServedHost;
  beforeAll(async () => {
    bare = await serve(source, 'predict');
    withPydantic = await serve(source, 'predict', { environment: createEnvironmentWith('pydantic') });
  }, 120_000);

  test.each(annotations)('%s', async (annotation) => {
    const answer = await withPydantic.call({ annotation, values });
    const expected = { stricter: stricter[annotation] ?? [], laxer: laxer[annotation] ?? [], other: [] };
    expect(answer).toEqual(success({ ...expected, shown: expect.any(Object) }));
    const plain = await bare.call({ annotation, values });
    const shown = answer.status === 'success' && (answer.output as { shown: unknown }).shown;
    expect(plain).toMatchObject({ status: 'success', output: { shown } });
  });
});

test('an integer that arrives as a float keeps its digits or is refused', async () => {
  const { runner } = await serve('def predict(n: int = 0): return n', 'predict');
  expect(await runner.runText('{"n": 9007199254740991.0}')).toBe('{"status":"success","output":9007199254740991}');
  expect(JSON.parse(await runner.runText('{"n": 9007199254740993.0}'))).toMatchObject({
    error: { code: 'CALL_INPUT', message: expect.stringMatching(/^n: must be a whole number, got .* digits/) },
  });
});

describe('a number for a Decimal or a Fraction arrives as it was written', () => {
  const source = `
import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import *
@dataclasses.dataclass
class Price:
    amount: Decimal
    rate: float = 0.0
def one(d: Decimal, other=None, more: float = 0): return [repr(d), repr(other), type(more).__name__]
async def many(d: List[Decimal], f: Optional[Fraction] = None): return repr([d, f])
def record(price: Price): return repr(price)
def union(d: Union[Decimal, str]): return repr(d)
`;
  test.each([
    ['one', '{"d": 0.1}', ["Decimal('0.1')", 'None', 'int']],
    [
      'one',
      '{"d": 1.10, "other": [1.10, {"x": 2.50}], "more": 1.0}',
      ["Decimal('1.10')", "[1.1, {'x': 2.5}]", 'float'],
    ],
    [
      'many',
      '{"d": [0.12345678901234567890, 12345678901234567890.5, 7]}',
      "[[Decimal('0.12345678901234567890'), Decimal('12345678901234567890.5'), Decimal('7')], None]",
    ],
    ['many', '{"d": [], "f": 0.1}', '[[], Fraction(1, 10)]'],
    ['record', '{"amount": 1.10, "rate": 1.10}', "Price(amount=Decimal('1.10'), rate=1.1)"],
    ['union', '{"d": 0.30000000000000000001}', "Decimal('0.30000000000000000001')"],
  ])('%s given %s', async (callable, inputs, output) => {
    const { runner } = await serve(source, callable);
    expect(JSON.parse(await runner.runText(inputs))).toEqual(success(output));
  });

  test('in a pydantic model, too', async () => {
    const source = `
from decimal import Decimal
from typing import Annotated
from pydantic import BaseModel, Field
class Price(BaseModel):
    amount: Decimal
    rate: float
def predict(price: Price, tax: Annotated[Decimal, Field(ge=0)] = Decimal(0)): return repr([price, tax])
`;
    const { runner } = await serve(source, 'predict', { environment: createEnvironmentWith('pydantic') });
    const inputs = '{"price": {"amount": 0.12345678901234567890, "rate": 1.10}, "tax": 0.20}';
    const output = "[Price(amount=Decimal('0.12345678901234567890'), rate=1.1), Decimal('0.20')]";
    expect(JSON.parse(await runner.runText(inputs))).toEqual(success(output));
  }, 60_000);
});
