"""Sorts support tickets by a small graph: classify, then either escalate or draft a reply."""

from typing import Literal, TypedDict

from langgraph.graph import END, START, StateGraph

TOPICS = {
    "billing": {"invoice", "refund", "charged", "payment", "price"},
    "outage": {"down", "unreachable", "timeout", "error", "crash"},
    "account": {"password", "login", "email", "username", "locked"},
}
REPLIES = {
    "billing": "We are looking at your payment and come back to you within a day.",
    "account": "You can set a new password with the link on the login page.",
    "other": "Thank you, we read every message.",
}


class Ticket(TypedDict, total=False):
    text: str
    topic: str
    urgent: bool
    reply: str


def classify(ticket: Ticket) -> Ticket:
    words = {word.strip(".,!?").lower() for word in ticket["text"].split()}
    found = {topic: len(words & known) for topic, known in TOPICS.items()}
    best = max(found, key=found.get)
    return {"topic": best if found[best] else "other", "urgent": "!" in ticket["text"]}


def route(ticket: Ticket) -> Literal["escalate", "draft"]:
    return "escalate" if ticket["topic"] == "outage" or ticket["urgent"] else "draft"


def escalate(ticket: Ticket) -> Ticket:
    return {"reply": f"A person takes over: {ticket['topic']}."}


def draft(ticket: Ticket) -> Ticket:
    return {"reply": REPLIES[ticket["topic"]]}


builder = StateGraph(Ticket)
builder.add_node(classify)
builder.add_node(escalate)
builder.add_node(draft)
builder.add_edge(START, "classify")
builder.add_conditional_edges("classify", route)
builder.add_edge("escalate", END)
builder.add_edge("draft", END)
graph = builder.compile()
