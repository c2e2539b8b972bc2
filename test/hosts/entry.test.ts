import { expect, test } from '@jest/globals';
import { requireFailure } from '../strategies/conformance.js';
import { success } from './serve.js';
import { type ServedEntry, serveFiles } from './serve-files.js';

const app = `
import functools

class Base:
    prefix = "price "

    def __init__(self, amount):
        self.amount = amount

    @classmethod
    def fromstring(cls, text):
        return cls.prefix + text

    @staticmethod
    def twice(text):
        return text * 2

    def predict(self, text):
        return self.prefix + text + str(self.amount)


class Ready:
    def __init__(self):
        self.inner = Base(7)

    def predict(self, text):
        return "ready " + text


class Pipe:
    def __init__(self, *steps):
        self.steps = steps

    def __or__(self, other):
        return Pipe(*self.steps, *other.steps)

    def invoke(self, input):
        for step in self.steps:
            input = step(input)
        return input


class Tool:
    """Holds the function that it decorates, as agent frameworks do."""

    def __init__(self, function):
        self.name, self.func = function.__name__, function

    def run(self, tool_input, verbose=False):
        raise TypeError("not so")


class Traced:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *args, **kwargs):
        return "traced " + self.function(*args, **kwargs)


class Namespace:
    pass


class Answering(type):
    def __getattr__(cls, name):
        if name == "shout":
            return lambda text: cls.__name__ + " " + text.upper()
        raise AttributeError(name)

    def whisper(cls, text):
        return cls.__name__ + " " + text.lower()


class ClassProperty:
    def __init__(self, function):
        self.function = function

    def __get__(self, instance, owner):
        return self.function(owner)


class Asked(metaclass=Answering):
    def __init__(self):
        raise RuntimeError("nobody builds it")

    @ClassProperty
    def model(cls):
        return lambda text: "model " + text

    def plain(text: str):
        return "plain " + text


class Many:
    def __init__(self, mark):
        self.mark = mark

    @functools.singledispatchmethod
    def run(self, value, end=""):
        return "other" + self.mark + end

    @run.register(int)
    def _(self, value, end=""):
        return "number %d" % value + self.mark + end

    @functools.singledispatchmethod
    @classmethod
    def read(cls, text):
        return cls.__name__ + " " + text

    def add(self, text, end):
        return text + self.mark + end

    shout = functools.partialmethod(add, end="!")

    @functools.cached_property
    def made(self):
        return lambda text: text + self.mark


many = Many("?")


def add(text, end):
    return text + end


def make_instance():
    return Ready()


globals()["dynamic"] = lambda text: text.upper()
made = make_instance()
partial = functools.partial(add, end="!")
bound = Base(3).predict
alias = Base.fromstring
chain = Pipe(str.strip) | Pipe(str.title)
state = Namespace()
state.model = Ready()


@Tool
def search(text: str, top: int = 2):
    return text * top


@Traced
def traced(text):
    return text


@functools.lru_cache(maxsize=None)
def cached(text):
    return text + "?"


@functools.singledispatch
def dispatched(text):
    return "other"


@dispatched.register(str)
def _(text):
    return "text"
`;

const called: [string, unknown, unknown][] = [
  ['dynamic', { text: 'a' }, 'A'],
  ['made', { text: 'a' }, 'ready a'],
  ['made.inner.predict', { text: 'a' }, 'price a7'],
  ['partial', { text: 'a' }, 'a!'],
  ['partial', { text: 'a', end: '.' }, 'a.'],
  ['bound', { text: 'a' }, 'price a3'],
  ['alias', { text: 'a' }, 'price a'],
  ['Base.fromstring', { text: 'a' }, 'price a'],
  ['Base.twice', { text: 'a' }, 'aa'],
  ['Ready.inner.predict', { text: 'a' }, 'price a7'],
  ['chain', ' ab cd ', 'Ab Cd'],
  ['state.model.predict', { text: 'a' }, 'ready a'],
  ['search', { text: 'ab' }, 'abab'],
  ['search', { text: 'a', top: 3 }, 'aaa'],
  ['traced', { text: 'a' }, 'traced a'],
  ['cached', { text: 'a' }, 'a?'],
  ['dispatched', { text: 'a' }, 'text'],
  ['Asked.shout', { text: 'a' }, 'Asked A'],
  ['Asked.whisper', { text: 'A' }, 'Asked a'],
  ['Asked.model', { text: 'a' }, 'model a'],
  ['Asked.plain', { text: 'a' }, 'plain a'],
  ['Many.run', { value: 1 }, 'number 1?'],
  ['many.run', { value: 'a', end: '.' }, 'other?.'],
  ['Many', { value: 1 }, 'number 1?'],
  ['Many.read', { text: 'a' }, 'Many a'],
  ['many.shout', { text: 'a' }, 'a?!'],
  ['Many.shout', { text: 'a', end: '.' }, 'a?.'],
  ['Many.made', { text: 'a' }, 'a?'],
];

test.each(called)('%s is called with %j', async (callable, input, output) => {
  const { call } = await serveFiles({ 'app.py': app }, { module: 'app', callable });
  expect(await call(input)).toEqual(success(output));
});

test('a dispatching method has no self in its interface', async () => {
  const { call } = await serveFiles({ 'app.py': app }, { module: 'app', callable: 'many.run' });
  expect(requireFailure(await call({})).message).toBe(
    "many.run needs value; inputs: value (required), end (default '')",
  );
});

test('for a class that needs arguments, the module’s instance is used', async () => {
  const files = { 'app.py': `${app}\nmodel = Base("x")\n` };
  const { call } = await serveFiles(files, { module: 'app', callable: 'Base' });
  expect(await call({ text: 'a' })).toEqual(success('price ax'));
  const method = await serveFiles(files, { module: 'app', callable: 'Base.predict' });
  expect(await method.call({ text: 'a' })).toEqual(success('price ax'));
});

test('a star-imported function is called', async () => {
  const files = { 'app.py': 'from parts import *\n', 'parts.py': 'def predict(text):\n    return text + "!"\n' };
  const { call } = await serveFiles(files, { module: 'app', callable: 'predict' });
  expect(await call({ text: 'a' })).toEqual(success('a!'));
});

test('a module of a package that is not imported is found', async () => {
  const files = { 'pkg/__init__.py': '', 'pkg/inner.py': 'def predict(text):\n    return text + "!"\n' };
  const { call } = await serveFiles(files, { module: 'pkg', callable: 'inner.predict' });
  expect(await call({ text: 'a' })).toEqual(success('a!'));
});

test('a module with lazy attributes has them', async () => {
  const files = {
    'app.py':
      'def __getattr__(name):\n    if name == "predict":\n        return str.upper\n    raise AttributeError(name)\n',
  };
  const { call } = await serveFiles(files, { module: 'app', callable: 'predict', call: 'inputs' });
  expect(await call('a')).toEqual(success('A'));
});

test('inputs are one dict if the signature says so', async () => {
  const files = { 'app.py': 'exec("def predict(inputs): return sorted(inputs)")\n' };
  const { call } = await serveFiles(files, { module: 'app', callable: 'predict' });
  expect(await call({ b: 1, a: 2 })).toEqual(success(['a', 'b']));
});

test('an installed module is called', async () => {
  const { call } = await serveFiles({ 'app.py': '' }, { module: 'colorsys', callable: 'rgb_to_hsv' });
  expect(await call({ r: 0, g: 0, b: 1 })).toMatchObject({ status: 'success', output: expect.arrayContaining([1]) });
});

const refused: [ServedEntry, RegExp, string[]][] = [
  [{ module: 'app', callable: 'tracd' }, /its module has no tracd; it has: traced,/, ['app:traced']],
  [{ module: 'app', callable: 'Base' }, /Base cannot be built without arguments.*amount.*name a function/, []],
  [{ module: 'app', callable: 'made.train' }, /made has no train; it has: inner, predict/, []],
  [{ module: 'app', callable: 'state' }, /state is a Namespace without predict or run/, []],
  [{ module: 'no_such', callable: 'predict' }, /no module no_such: neither in the repository nor installed/, []],
];

test.each(refused)('%j is refused with the existing names', async (entry, message, candidates) => {
  await expect(serveFiles({ 'app.py': app }, entry)).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringMatching(message),
    details: { candidates: expect.arrayContaining(candidates) },
  });
});
