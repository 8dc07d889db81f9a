"""A tenant who changes the ways of its home while restores work there: racer.py MODE WHEN HOME TRAPS.

WHEN: `always`, or `staged`: while there is a staging folder beside or in the home. TRAPS: a folder of the tenant's on the
file system of the home. Prints `WORD COUNT` lines when it is told to end.
"""

import ctypes
import os
import random
import re
import signal
import socket
import sys
import time

mode, when, home, traps = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, RENAME_EXCHANGE = -100, 2
victims = ['/etc/victim', '/root/victim', '/home/vic', '/tmp/victim', '/', '..', '/home/vic/public_html']
counts = {'swaps': 0, 'stageFoldersHeld': 0, 'swapsInStage': 0}
staging = re.compile(r'\.holdfast-[0-9a-f]{16}-\d+')


def end(*_):
    for word, count in counts.items():
        print(word, count)
    sys.stdout.flush()
    os._exit(0)


signal.signal(signal.SIGTERM, end)


def exchange(one, other, folder=AT_FDCWD):
    """Both names change places in one step; False where one of them is not there."""
    if libc.renameat2(folder, os.fsencode(one), folder, os.fsencode(other), RENAME_EXCHANGE) != 0:
        return False
    counts['swaps'] += 1
    return True


def attempt(call, *args, **options):
    try:
        return call(*args, **options) or True
    except OSError:
        return False


def names_in(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def some_of(names):
    return random.sample(names, min(len(names), 5))


def rest():
    time.sleep(random.random() * 0.002)


def is_staged():
    return any(staging.fullmatch(name) for folder in (home, os.path.dirname(home)) for name in names_in(folder))


def wait():
    """Until it is time to race."""
    while when == 'staged' and not is_staged():
        time.sleep(0.001)
    attempt(os.mkdir, traps)


def link_and_back(path, trap):
    """The entry turns into a link, and back; one that is away is a link for a moment."""
    attempt(os.unlink, trap)
    attempt(os.symlink, random.choice(victims), trap)
    if exchange(path, trap):
        rest()
        if not exchange(path, trap):
            # What was there may still be brought back, whatever the restore did meanwhile.
            attempt(os.rename, trap, path)
    elif attempt(os.symlink, random.choice(victims), path):
        counts['swaps'] += 1
        rest()
        attempt(os.unlink, path)
    rest()


def tops():
    names = ['public_html', 'data', 'bin', 'app', 'many', '.profile', 'notes']
    while True:
        wait()
        name = random.choice(names)
        link_and_back(f'{home}/{name}', f'{traps}/top')


def deep():
    paths = ['public_html/wp-content', 'public_html/wp-content/uploads', 'data/a', 'data/a/b', 'data/a/b/c',
             'public_html/index.php', 'bin/tool', 'app/current', 'public_html/wp-content/uploads/pic']
    while True:
        wait()
        path = f"{home}/{random.choice(paths)}"
        kind = random.randrange(4)
        if kind < 2:
            link_and_back(path, f'{traps}/deep')
        elif kind == 2:
            # Away from the tree as a whole, and back.
            if attempt(os.rename, path, f'{traps}/away'):
                counts['swaps'] += 1
                rest()
                attempt(os.rename, f'{traps}/away', path)
        else:
            # Another name of a file of root's that everybody may write.
            attempt(os.unlink, f'{traps}/hard')
            if attempt(os.link, '/tmp/open', f'{traps}/hard') and exchange(path, f'{traps}/hard'):
                rest()
                exchange(path, f'{traps}/hard')
        rest()


def inside():
    """The staging folder in a home that is a mount: its own parts change places with links."""
    while True:
        attempt(os.mkdir, traps)
        for name in names_in(home):
            if not staging.fullmatch(name):
                continue
            for part in ['new', 'old', 'do', 'undo', 'late', 'time', 'new/public_html', 'old/public_html', '']:
                link_and_back(f'{home}/{name}/{part}'.rstrip('/'), f'{traps}/part')
        rest()


def working_folders():
    """Open folders of our own processes that lie in a staging folder."""
    for pid in os.listdir('/proc'):
        if pid.isdigit():
            try:
                if staging.search(os.readlink(f'/proc/{pid}/cwd')):
                    yield pid, os.open(f'/proc/{pid}/cwd', os.O_RDONLY | os.O_DIRECTORY)
            except OSError:
                pass


def folders_below(folder):
    found = [folder]
    for name in names_in(folder):
        try:
            found += folders_below(os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder))
        except OSError:
            pass
    return found


def grab():
    """
    Reaches the new tree by the program that extracts it, which runs as us, and keeps its folders where no look at
    /proc finds them: on the way through a socket. Takes them out again when the look must be over.
    """
    while True:
        time.sleep(0.0002)
        for pid, folder in working_folders():
            hidden = []
            known = set()
            attempt(os.kill, int(pid), signal.SIGSTOP)
            while os.path.exists(f'/proc/{pid}'):
                for each in folders_below(os.dup(folder)):
                    status = os.fstat(each)
                    if status.st_ino not in known and len(known) < 60:
                        known.add(status.st_ino)
                        pair = socket.socketpair()
                        socket.send_fds(pair[0], [b'x'], [each])
                        hidden.append(pair)
                    os.close(each)
                attempt(os.kill, int(pid), signal.SIGCONT)
                rest()
                attempt(os.kill, int(pid), signal.SIGSTOP)
            os.close(folder)
            counts['stageFoldersHeld'] += len(hidden)
            time.sleep(random.random() * 0.5)
            held = []
            for pair in hidden:
                _, fds, _, _ = socket.recv_fds(pair[1], 1, 1)
                held += fds
                pair[0].close()
                pair[1].close()
            until = time.monotonic() + 3
            # Where root sets special modes is where a link would do most.
            special = [each for each in held if 'tool' in names_in(each)]
            while held and time.monotonic() < until:
                each = random.choice(special or held) if random.random() < 0.7 else random.choice(held)
                for name in some_of(names_in(each)):
                    attempt(os.symlink, random.choice(['/etc/victim/tool', '/etc/victim', '/tmp/open']), '.trap', dir_fd=each)
                    if exchange(name, '.trap', each):
                        counts['swapsInStage'] += 1
                        time.sleep(random.random() * 0.001)
                        exchange(name, '.trap', each)
                    attempt(os.unlink, '.trap', dir_fd=each)
            for each in held:
                os.close(each)


{'tops': tops, 'deep': deep, 'inside': inside, 'grab': grab}[mode]()
