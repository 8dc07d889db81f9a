#!/usr/bin/env python3
"""A long line in user space, for kernels without netem: two TAP devices with delay, rate and loss between them.

wan.py NAMESPACE CABLE FILE MAC: makes the TAP device CABLE here and eth0 in the network NAMESPACE, prints "ready" and
carries frames until FILE is gone. FILE holds 'MILLISECONDS MEGABITS LOSS', each way; a change counts at once.
"""

import collections
import fcntl
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
LOOK_AGAIN = 0.1
QUEUE_SECONDS, QUEUE_FRAMES, FRAME = 0.1, 1000, 1500


def open_tap(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return device


class Line:
    """One direction: frames leave in order, each after it was sent at the rate and travelled for the delay."""

    def __init__(self, source, sink):
        self.source, self.sink = source, sink
        self.free_at = 0.0
        self.travelling = collections.deque()

    def take(self, now, delay, rate, loss):
        for _ in range(64):
            try:
                frame = os.read(self.source, 65536)
            except BlockingIOError:
                return
            if loss and random.random() < loss:
                continue
            start = max(now, self.free_at)
            if rate and start - now > max(QUEUE_SECONDS, QUEUE_FRAMES * FRAME / rate if rate > 1e6 else 0.2):
                continue  # the queue is full: the last one is dropped
            self.free_at = start + (len(frame) / rate if rate else 0)
            self.travelling.append((self.free_at + delay, frame))

    def deliver(self, now):
        while self.travelling and self.travelling[0][0] <= now:
            frame = self.travelling.popleft()[1]
            try:
                os.write(self.sink, frame)
            except OSError:
                pass  # the cable is pulled


def read_settings(path):
    delay, rate, loss = (float(word) for word in open(path, encoding="ascii").read().split())
    return delay / 1000, rate * 1e6 / 8, loss / 100


def main(namespace, cable, path, mac):
    outside, inside = open_tap(cable), open_tap(cable + "i")
    subprocess.check_call(["ip", "link", "set", cable + "i", "netns", namespace, "name", "eth0"])
    subprocess.check_call(["ip", "-n", namespace, "link", "set", "eth0", "address", mac])
    print("ready", flush=True)
    lines = {outside: Line(outside, inside), inside: Line(inside, outside)}
    settings, look_at = read_settings(path), time.monotonic() + LOOK_AGAIN
    while True:
        now = time.monotonic()
        if now >= look_at:
            if not os.path.exists(path):
                return
            try:
                settings = read_settings(path)
            except (OSError, ValueError):
                pass  # it is being written
            look_at = now + LOOK_AGAIN
        next_delivery = min((line.travelling[0][0] for line in lines.values() if line.travelling), default=look_at)
        readable, _, _ = select.select(list(lines), [], [], max(0, min(next_delivery, look_at) - now))
        now = time.monotonic()
        for device in readable:
            lines[device].take(now, *settings)
        for line in lines.values():
            line.deliver(now)


main(*sys.argv[1:5])
