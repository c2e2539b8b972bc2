/** Solution of the suite for strategies that adapt Python: `conformance:respond` takes the inputs as one dict. */
export const pythonSolution = {
  'conformance.py': `
import asyncio, contextvars, decimal, os, signal, sqlite3, sys, threading, time, warnings

with open(os.environ["CONFORMANCE_IMPORTS"], "a") if "CONFORMANCE_IMPORTS" in os.environ else open(os.devnull, "a") as file:
    file.write("imported\\n")

def find_loop():
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return asyncio.get_event_loop()
    except RuntimeError:
        return None

database = sqlite3.connect(":memory:")
local = threading.local()
local.value = "set"
variable = contextvars.ContextVar("variable", default="lost")
variable.set("set")
decimal.getcontext().prec = 5
loop = find_loop()
begun = []
letters = []

def fill(text):
    letters.clear()
    for letter in text:
        letters.append(letter)
        time.sleep(0.02)
    return "".join(letters)

def look_at_setup():
    return {
        "sqlite3": database.execute("select 'set'").fetchone()[0],
        "threading.local": getattr(local, "value", "lost"),
        "ContextVar": variable.get(),
        "decimal": str(decimal.Decimal(1) / decimal.Decimal(3)),
        "event loop": "set" if loop is not None and find_loop() is loop else "lost",
    }

def respond(inputs):
    what = inputs["do"]
    if what == "echo":
        return inputs["value"]
    if what == "sleep":
        begun.append(inputs.get("name"))
        time.sleep(inputs["seconds"])
        return inputs["seconds"]
    if what == "raise":
        raise ValueError("no good: " + inputs["value"])
    if what == "leave":
        sys.exit(3)
    if what == "die":
        os._exit(3)
    if what == "print":
        print(inputs["value"], flush=True)
        return len(inputs["value"])
    if what == "environment":
        return os.environ.get(inputs["name"])
    if what == "not a number":
        return {"scores": [0.5, float("nan")]}
    if what == "answer":
        return {"status": "error", "error": {"code": "QUOTA", "message": "none left"}}
    if what == "pid":
        return os.getpid()
    if what == "fill":
        return fill(inputs["text"])
    if what == "look at setup":
        return look_at_setup()
    if what == "handle a signal":
        heard = []
        signal.signal(signal.SIGUSR1, lambda number, frame: heard.append(number))
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.01)
        return len(heard)
    if what == "list begun":
        return begun
`,
};
