/** What a strategy that adapts Python serves for the suite: `respond` of the module `conformance` takes the inputs as one dict. */
export const pythonSolution = {
  'conformance.py': `
import os, sys, time

with open(os.environ["CONFORMANCE_IMPORTS"], "a") if "CONFORMANCE_IMPORTS" in os.environ else open(os.devnull, "a") as file:
    file.write("imported\\n")

def respond(inputs):
    what = inputs["do"]
    if what == "echo":
        return inputs["value"]
    if what == "sleep":
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
`,
};
