"""Runs a command in a pseudo-terminal: keyboard.py <columns> <rows> <command...>

What the terminal shows goes to stdout as it comes. Lines on stdin act on it: `keys <hex>` types bytes, `size <columns> <rows>` resizes it,
`close` takes it away, as a window that is closed or a connection that breaks off does; the command hears of it again a while later, as from
a shell that ends.
Ends with the command's exit code, or 128 + n where signal n ended it.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def act(terminal, child, line):
    name, *values = line.split()
    if name == "keys":
        os.write(terminal, bytes.fromhex(values[0]))
    elif name == "size":
        resize(terminal, *map(int, values))
        os.killpg(os.tcgetpgrp(terminal), signal.SIGWINCH)
    elif name == "close":
        os.close(terminal)
        time.sleep(0.3)
        os.kill(child, signal.SIGHUP)
    return name != "close"


def main(columns, rows, *command):
    child, terminal = pty.fork()
    if child == 0:
        resize(0, int(columns), int(rows))
        os.execvp(command[0], command)
    pending = b""
    sources = [terminal, 0]
    is_open = True
    while is_open:
        ready, _, _ = select.select(sources, [], [])
        if terminal in ready:
            try:
                shown = os.read(terminal, 65536)
            except OSError:  # the last process has closed it
                break
            if not shown:
                break
            os.write(1, shown)
        if 0 in ready:
            typed = os.read(0, 65536)
            if not typed:
                sources.remove(0)
            *lines, pending = (pending + typed).split(b"\n")
            for line in lines:
                is_open = act(terminal, child, line.decode())
    _, status = os.waitpid(child, 0)
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))


main(*sys.argv[1:])
