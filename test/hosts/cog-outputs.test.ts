/** @needs python3 */
import { expect, test } from '@jest/globals';
import { callCog, dataUri, outputs } from './call-cog.js';

const head = `
import dataclasses, datetime, enum, io, os, tempfile
from typing import Any, Dict, Iterator, List, Optional, TypedDict
from cog import *

def written(name, text):
    path = Path(tempfile.mkdtemp()) / name
    path.write_text(text)
    return path
`;

const answer = async (code: string) =>
  outputs(await callCog({ source: head + code, callable: 'predict', inputs: [{}] }))[0];

test('paths and open files become data URIs wherever they are', async () => {
  const code = `
def predict() -> Any:
    return {"one": written("a.png", "A"), "list": [written("b.unknown", "B")], "open": open(written("c.txt", "C")), "memory": io.StringIO("D")}
`;
  expect(await answer(code)).toEqual({
    one: dataUri('A', 'image/png'),
    list: [dataUri('B', 'application/octet-stream')],
    open: dataUri('C'),
    memory: dataUri('D', 'application/octet-stream'),
  });
});

test('a missing file is an error of the output', async () => {
  const code = 'def predict() -> Path:\n    return Path("nowhere.png")\n';
  const reply = await callCog({ source: head + code, callable: 'predict', inputs: [{}] });
  expect(reply.replies[0]).toMatchObject({
    type: 'CallOutputError',
    error: expect.stringContaining('The file nowhere.png was returned, but cannot be read'),
  });
});

test('models of cog become objects without unset optional fields', async () => {
  const code = `
class Box(BaseModel):
    label: str
    score: Optional[float]
    tags: List[str] = []

class Output(BaseModel):
    boxes: List[Box]
    file: Optional[Path]
    text: str

def predict() -> Output:
    boxes = [Box("cat", 0.5), Box(label="dog")]
    boxes[0].tags.append("x")
    return Output(text="two", boxes=boxes, file=written("a.txt", "A"))
`;
  expect(await answer(code)).toEqual({
    text: 'two',
    file: dataUri('A'),
    boxes: [
      { label: 'cat', score: 0.5, tags: ['x'] },
      { label: 'dog', score: null, tags: [] },
    ],
  });
});

test('a model with a missing or unknown field says which', async () => {
  const model = 'class Output(BaseModel):\n    text: str\n\ndef predict() -> Output:\n    return Output(';
  expect(await answer(`${model})\n`)).toBe('Output needs a value for text');
  expect(await answer(`${model}text="", size=1)\n`)).toBe('Output has no field size');
});

test('dataclasses, typed dicts, enums, dates and sets become plain values', async () => {
  const code = `
class Colour(str, enum.Enum):
    RED = "red"

@dataclasses.dataclass
class Point:
    colour: Colour
    file: Path

class Row(TypedDict):
    point: Point
    day: datetime.date
    names: set

def predict() -> Row:
    return {"point": Point(Colour.RED, written("a.txt", "A")), "day": datetime.date(2024, 5, 6), "names": {"x"}}
`;
  expect(await answer(code)).toEqual({ point: { colour: 'red', file: dataUri('A') }, day: '2024-05-06', names: ['x'] });
});

test('an iterator becomes a list, and each file is read before the next one is created', async () => {
  const code = `
def predict() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp()) / "frame.txt"
    for frame in "AB":
        path.write_text(frame)
        yield path
`;
  expect(await answer(code)).toEqual([dataUri('A'), dataUri('B')]);
});

test('a concatenate iterator becomes one string', async () => {
  expect(
    await answer('@streaming\ndef predict() -> ConcatenateIterator[str]:\n    yield "Hel"\n    yield "lo"\n'),
  ).toBe('Hello');
  expect(await answer('def predict() -> ConcatenateIterator:\n    return iter(["a", "b"])\n')).toBe('ab');
});
