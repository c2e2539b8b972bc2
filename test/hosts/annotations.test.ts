/** @needs python3 uv */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { requireFailure } from '../strategies/conformance.js';
import { createEnvironmentWith } from './environment-with.js';
import { type ServedHost, serve, success } from './serve.js';

const standard = `
from __future__ import annotations
import dataclasses, datetime, decimal, enum, fractions, pathlib, typing, uuid
from typing import *

class Color(enum.Enum): RED = "red"; BLUE = "blue"
class Level(enum.IntEnum): LOW = 1
@dataclasses.dataclass
class Item:
    name: str
    price: float
    due: Optional[datetime.date] = None
    parts: List["Item"] = dataclasses.field(default_factory=list)
    def __post_init__(self):
        if self.price < 0: raise ValueError("a price is not negative")
class Settings(TypedDict):
    since: datetime.date
class Size(NamedTuple):
    width: int
    height: int = 1
Count = NewType("Count", int)
Scalar = TypeVar("Scalar", int, float)
Anything = TypeVar("Anything")
@dataclasses.dataclass
class Box(Generic[Anything]):
    item: Anything
    more: "Optional[Box[Anything]]" = None

def shown(value): return repr(value)
`;

/** Functions with one parameter `v`, named after its annotation. */
const functions = (annotations: readonly string[]) =>
  annotations.map((annotation, index) => `def f${index}(v: ${annotation}): return shown(v)`).join('\n');

const dispatcher = `
import importlib, sys
from berth_host.signature import Arguments
def predict(index, value):
    function = globals()["f%d" % index]
    positional, named = Arguments(function, "f").map({"v": value})
    return function(*positional, **named)
`;

const accepted: [string, unknown, string][] = [
  ['datetime.date', '2024-01-31', 'datetime.date(2024, 1, 31)'],
  ['datetime.date', '2024-01-31T00:00:00', 'datetime.date(2024, 1, 31)'],
  ['datetime.datetime', '2024-01-31T10:00:00Z', 'datetime.datetime(2024, 1, 31, 10, 0, tzinfo=datetime.timezone.utc)'],
  ['datetime.datetime', 1_700_000_000, 'datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.timezone.utc)'],
  ['datetime.time', '10:00:00.5', 'datetime.time(10, 0, 0, 500000)'],
  ['datetime.timedelta', 'PT1H30M', 'datetime.timedelta(seconds=5400)'],
  ['datetime.timedelta', 90, 'datetime.timedelta(seconds=90)'],
  ['pathlib.Path', '/a/b', "PosixPath('/a/b')"],
  ['Color', 'red', "<Color.RED: 'red'>"],
  ['Level', 1, '<Level.LOW: 1>'],
  ['uuid.UUID', '00000000-0000-0000-0000-000000000001', "UUID('00000000-0000-0000-0000-000000000001')"],
  ['decimal.Decimal', '1.10', "Decimal('1.10')"],
  ['bytes', 'data:text/plain;base64,aGk=', "b'hi'"],
  ['bytes', 'é', "b'\\xc3\\xa9'"],
  ['Literal["a", 2]', 2, '2'],
  [
    'Item',
    { name: 'n', price: '1.5', due: '2024-01-31' },
    "Item(name='n', price=1.5, due=datetime.date(2024, 1, 31), parts=[])",
  ],
  [
    'List[Item]',
    [{ name: 'n', price: 1, parts: [{ name: 'p', price: 2 }] }],
    "[Item(name='n', price=1, due=None, parts=[Item(name='p', price=2, due=None, parts=[])])]",
  ],
  ['Settings', { since: '2024-01-31', more: 1 }, "{'since': datetime.date(2024, 1, 31), 'more': 1}"],
  ['Size', [2, 3], 'Size(width=2, height=3)'],
  ['Size', { width: '2' }, 'Size(width=2, height=1)'],
  ['Dict[str, datetime.date]', { a: '2024-01-31' }, "{'a': datetime.date(2024, 1, 31)}"],
  ['Dict[int, float]', { 1: '2.5' }, '{1: 2.5}'],
  ['Tuple[int, Color]', ['1', 'red'], "(1, <Color.RED: 'red'>)"],
  ['Set[Color]', ['red', 'red'], "{<Color.RED: 'red'>}"],
  ['Optional[Color]', null, 'None'],
  ['Union[datetime.date, int]', 5, '5'],
  ['Union[datetime.date, int]', '2024-01-31', 'datetime.date(2024, 1, 31)'],
  ['Union[str, float]', 1, '1'],
  ['Union[str, float]', '1', "'1'"],
  ['Union[int, str]', true, 'True'],
  ['Count', '3', '3'],
  ['int', '3', '3'],
  ['int', 2.0, '2'],
  ['float', 1, '1'],
  ['float', 'inf', 'inf'],
  ['float', '1e3', '1000.0'],
  ['bool', 'yes', 'True'],
  ['list', [1, 'a'], "[1, 'a']"],
  ['dict', { a: 1 }, "{'a': 1}"],
  ['Sequence', 'abc', "'abc'"],
  ['Sequence[Any]', 'abc', "'abc'"],
  ['Iterable[Anything]', 'abc', "'abc'"],
  ['Iterable[str]', 'abc', "'abc'"],
  ['fractions.Fraction', '1/3', 'Fraction(1, 3)'],
  ['complex', '1+2j', '(1+2j)'],
  ['complex', 2, '2'],
  ['Union[List[int], List[str]]', ['1'], "['1']"],
  ['Union[Dict[str, int], Dict[str, str]]', { a: '1' }, "{'a': '1'}"],
  ['Union[Size, dict]', { width: 2 }, 'Size(width=2, height=1)'],
  ['List[Scalar]', ['1', 2.5], '[1, 2.5]'],
  ['Box[int]', { item: '1', more: { item: '2' } }, 'Box(item=1, more=Box(item=2, more=None))'],
  ['Box[List[Box[float]]]', { item: [{ item: '1' }] }, 'Box(item=[Box(item=1.0, more=None)], more=None)'],
  ['Box', { item: '1' }, "Box(item='1', more=None)"],
  ['Counter[str]', { a: 1 }, "Counter({'a': 1})"],
  ['DefaultDict[str, List[int]]', { a: ['1'] }, "defaultdict(<class 'list'>, {'a': [1]})"],
  ['List[float]', [1, 2.5], '[1, 2.5]'],
  ['Any', '3', "'3'"],
  ['nowhere.Defined', '3', "'3'"],
  ['Callable[[int], int]', '3', "'3'"],
];

const refused: [string, unknown, string][] = [
  ['datetime.date', 'soon', 'v: must be a date like 2024-01-31, got "soon"'],
  ['datetime.datetime', 'soon', 'v: must be a date and time like 2024-01-31T12:30:00Z, got "soon"'],
  ['datetime.timedelta', 'soon', 'v: must be a number of seconds or a duration like PT1H30M, got "soon"'],
  ['pathlib.Path', 5, 'v: must be a path, got 5'],
  ['Color', 'green', 'v: must be one of "red", "blue"; got "green"'],
  ['uuid.UUID', 'x', 'v: must be a UUID, got "x"'],
  ['decimal.Decimal', 'x', 'v: must be a number, got "x"'],
  ['Literal["a", 2]', '2', 'v: must be one of "a", 2; got "2"'],
  ['Item', { name: 'n', price: 'x' }, 'v.price: must be a number, got "x"'],
  ['Item', { name: 'n' }, 'v.price: is required'],
  ['Item', { name: 'n', price: 1, cost: 2 }, 'v: has no field called cost; it has: name, price, due, parts'],
  ['Item', { name: 'n', price: -1 }, 'v: is not a Item: a price is not negative'],
  [
    'List[Item]',
    [
      { name: 'n', price: 1 },
      { name: 'n', price: 1, parts: [{}] },
    ],
    'v[1].parts[0].name: is required; v[1].parts[0].price: is required',
  ],
  ['Settings', {}, 'v.since: is required'],
  ['Dict[str, Item]', { 'a b': { name: 'n', price: [] } }, "v['a b'].price: must be a number, got []"],
  ['Dict[int, int]', { 1: 1, '01': 2 }, 'v: has two names for the same key'],
  ['Tuple[int, int]', [1], 'v: must have 2 items, got 1'],
  ['Optional[Color]', 'x', 'v: must be one of "red", "blue"; got "x"'],
  ['Union[datetime.date, int]', 'x', 'v: must be date or int, got "x"'],
  ['int', 'x', 'v: must be a whole number, got "x"'],
  ['int', 3.5, 'v: must be a whole number, got 3.5'],
  ['int', null, 'v: must be a whole number, got null'],
  ['List[int]', [1, 'x'], 'v[1]: must be a whole number, got "x"'],
  ['List[int]', [1.5], 'v[0]: must be a whole number, got 1.5'],
  ['str', 5, 'v: must be a string, got 5'],
  ['bool', 2, 'v: must be true or false, got 2'],
  ['list', { a: 1 }, 'v: must be a list, got {"a": 1}'],
  ['Sequence', 5, 'v: must be a list, got 5'],
  ['Sequence[str]', 'abc', 'v: must be a list, got "abc"'],
  ['Iterable[int]', 'abc', 'v: must be a list, got "abc"'],
  ['Union[int, str]', 2.5, 'v: must be int or str, got 2.5'],
  ['Optional[Union[int, bool]]', 'x', 'v: must be int or bool or None, got "x"'],
  ['fractions.Fraction', '1/0', 'v: must be a number or a fraction like 1/3, got "1/0"'],
  ['float', '1e400', 'v: must be a number, got "1e400"'],
  ['Box[int]', { item: 1, more: { item: 'x' } }, 'v.more.item: must be a whole number, got "x"'],
  ['Scalar', [1], 'v: must be int or float, got [1]'],
  ['Counter[str]', { a: 'x' }, 'v.a: must be a whole number, got "x"'],
  ['complex', 'x', 'v: must be a number or a text like 1+2j, got "x"'],
  ['bool', 'maybe', 'v: must be true or false, got "maybe"'],
];

describe('annotations of the standard library', () => {
  const annotations = [...new Set([...accepted, ...refused].map(([annotation]) => annotation))];
  let served: ServedHost;
  beforeAll(async () => {
    served = await serve(`${standard}\n${functions(annotations)}\n${dispatcher}`, 'predict');
  });
  const call = (annotation: string, value: unknown) => served.call({ index: annotations.indexOf(annotation), value });

  test.each(accepted)('%s given %j', async (annotation, value, shown) => {
    expect(await call(annotation, value)).toEqual(success(shown));
  });

  test.each(refused)('%s refuses %j and names the field', async (annotation, value, message) => {
    const error = requireFailure(await call(annotation, value));
    expect(error).toMatchObject({ code: 'CALL_INPUT', message: expect.stringContaining(message) });
  });
});

test('annotations apply in every call style: by name, by position, as the complete input, and with any name', async () => {
  const source = `${standard}
async def named(day: datetime.date, /, item: Item = None, *, color: Color = Color.RED, **more: datetime.date):
    return shown([day, item, color, more])
class Shop:
    def predict(self, item: Item): return shown(item)
def whole(inputs: List[Item]): return shown(inputs)
def sloppy(size: int = 0.5, names: str = ["a"], limit: int = None, some: List[int] = [0.5], n: int = 0): return [size, names, limit, some, n]
`;
  const named = await serve(source, 'named');
  expect(await named.call({ day: '2024-01-31', color: 'blue', other: '2024-02-01' })).toEqual(
    success("[datetime.date(2024, 1, 31), None, <Color.BLUE: 'blue'>, {'other': datetime.date(2024, 2, 1)}]"),
  );
  expect(requireFailure(await named.call({ day: 'x', color: 'x', other: 'x' })).message).toMatch(
    /day: must .*; color: must .*; other: must /,
  );
  const shop = await serve(source, 'Shop');
  const item = "Item(name='n', price=1, due=None, parts=[])";
  expect(await shop.call({ item: { name: 'n', price: 1 } })).toEqual(success(item));
  expect(await shop.call({ name: 'n', price: 1 })).toEqual(success(item));
  const complete = await serve(source, 'whole', { call: 'inputs' });
  expect(await complete.call([{ name: 'n', price: 1 }])).toEqual(success(`[${item}]`));
  expect(requireFailure(await complete.call([{ name: 'n', price: 'x' }])).message).toBe(
    '[0].price: must be a number, got "x"',
  );
  expect(requireFailure(await complete.call({})).message).toBe('inputs: must be a list, got {}');
  const sloppy = await serve(source, 'sloppy');
  expect(await sloppy.call({ size: '3', names: ['b'], limit: null, some: [1.5] })).toEqual(
    success(['3', ['b'], null, [1.5], 0]),
  );
  expect(requireFailure(await sloppy.call({ n: null, limit: 'x' })).message).toBe(
    'limit: must be a whole number, got "x"; n: must be a whole number, got null',
  );
});

describe('annotations and declarations of libraries', () => {
  const source = `
import dataclasses, datetime, typer
from typing import Annotated, List, Literal, Optional, Union
from pydantic import BaseModel, Field, HttpUrl
from fastapi import Body, Depends, Query

class Item(BaseModel):
    name: str
    price: float = Field(gt=0)
class Order(BaseModel):
    items: List[Item]
    by: Optional[datetime.date] = None
class Cat(BaseModel):
    kind: Literal["cat"]
class Dog(BaseModel):
    kind: Literal["dog"]
@dataclasses.dataclass
class Link:
    to: HttpUrl
    item: Item

def order(items: List[Item], link: Optional[Link] = None): return repr([items, link])
def whole(order: Order): return repr(order)
def pet(pet: Union[Cat, Dog]): return repr(pet)
def ranged(n: Annotated[int, Field(ge=1)]): return n
def fields(a: str = Field(description="a"), b: int = Field(3, ge=1), c: list = Field(default_factory=list), d: int = Field(..., lt=5)): return [a, b, c, d]
def query(q: str = Query(max_length=3), r: Optional[str] = Query(None), s: int = Query(default=5), db: dict = Depends(dict), item: Item = Body()): return [q, r, s, db, item.name]
def options(n: int = typer.Option(3, min=1, max=5), name: str = typer.Argument(...), other: str = typer.Option(), many: Annotated[int, typer.Option(max=9)] = 4): return [n, name, other, many]
`;
  let environment: ReturnType<typeof createEnvironmentWith>;
  beforeAll(() => {
    environment = createEnvironmentWith('pydantic', 'fastapi', 'typer');
  }, 180_000);
  const from = async (callable: string, call = 'arguments') =>
    (await serve(source, callable, { environment, call })).call;

  test('pydantic builds models, and its errors name the field', async () => {
    const order = await from('order');
    expect(
      await order({ items: [{ name: 'n', price: '1.5' }], link: { to: 'https://a.b', item: { name: 'm', price: 1 } } }),
    ).toEqual(
      success("[[Item(name='n', price=1.5)], Link(to=HttpUrl('https://a.b/'), item=Item(name='m', price=1.0))]"),
    );
    const error = requireFailure(await order({ items: [{ name: 'n', price: 1 }, {}, { name: 'n', price: 'x' }] }));
    expect(error.message).toContain('items[1].name: Field required');
    const bad = requireFailure(
      await order({ items: [{ name: 'n', price: 1 }], link: { to: 'x', item: { name: 'm', price: 0 } } }),
    );
    expect(bad.message).toMatch(
      /link\.to: Input should be a valid URL.*; link\.item\.price: Input should be greater than 0/,
    );
  });

  test('a model is built from the complete input', async () => {
    for (const call of ['inputs', 'arguments']) {
      const answerOrder = await from('whole', call);
      expect(await answerOrder({ items: [], by: '2024-01-31' })).toEqual(
        success('Order(items=[], by=datetime.date(2024, 1, 31))'),
      );
      expect(requireFailure(await answerOrder({ items: [{ name: 'n', price: 'x' }] })).message).toContain(
        'items[0].price: Input should be',
      );
    }
  });

  test('pydantic checks unions and limits', async () => {
    expect(await (await from('pet'))({ pet: { kind: 'dog' } })).toEqual(success("Dog(kind='dog')"));
    const ranged = await from('ranged');
    expect(await ranged({ n: '3' })).toEqual(success(3));
    expect(requireFailure(await ranged({ n: 0 })).message).toBe('n: Input should be greater than or equal to 1');
  });

  test.each([
    [
      'fields',
      'needs a and d',
      { a: 'x', d: '4', b: '2' },
      ['x', 2, [], 4],
      { a: 'x', d: 5, b: 0 },
      /b: Input should be .*; d: Input should be/,
    ],
    [
      'query',
      'needs q and db and item',
      { q: 'abc', db: {}, item: { name: 'n', price: 1 } },
      ['abc', null, 5, {}, 'n'],
      { q: 'abcd', db: {}, item: {} },
      /q: String should have at most 3 characters; item\.name: Field required/,
    ],
    [
      'options',
      'needs name and other',
      { name: 'x', other: 'y', n: '2' },
      [2, 'x', 'y', 4],
      { name: 'x', other: 'y', n: 9, many: 10 },
      /n: must be at most 5, got 9; many: must be at most 9, got 10/,
    ],
  ])(
    '%s are declarations: their defaults and limits apply',
    async (callable, missing, inputs, output, wrong, message) => {
      const call = await from(callable);
      expect(requireFailure(await call({}))).toMatchObject({
        code: 'CALL_INPUT',
        message: expect.stringContaining(missing),
      });
      expect(await call(inputs)).toEqual(success(output));
      expect(requireFailure(await call(wrong)).message).toMatch(message);
    },
  );
});

test('inputs that are nested too deeply to convert are refused', async () => {
  const item = (depth: number): object => ({ name: 'n', price: 1, parts: depth > 0 ? [item(depth - 1)] : [] });
  const { call } = await serve(`${standard}\ndef predict(item: Item): return item.name\n`, 'predict');
  expect(await call({ item: item(20) })).toEqual(success('n'));
  for (const inputs of [{ item: item(450) }, item(450)])
    expect(requireFailure(await call(inputs))).toEqual({
      code: 'CALL_INPUT',
      message: 'the inputs are nested too deeply',
    });
});

test('limits of annotated_types apply even if the code does not import pydantic', async () => {
  const source =
    'from typing import Annotated\nfrom annotated_types import Gt\ndef predict(n: Annotated[int, Gt(0)]): return n\n';
  const { call } = await serve(source, 'predict', { environment: createEnvironmentWith('pydantic') });
  expect(await call({ n: '3' })).toEqual(success(3));
  expect(requireFailure(await call({ n: 0 })).message).toBe('n: Input should be greater than 0');
}, 60_000);

test('models and declarations of pydantic 1 work, too', async () => {
  const source = `
from typing import List
from pydantic import BaseModel, Field

class Item(BaseModel):
    name: str
    price: float

def predict(items: List[Item], n: int = Field(3, ge=2), label: str = Field(..., max_length=2)):
    return [repr(items), n, label]
`;
  const { call } = await serve(source, 'predict', { environment: createEnvironmentWith('pydantic<2') });
  const item = { name: 'n', price: '1.5' };
  expect(await call({ items: [item], label: 'ab' })).toEqual(success(["[Item(name='n', price=1.5)]", 3, 'ab']));
  expect(requireFailure(await call({ items: [item, { name: 'm' }], n: 1, label: 'abc' })).message).toBe(
    'items[1].price: field required; n: must be at least 2, got 1; label: must have at most 2 characters, got 3',
  );
  expect(requireFailure(await call({ items: [] })).message).toContain('predict needs label');
}, 120_000);
