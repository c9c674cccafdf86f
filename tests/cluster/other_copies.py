#!/usr/bin/python3
"""One key on two connections, as another program would have it (other_agent.py).

    other_copies.py twice PROTO CODE   two machines: each connection goes on after the other was answered
    other_copies.py late PROTO CODE    one machine: ends the first connection before it opens the second; the hub does not
                                       see that end, and what was on its way on the first arrives after the second's words
"""
import sys

import other_agent
from other_agent import REPORT, Agent, Link, load_schema


def on(agent, link):
    """A session on this connection, answered: HELLO, WELCOME, REPORT."""
    agent.link = link
    agent.hello()
    link.send(REPORT, other_agent.pb.Report())


def twice(agent, first, second):
    for link in (first, second, first):
        on(agent, link)


def late(agent, first, second):
    on(agent, first)
    agent.link = first
    agent.hello()  # its REPORT is late
    on(agent, second)
    first.send(REPORT, other_agent.pb.Report())
    for _ in range(3):
        on(agent, second)


def main(what, proto, code):
    load_schema(proto)
    agent = Agent(code)
    agent.join()
    other_agent.settled(agent, "after joining")
    {"twice": twice, "late": late}[what](agent, agent.link, Link(*agent.address))
    agent.hello()  # all before was heard
    print("ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
