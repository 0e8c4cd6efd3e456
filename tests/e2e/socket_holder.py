#!/usr/bin/env python3
"""Holds a listening socket as a service manager does, and starts a program with it, again each time that it ends.

usage: socket_holder.py ADDRESS PROGRAM [ARGUMENT]...

Prints the port, then the process id of each start, a line each. Ends at SIGTERM, after the program, or when that fails."""
import os
import signal
import socket
import sys

holder = socket.create_server((sys.argv[1], 0), backlog=1024)
print(holder.getsockname()[1], flush=True)
running = 0


def stop(*_):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if running:
        os.kill(running, signal.SIGTERM)
        os.waitpid(running, 0)
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
while True:
    running = os.fork()
    if running == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(holder.fileno(), 3)
        os.set_inheritable(3, True)  # if it was 3 already
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="streamdemo.socket")
        os.execv(sys.argv[2], sys.argv[2:])
    print(running, flush=True)
    if os.waitstatus_to_exitcode(os.waitpid(running, 0)[1]) > 0:
        sys.exit("the program failed")
